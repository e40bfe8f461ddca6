"""Set up what a journey takes for granted, through the services: `python -m tests.journeys.stage <scene> <JSON>`.

It runs as a process of the platform, with the platform's settings, role and clock, and prints what it made as JSON.
"""

import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

# The models can be imported only now.
from allauth.account.models import EmailAddress  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Organization, OrgKind, User  # noqa: E402
from accounts.services import create_organization  # noqa: E402
from campaigns.models import Campaign  # noqa: E402
from campaigns.services import approve_campaign, draft_campaign, edit_campaign, submit_campaign  # noqa: E402
from matching.services import open_campaign  # noqa: E402
from tests import factories  # noqa: E402
from tests.deciding import admit  # noqa: E402
from tests.journeys.picture import picture_bytes  # noqa: E402
from vetting.services import conclude_eligibility  # noqa: E402

PASSWORD = "una-parola-lunga"


def officer() -> dict[str, Any]:
    """Make a person who may do everything at the desk."""
    user = person("officer", is_staff=True, is_superuser=True)
    return {"email": user.email, "password": PASSWORD}


def campaign(cost_cents: int = 100_000, days: int = 2, gifts: tuple[int, ...] = ()) -> dict[str, Any]:
    """Open a campaign with a call, a body and a fund of its own; each gift in cents is given by another person."""
    now, mark = timezone.now(), secrets.token_hex(3)
    chief, speaker = person("officer", is_staff=True, is_superuser=True), person("promoter")
    body = register_body(speaker)
    factories.connect_stripe(body, now=now)
    call = factories.make_call(
        officer=chief,
        now=now,
        slug=f"bando-{mark}",
        title=f"Bando {mark}",
        edition=mark,
        cost_min_cents=50_000,
    )
    application = factories.make_application(
        call=call, organization=body, now=now, cost_cents=cost_cents, title=f"Un forno di quartiere {mark}"
    )
    opened = open_page(application, chief, days)
    # The promoter is signed in while giving, so that the page of their gifts is not empty.
    given = [
        _give(opened, cents, f"donatore-{mark}-{number}", speaker) for number, cents in enumerate(gifts, 1)
    ]
    fund = opened.fund
    return {
        "call": call.slug,
        "slug": opened.slug,
        "title": opened.title,
        "fund": fund.pk,
        "promoter": speaker.email,
        "password": PASSWORD,
        "organization": str(body.public_id),
        "application": str(application.public_id),
        "threshold_cents": opened.threshold_cents,
        "closes_at": opened.closes_at.isoformat(),
        "gifts": given,
    }


def open_page(application: Any, chief: User, days: int) -> Campaign:
    """Take an application to an open campaign; the running worker may be faster at each of its own steps."""
    page = approved_page(application, chief, days)
    page = open_campaign(campaign=page, now=timezone.now())
    if page.status != Campaign.Status.OPEN:
        raise SystemExit(f"{page.slug} is {page.status}: {page.opening_refusal}")
    return page


def approved_page(application: Any, chief: User, days: int, opens_in: timedelta = timedelta()) -> Campaign:
    """Take an application to an approved campaign, which the running worker opens at its time."""
    now = timezone.now()
    if application.call.check_days:
        conclude_eligibility(application=application, outcome="admissible", by=chief, now=now)
    decision = admit(application=application, by=chief, reason="Utile al quartiere.", now=now)
    page = draft_campaign(decision=decision, now=now)
    picture = ContentFile(picture_bytes(), name="forno.jpg")
    page = edit_campaign(campaign=page, now=now, image=picture, image_alt="Un forno con le luci accese")
    page = submit_campaign(campaign=page, now=now)
    now = timezone.now()
    return approve_campaign(campaign=page, by=chief, opens_at=now + opens_in, days=days, now=now)


def _give(page: Campaign, cents: int, name: str, donor: User) -> dict[str, Any]:
    """Have a gift paid and counted."""
    gift = factories.give(
        campaign=page, amount_cents=cents, email=f"{name}@example.org", name=name.title(), donor=donor
    )
    return {"email": gift.email, "status_page": f"/donazioni/{gift.access_token}/", "cents": cents}


def person(name: str, **rights: bool) -> User:
    """Register a person whose address is confirmed."""
    user = factories.make_user(f"{name}-{secrets.token_hex(3)}", **rights)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def register_body(user: User) -> Organization:
    """Register a body; its tax code is drawn, since every scene is a process of its own."""
    number = secrets.randbelow(900_000_000)
    return create_organization(
        user=user,
        now=timezone.now(),
        legal_name=f"Associazione {number}",
        kind=OrgKind.APS,
        tax_code=factories.tax_code_of(number),
        address="Via Padova 1",
        city="Milano",
        pec=f"associazione{number}@pec.example.org",
        email=f"info@associazione{number}.example.org",
    )


SCENES = {"officer": officer, "campaign": campaign}

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](**json.loads(sys.argv[2]))))
