"""Show Checkout: the donor types a card, is declined and tries again, or is sent to 3-D Secure, and goes back."""

import html
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from stripe_twin import payments, rules, sweep
from stripe_twin.api import Answer, Request
from stripe_twin.cards import KNOWN, Card, digits, is_past, luhn, parse_expiry
from stripe_twin.charges import Payer
from stripe_twin.errors import StripeRefusal
from stripe_twin.languages import effects, money, texts
from stripe_twin.markup import Markup, fill, message, page, redirect
from stripe_twin.store import Json
from stripe_twin.twin import Cause, Twin

FIELDS = (
    ("email", "email", "email", "email", "", ""),
    ("number", "text", "numeric", "cc-number", "1234 1234 1234 1234", ""),
    ("expiry", "text", "text", "cc-exp", "12 / 40", "half"),
    ("cvc", "text", "numeric", "cc-csc", "123", "half"),
    ("name", "text", "text", "cc-name", "", ""),
)


@dataclass(frozen=True)
class Typed:
    """Be what the donor typed, kept on the page when something is wrong."""

    email: str = ""
    number: str = ""
    expiry: str = ""
    cvc: str = ""
    name: str = ""


def answer(twin: Twin, request: Request, session_id: str) -> Answer:
    """Show or take the form of a session."""
    sweep.run_due(twin)
    with twin.store.transaction():
        twin.cause = Cause()
        session = twin.store.get(session_id, "checkout.session")
        if session is None:
            return message("unknown", "it", 404)
        if session["status"] != "open":
            return closed(session, submitted=request.method == "POST")
        if request.method == "GET":
            return _form(
                twin, session, Typed(session["customer_email"] or ""), {}, _last_failure(twin, session)
            )
        return _submit(twin, session, _typed(request, session))


def closed(session: Json, submitted: bool) -> Answer:
    """Answer for a session that cannot be paid any more; a second press of the button goes where the first went."""
    if session["status"] == "complete":
        url = success_url(session)
        return redirect(url) if submitted else message("paid", language(session), 200, url)
    return message("expired", language(session), 410, session["cancel_url"] or "")


