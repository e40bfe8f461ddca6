"""Show the onboarding of a connected account: one button instead of Stripe's long questionnaire."""

from stripe_twin import accounts
from stripe_twin.api import Answer, Request
from stripe_twin.languages import texts
from stripe_twin.markup import fill, message, page, redirect
from stripe_twin.store import Json
from stripe_twin.twin import Cause, Twin


def answer(twin: Twin, request: Request, account_id: str, token: str, leave: bool) -> Answer:
    """Show the form, take it, or let the visitor leave; a used or late link leads to its refresh address.

    A page that was opened in time may be submitted later: only opening it is bound to the five minutes.
    """
    with twin.store.transaction():
        twin.cause = Cause()
        link = twin.store.get(f"link_{token}", "account_link")
        if link is None or link["_account"] != account_id:
            return message("unknown", "it", 404)
        late = not link["_opened"] and twin.now() > link["expires_at"]
        if link["_used"] or late:
            return redirect(link["_refresh_url"])
        account = accounts.find(twin, account_id)
        if request.method == "GET" and not leave:
            link["_opened"] = True
            twin.store.save(link)
            return _form(account, token, _language(request))
        link["_used"] = True
        twin.store.save(link)
        if not leave:
            accounts.complete(twin, account_id)
        return redirect(link["_return_url"])


def _language(request: Request) -> str:
    wanted = request.headers.get("accept-language", "it")
    return "it" if wanted.lower().startswith("it") else "en"


def _form(account: Json, token: str, lang: str) -> Answer:
    words = texts(lang)
    action = f"/setup/{account['id']}/{token}"
    content = fill(
        "onboarding", heading=words["onboarding"], explain=words["onboarding_why"], account_label=words["account"],
        account=account["id"], name_label=words["organization"],
        name=account["business_profile"]["name"] or account["email"] or "-", country_label=words["country"],
        country=account["country"], action=action, complete=words["finish"], leave_url=f"{action}/leave",
        leave=words["leave"],
    )  # fmt: skip
    return page(words["onboarding"], content, lang)
