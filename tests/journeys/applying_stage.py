"""Scenes for those who apply: `python -m tests.journeys.applying_stage <scene> <JSON>`, a process of the platform."""

import json
import re
import secrets
import sys
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

# The models can be imported only now.
from django.utils import timezone  # noqa: E402

from accounts.models import Mail, Organization, User  # noqa: E402
from accounts.services import invite_person  # noqa: E402
from calls.models import Application, Call  # noqa: E402
from calls.services import answer_questions, ask_question, keep_attachment  # noqa: E402
from tests import factories  # noqa: E402
from tests.calls.partnering import answer, invite, make_partner  # noqa: E402
from tests.journeys.stage import PASSWORD, person, register_body  # noqa: E402
from tests.papers import make_pdf  # noqa: E402
from vetting.services import ask_for_more  # noqa: E402


def applicants() -> dict[str, Any]:
    """Make two people with a body each, and a call with a window of a month."""
    people = [person("candidato"), person("candidata")]
    for one in people:
        register_body(one)
    return {
        "people": [one.email for one in people],
        "password": PASSWORD,
        "call": _call(timezone.now() + timedelta(days=30)).slug,
    }


def closing(people: list[str], seconds: float) -> dict[str, Any]:
    """Open a window that closes after some seconds, with a draft for each person in which nothing is missing."""
    now = timezone.now()
    call = _call(now + timedelta(seconds=seconds))
    drafts = [_draft(call, email, now) for email in people]
    return {
        "closes_at": call.sessions.get().closes_at.isoformat(),
        "pages": [f"/candidature/{one.public_id}/invio/" for one in drafts],
    }


def colleague(owner: str) -> dict[str, Any]:
    """Have a person's body invite somebody to write for it; return who that is, and the page on which to accept."""
    guest, speaker = person("collega"), User.objects.get(email=owner)
    body = Organization.objects.get(members=speaker)
    return {
        "email": guest.email,
        "name": str(guest),
        "owner": str(speaker),
        "invitation": _invited(body, guest, speaker, timezone.now()),
    }


def papers() -> dict[str, Any]:
    """Make everything that pages about an application can show: partners in each state, documents, answers, a receipt."""
    now = timezone.now()
    chief, speaker = person("officer", is_staff=True, is_superuser=True), person("promoter")
    call = _call(
        now + timedelta(days=30), questions_until=now + timedelta(days=9), officer=chief, check_days=30
    )
    body = register_body(speaker)
    filed = factories.make_application(call=call, organization=body, now=now)
    draft = factories.make_draft_application(call=call, organization=body, now=now)
    make_partner(draft, 1)
    token = invite(make_partner(draft, 2))
    answer(invite(make_partner(draft, 3)))
    answer(invite(make_partner(draft, 4)), takes_part=False, answer="Quest'anno non riusciamo.")
    keep_attachment(
        application=draft,
        requirement=call.document_requirements.first(),
        pieces=[make_pdf()],
        name="statuto.pdf",
        by=speaker,
        now=now,
    )
    question = ask_question(call=call, author=speaker, text="Può candidarsi chi ha sede a Rho?", now=now)
    answer_questions(
        questions=[question], question="La sede può essere a Rho?", text="Sì.", by=chief, now=now
    )
    ask_for_more(
        application=filed,
        fields=["organization", "representative", "statute", "partners", "summary"],
        documents=[],
        reason="Manca lo statuto.",
        days=9,
        by=chief,
        now=now,
    )
    return {
        "promoter": speaker.email,
        "password": PASSWORD,
        "body_pages": _body_pages(body, speaker, now),
        "call": call.slug,
        "draft": f"/candidature/{draft.public_id}/",
        "filed": f"/candidature/{filed.public_id}/",
        "invitation": f"/partenariati/{token}/",
        "code": filed.versions.get().code,
    }


def _body_pages(body: Organization, owner: User, now: datetime) -> list[str]:
    """Return the pages about bodies: the own one with people asked in and out, one to be claimed, an invitation."""
    invitation = _invited(body, person("invitata"), owner, now)
    here, other = f"/organizzazioni/{body.public_id}/", register_body(person("altra"))
    own = ["", "dati/", "registro/", "membri/", "inviti/nuovo/", "iban/", "statuto/", "lascia/"]
    return [
        "/organizzazioni/",
        "/organizzazioni/nuova/",
        *(f"{here}{page}" for page in own),
        f"/organizzazioni/{other.public_id}/richiesta/",
        invitation,
    ]


def _invited(body: Organization, guest: User, owner: User, now: datetime) -> str:
    """Invite a person to write for a body, and return the page the mail leads to."""
    invite_person(organization=body, email=guest.email, role="editor", by=owner, now=now)
    sent = Mail.objects.filter(recipient=guest.email).latest("pk").body
    invitation = re.search(r"/inviti/[\w-]+/", sent)
    assert invitation, sent
    return invitation[0]


def _call(closes_at: datetime, officer: User | None = None, **changes: Any) -> Call:
    """Publish a call with a name of its own: every scene is a process of its own."""
    mark = secrets.token_hex(3)
    return factories.make_call(
        officer=officer or person("officer", is_staff=True, is_superuser=True),
        slug=f"bando-{mark}",
        title=f"Bando {mark}",
        edition=mark,
        **{
            "sessions": [{"opens_at": timezone.now() - timedelta(days=1), "closes_at": closes_at}],
            **changes,
        },
    )


def _draft(call: Call, email: str, now: datetime) -> Application:
    """Write a draft in which nothing is missing, for the body of a person."""
    body = Organization.objects.get(members__email=email)
    return factories.make_draft_application(call=call, organization=body, now=now)


SCENES = {"applicants": applicants, "closing": closing, "colleague": colleague, "papers": papers}

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](**json.loads(sys.argv[2]))))