def success_url(session: Json) -> str:
    """Return where a paid session leads, with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def language(session: Json) -> str:
    """Return "it" or "en"."""
    return "it" if session["locale"] == "it" else "en"


def merchant(twin: Twin, session: Json) -> str:
    """Return the name of who is paid."""
    account_id = session["_payment_intent_data"].get("on_behalf_of")
    account = twin.store.load(account_id) if account_id else None
    return (account and (account["business_profile"]["name"] or account["email"])) or twin.config.merchant


def _typed(request: Request, session: Json) -> Typed:
    form = {name: values[0].strip() for name, values in parse_qs(request.body).items()}
    typed = Typed(**{name: form.get(name, "") for name in Typed.__dataclass_fields__})
    return replace(typed, email=session["customer_email"]) if session["customer_email"] else typed


def _submit(twin: Twin, session: Json, typed: Typed) -> Answer:
    errors = _errors(twin, typed)
    if errors:
        return _form(twin, session, typed, errors, texts(language(session))["check_fields"], 422)
    card, expiry = KNOWN[digits(typed.number)], parse_expiry(typed.expiry) or (12, 2040)
    outcome = payments.attempt(twin, session, card, Payer(typed.email, typed.name, expiry))
    if outcome.outcome == "paid":
        return redirect(success_url(session))
    if outcome.outcome == "action":
        return redirect(f"/c/3ds/{session['id']}")
    words = texts(language(session))
    return _form(twin, session, typed, {}, words.get(outcome.code or "", words["declined"]), 402)


def _errors(twin: Twin, typed: Typed) -> dict[str, str]:
    errors = {}
    try:
        rules.check_email(typed.email, "email")
    except StripeRefusal:
        errors["email"] = "bad_email"
    number, expiry = digits(typed.number), parse_expiry(typed.expiry)
    if number not in KNOWN:
        errors["number"] = "not_test" if luhn(number) else "bad_number"
    if expiry is None:
        errors["expiry"] = "bad_expiry"
    elif is_past(expiry, twin.clock.now()):
        errors["expiry"] = "past_expiry"
    if not (typed.cvc.isdigit() and len(typed.cvc) in (3, 4)):
        errors["cvc"] = "bad_cvc"
    if not typed.name:
        errors["name"] = "bad_name"
    return errors


def _last_failure(twin: Twin, session: Json) -> str:
    """Return why the last attempt failed when the donor comes back from 3-D Secure, or nothing."""
    intent = twin.store.load(session["payment_intent"]) if session["payment_intent"] else {}
    error = intent.get("last_payment_error") or {}
    failed = error.get("code") == payments.NOT_AUTHENTICATED
    return texts(language(session))["not_authenticated"] if failed else ""


def _form(
    twin: Twin, session: Json, typed: Typed, errors: dict[str, str], alert: str = "", status: int = 200
) -> Answer:  # fmt: skip
    lang = language(session)
    words = texts(lang)
    total = money(session["amount_total"], session["currency"], lang)
    verb = words["donate"] if session["submit_type"] == "donate" else words["pay"]
    rows = "".join(
        f"<tr><td>{number}</td><td>{html.escape(effect)}</td></tr>" for number, effect in effects(lang)
    )
    content = fill(
        "checkout",
        **{
            name: words[name]
            for name in ("pay_title", "test_cards", "test_hint", "number_head", "effect_head")
        },
        back=Markup(_back(session, words)),
        merchant=merchant(twin, session),
        total=total,
        items=Markup("".join(_item(item, lang) for item in session["_line_items"])),
        alert=Markup(f'<p class="alert" role="alert">{html.escape(alert)}</p>' if alert else ""),
        action=f"/c/pay/{session['id']}",
        fields=Markup("".join(_field(session, typed, errors, words, spec) for spec in FIELDS)),
        button=f"{verb} {total}",
        cards=Markup(rows),
    )
    return page(f"{verb} {total} · {merchant(twin, session)}", content, lang, status)


def _back(session: Json, words: dict[str, str]) -> str:
    url = session["cancel_url"]
    arrow = '<span aria-hidden="true">&larr;</span>'
    return f'<p class="back"><a href="{html.escape(url)}">{arrow} {words["back"]}</a></p>' if url else ""


def _item(item: Json, lang: str) -> str:
    note = f"<small>{html.escape(item['_note'])}</small>" if item["_note"] else ""
    times = f" × {item['quantity']}" if item["quantity"] > 1 else ""
    amount = money(item["amount_total"], item["currency"], lang)
    return f"<li><span>{html.escape(item['description'])}{times}{note}</span><span>{amount}</span></li>"


def _field(
    session: Json, typed: Typed, errors: dict[str, str], words: dict[str, str], spec: tuple[str, ...]
) -> str:
    name, kind, inputmode, autocomplete, placeholder, width = spec
    extra, error = "", ""
    if name in errors:
        extra = f'aria-invalid="true" aria-describedby="{name}-error"'
        error = f'<p class="error" id="{name}-error">{html.escape(words[errors[name]])}</p>'
    if name == "email" and session["customer_email"]:
        extra += " readonly"
    return fill(
        "field", name=name, label=words[name], value=getattr(typed, name), type=kind, inputmode=inputmode, kind=width,
        autocomplete=autocomplete, placeholder=placeholder, error=Markup(error), extra=Markup(extra),
    ).html  # fmt: skip


def secure(twin: Twin, request: Request, session_id: str) -> Answer:
    """Show or take the bank's 3-D Secure question."""
    sweep.run_due(twin)
    with twin.store.transaction():
        twin.cause = Cause()
        session = twin.store.get(session_id, "checkout.session")
        if session is None:
            return message("unknown", "it", 404)
        if session["status"] != "open":
            return closed(session, submitted=request.method == "POST")
        intent = twin.store.load(session["payment_intent"]) if session["payment_intent"] else {}
        if intent.get("status") != "requires_action":
            return redirect(f"/c/pay/{session_id}")
        if request.method == "GET":
            return _question(twin, session, KNOWN[intent["_card"]])
        passed = parse_qs(request.body).get("outcome") == ["complete"]
        outcome = payments.authenticate(twin, session, passed)
        return redirect(success_url(session) if outcome.outcome == "paid" else f"/c/pay/{session_id}")


def _question(twin: Twin, session: Json, card: Card) -> Answer:
    lang = language(session)
    words = texts(lang)
    content = fill(
        "secure", bank=words["bank"], heading=words["secure"], explain=words["secure_why"],
        merchant_label=words["merchant"], merchant=merchant(twin, session), amount_label=words["amount"],
        total=money(session["amount_total"], session["currency"], lang), card_label=words["card"], last4=card.last4,
        action=f"/c/3ds/{session['id']}", complete=words["complete"], fail=words["fail"],
    )  # fmt: skip
    return page(words["secure"], content, lang)
