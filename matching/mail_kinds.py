"""Every kind of mail the site writes, with a preview for officers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.services import write_mail
from civicfund.letters import html_of
from matching.mail_samples import sample_facts

FOLDER = Path(settings.BASE_DIR) / "templates" / "emails"
#: To whom the mails are, by how their names begin; the first that fits says it, and the last fits all.
READERS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (
        (
            "amendment_to", "claims_waiting", "committee", "decision_to", "difference", "gifts_resting",
            "money_held", "problem", "ranking_to", "stop_", "barrier_",
        ),
        gettext_lazy("Officers and committee"),
    ),
    (
        (
            "campaign_question_answered", "campaign_question_confirm", "donation_", "donors_may", "follow_",
            "gift_card", "gift_fraud", "gift_link", "gift_thanks", "gifts_link", "offline_donor", "receipt_",
        ),
        gettext_lazy("Donors and followers"),
    ),
    (("data_", "identity_"), gettext_lazy("Whoever has an account or has left data")),
    (
        ("claim_", "iban_", "member_", "organization_", "payout_", "partner_"),
        gettext_lazy("Organizations and partners"),
    ),
    (
        (
            "answer_", "application_", "call_", "desk_wrote", "eligibility", "exclusion_", "integration", "question_",
            "ranking_published", "review_", "support_",
        ),
        gettext_lazy("Applicants"),
    ),
    (("",), gettext_lazy("Promoters of campaigns")),
)  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A mail as it would be written: its subject and its two parts."""

    subject: str
    text: str
    html: str


def mail_kinds() -> list[str]:
    """Return the names of all kinds of mail, in alphabetical order."""
    return sorted(path.name.removesuffix("_body.txt") for path in FOLDER.glob("*_body.txt"))


def preview(kind: str, language: str, facts: Mapping[str, Any]) -> Letter:
    """Return a mail of a kind, written in a language with invented data."""
    subject, text = write_mail(template=kind, context=facts, language=language)
    return Letter(subject, text, html_of(subject=subject, body=text, language=language))


@require_safe
def kinds_page(request: HttpRequest) -> HttpResponse:
    """List every kind of mail by whom it is for, with its subject."""
    _refuse_others(request)
    facts = sample_facts(timezone.now())
    language = request.LANGUAGE_CODE
    groups: dict[str, list[dict[str, str]]] = {str(words): [] for _starts, words in READERS}
    for kind in mail_kinds():
        subject, _text = write_mail(template=kind, context=facts, language=language)
        words = next(words for starts, words in READERS if kind.startswith(starts))
        groups[str(words)].append({"kind": kind, "subject": subject})
    return _page(request, "admin/mail_kinds.html", _("Kinds of mail"), groups=groups)


@require_safe
def kind_page(request: HttpRequest, kind: str) -> HttpResponse:
    """Show one kind of mail in every language, as text and as HTML."""
    _refuse_others(request)
    if kind not in mail_kinds():
        raise Http404
    facts = sample_facts(timezone.now())
    letters = [(code, name, preview(kind, code, facts)) for code, name in settings.LANGUAGES]
    return _page(request, "admin/mail_kind.html", _("Preview of a mail"), kind=kind, letters=letters)


def _page(request: HttpRequest, template: str, title: str, **told: Any) -> HttpResponse:
    """Return a page of the desk."""
    context = {**admin.site.each_context(request), "title": title, **told}
    return TemplateResponse(request, template, context)


def _refuse_others(request: HttpRequest) -> None:
    """Allow whoever may read the outbox."""
    if not request.user.has_perm("accounts.view_mail"):
        raise PermissionDenied
