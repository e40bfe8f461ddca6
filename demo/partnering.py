"""Partners of the demo's projects: named by the lead partner, asked by mail, answering by the link of their mail."""

import re
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Mail
from calls.models import Application, Partner
from calls.services import answer_invitation, invite_partner, name_partner

LINK = re.compile(r"/partenariati/([\w-]+)/")
TYPED = ("legal_name", "kind", "tax_code", "referent", "email", "part", "share_cents")


def take_part(application: Application, stories: list[dict[str, Any]], when: datetime) -> None:
    """Name and invite partners some days before an instant; those whose story has an answer give it."""
    for story in stories:
        fields = {name: story.get(name) for name in TYPED}
        partner = name_partner(
            application=application, by=application.author, now=when - timedelta(minutes=110), **fields
        )
        asked = when - timedelta(minutes=105)
        partner = invite_partner(partner=partner, by=application.author, now=asked)
        if "takes_part" in story:
            answer_invitation(
                token=_token_of(partner),
                takes_part=story["takes_part"],
                version=partner.version,
                answered_by=story["answered_by"],
                answer=story.get("answer", ""),
                now=when - timedelta(minutes=len(story["legal_name"])),
            )


def _token_of(partner: Partner) -> str:
    """Return the secret part of a partner's link, which only its mail tells."""
    mail = Mail.objects.get(key=f"partner_link:{partner.pk}:{partner.links}")
    found = LINK.search(mail.body)
    if found is None:
        raise LookupError(mail.key)
    return found[1]
