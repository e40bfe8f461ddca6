"""Partners for the tests, made as people make them."""

import re
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Mail
from calls.models import Application, Partner
from calls.services import answer_invitation, invite_partner, name_partner
from tests.factories import tax_code_of

_FIRST = 700_000
LINK = re.compile(r"/partenariati/([\w-]+)/")


def partner_fields(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a body that could take part."""
    return {
        "legal_name": f"Cooperativa {number}",
        "kind": "social_enterprise",
        "tax_code": tax_code_of(_FIRST + number),
        "referent": "Eva Riva",
        "email": f"eva@cooperativa{number}.example.org",
        "part": "Tiene i laboratori.",
        "share_cents": 300_000,
        **changes,
    }


def make_partner(
    application: Application, number: int = 1, *, now: datetime | None = None, **changes: Any
) -> Partner:
    """Name a partner."""
    now = now or timezone.now()
    return name_partner(
        application=application, by=application.author, now=now, **partner_fields(number, **changes)
    )


def invite(partner: Partner, *, now: datetime | None = None) -> str:
    """Invite a partner and return the secret part of its link."""
    invite_partner(partner=partner, by=partner.application.author, now=now or timezone.now())
    return last_token(partner)


def last_token(partner: Partner) -> str:
    """Return the secret part of the last link a partner was sent."""
    mail = Mail.objects.filter(key__startswith=f"partner_link:{partner.pk}:").latest("pk")
    found = LINK.search(mail.body)
    assert found, mail.body
    return found[1]


def answer(
    token: str, *, takes_part: bool = True, version: int = 1, now: datetime | None = None, **words: str
) -> Partner:
    """Answer as a partner."""
    words = {"answered_by": "Eva Riva, presidente", "answer": "", **words}
    return answer_invitation(
        token=token, takes_part=takes_part, version=version, now=now or timezone.now(), **words
    )


def make_confirmed(application: Application, number: int = 1, **changes: Any) -> Partner:
    """Name a partner that confirms."""
    return answer(invite(make_partner(application, number, **changes)))
