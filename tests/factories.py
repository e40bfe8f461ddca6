"""Test data, made only through the services, as people make it."""

import itertools
import json
import urllib.request
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Organization, OrgKind, User
from accounts.services import create_organization, edit_organization
from calls.models import Application, Call
from calls.services import draft_call, publish_call, submit_application
from campaigns.models import Campaign
from campaigns.services import approve_campaign, draft_campaign, edit_campaign, submit_campaign
from demo.applying import line, write_application
from donations.models import ConnectedAccount, Donation, Evidence, OfflineDonation
from donations.services import (
    enter_offline_donation,
    keep_evidence,
    open_checkout,
    start_donation,
    start_onboarding,
    sync_account,
    sync_payment,
    verify_offline_donation,
)
from matching.services import open_campaign
from tests.deciding import admit
from tests.papers import make_pdf

#: The file of a bank slip.
BANK_SLIP = make_pdf(mark=b"bonifico")
SUCCESS = "4242424242424242"
DECLINED = "4000000000000002"

_numbers = itertools.count(1)


def twin(order: str, **body: Any) -> dict[str, Any]:
    """Give the local Stripe an order, or read one of its reports when there is no body."""
    address = f"{settings.STRIPE_API_BASE}/_twin/{order}"
    data = json.dumps(body).encode() if body or order in ("reset", "drain") else None
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def make_user(name: str, **fields: Any) -> User:
    """Register a person."""
    return User.objects.create_user(
        f"{name}@example.org", "una-parola-lunga", full_name=name.title(), **fields
    )


def tax_code_of(number: int) -> str:
    """Return an invented 11-digit tax code with a right checksum."""
    # The last three digits before the checksum are those of the tax office of Milan.
    digits = [int(digit) for digit in f"9{number:06d}015"]
    total = sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return "".join(map(str, digits)) + str(-total % 10)


def make_organization(*, user: User, kind: str = OrgKind.APS, now: datetime | None = None) -> Organization:
    """Register a body with its own tax code."""
    number = next(_numbers)
    return create_organization(
        user=user,
        now=now or timezone.now(),
        legal_name=f"Associazione {number}",
        kind=kind,
        tax_code=tax_code_of(number),
        address="Via Padova 1",
        city="Milano",
        pec=f"associazione{number}@pec.example.org",
        email=f"info@associazione{number}.example.org",
        rea_number="MI-1234567" if kind == OrgKind.MSME else "",
    )


def edit_body(*, organization: Organization, **fields: Any) -> Organization:
    """Change the data of a body as its first member does, the given row's too."""
    by = organization.members.earliest("pk")
    edit_organization(organization=organization, by=by, now=timezone.now(), **fields)
    organization.refresh_from_db()
    return organization


def connect_stripe(organization: Organization, *, now: datetime | None = None) -> ConnectedAccount:
    """Take a body through Stripe's onboarding."""
    now = now or timezone.now()
    start_onboarding(
        organization=organization, return_url="https://x.test/", refresh_url="https://x.test/", now=now
    )
    account = ConnectedAccount.objects.get(organization=organization)
    twin("onboard", account=account.stripe_account_id)
    return sync_account(account=account, now=now)


def call_fields(now: datetime, **changes: Any) -> dict[str, Any]:
    """Return the rules of a call like that of 2024: half and half, up to 50,000 euro, open for applications now."""
    number = next(_numbers)
    return {
        "slug": f"bando-{number}",
        "title": f"Bando {number}",
        "edition": f"prova-{number}",
        "summary": "Un bando di prova.",
        "text": "Il testo.",
        "contact_email": "bando@example.org",
        "threshold_bp": 5000,
        "grant_bp": 5000,
        "cap_cents": 5_000_000,
        "cost_min_cents": 100_000,
        "cost_max_cents": 10_000_000,
        "fund_cents": 60_000_000,
        "campaign_days_min": 1,
        "campaign_days_max": 60,
        "project_months_max": 12,
        "eligible_kinds": list(OrgKind),
        "minimum_gift_cents": 200,
        "check_days": 0,
        "sessions": [{"opens_at": now - timedelta(days=30), "closes_at": now + timedelta(days=30)}],
        "themes": ["Beni comuni"],
        "criteria": [{"name": "Utilità", "max_points": 100}],
        "documents": [{"name": "Statuto", "required": False}],
        **changes,
    }


def make_draft_call(*, now: datetime | None = None, **changes: Any) -> Call:
    """Write a call that could be published."""
    now = now or timezone.now()
    return draft_call(now=now, **call_fields(now, **changes))


def make_call(*, officer: User, now: datetime | None = None, **changes: Any) -> Call:
    """Publish a call."""
    now = now or timezone.now()
    return publish_call(call=make_draft_call(now=now, **changes), by=officer, now=now)


def make_town_call(*, officer: User) -> Call:
    """Publish the call most tests take place in; questions may be asked for three weeks."""
    return make_call(officer=officer, questions_until=timezone.now() + timedelta(days=20))


def application_fields(call: Call, **changes: Any) -> dict[str, Any]:
    """Return a project that fits a call."""
    return {
        "title": "Un forno di quartiere",
        "summary": "Pane e un cortile aperto.",
        "theme": call.themes.first(),
        "borough": 2,
        "place": "Via Padova",
        "cost_cents": 2_000_000,
        "duration_months": 6,
        "campaign_text": "Apriamo un forno.",
        **changes,
    }


def make_draft_application(
    *, call: Call, organization: Organization, now: datetime | None = None, **changes: Any
) -> Application:
    """Write an application that could be submitted."""
    fields = application_fields(call, **changes)
    cost = fields["cost_cents"]
    lines = [line("works", "Il forno", cost)] if cost else []
    return write_application(
        call=call,
        organization=organization,
        by=organization.members.earliest("pk"),
        now=now or timezone.now(),
        lines=lines,
        **fields,
    )


def make_application(
    *, call: Call, organization: Organization, now: datetime | None = None, **changes: Any
) -> Application:
    """Submit an application."""
    now = now or timezone.now()
    application = make_draft_application(call=call, organization=organization, now=now, **changes)
    return submit_application(application=application, by=application.author, now=now)


def make_draft_campaign(*, application: Application, officer: User, now: datetime | None = None) -> Campaign:
    """Admit an application and make its campaign, its page ready to be submitted."""
    now = now or timezone.now()
    decision = admit(application=application, by=officer, reason="Utile al quartiere.", now=now)
    campaign = draft_campaign(decision=decision, now=now)
    picture = ContentFile(b"\xff\xd8\xff\xd9", name="forno.jpg")
    return edit_campaign(campaign=campaign, now=now, image=picture, image_alt="Un forno con le luci accese")


def make_scheduled_campaign(
    *, application: Application, officer: User, now: datetime | None = None, days: int = 40
) -> Campaign:
    """Take an application to an approved campaign that is due to open now."""
    now = now or timezone.now()
    campaign = make_draft_campaign(application=application, officer=officer, now=now)
    campaign = submit_campaign(campaign=campaign, now=now)
    return approve_campaign(campaign=campaign, by=officer, opens_at=now, days=days, now=now)


def make_campaign(
    *,
    officer: User,
    promoter: User,
    call: Call | None = None,
    cost_cents: int = 2_000_000,
    now: datetime | None = None,
    days: int = 40,
) -> Campaign:
    """Open a campaign of a body of its own that can receive gifts."""
    now = now or timezone.now()
    call = call or make_call(officer=officer, now=now)
    organization = make_organization(user=promoter, now=now)
    connect_stripe(organization, now=now)
    application = make_application(call=call, organization=organization, now=now, cost_cents=cost_cents)
    campaign = make_scheduled_campaign(application=application, officer=officer, now=now, days=days)
    campaign = open_campaign(campaign=campaign, now=now)
    assert campaign.status == Campaign.Status.OPEN, campaign.opening_refusal
    return campaign


def make_donation(
    *, campaign: Campaign, amount_cents: int = 2000, now: datetime | None = None, **changes: Any
) -> Donation:
    """Start a gift and open its payment page."""
    fields = {"email": "donor@example.org", "name": "Ada", **changes}
    donation = start_donation(
        campaign=campaign, amount_cents=amount_cents, now=now or timezone.now(), **fields
    )
    open_checkout(donation=donation, now=now or timezone.now())
    donation.refresh_from_db()
    return donation


def pay(donation: Donation, card: str = SUCCESS) -> dict[str, Any]:
    """Pay a gift at Stripe; nobody has told the site yet."""
    return twin("pay", session=donation.stripe_session_id, card=card)


def give(
    *, campaign: Campaign, amount_cents: int = 2000, now: datetime | None = None, **changes: Any
) -> Donation:
    """Make a gift that is paid and counted."""
    now = now or timezone.now()
    changes.setdefault("public_id", uuid.uuid4())
    donation = make_donation(campaign=campaign, amount_cents=amount_cents, now=now, **changes)
    pay(donation)
    return sync_payment(donation=donation, now=now)


def slip(content: bytes = BANK_SLIP, name: str = "bonifico.pdf") -> SimpleUploadedFile:
    """Return the file of a bank slip as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def make_evidence(*, campaign: Campaign, by: User | None = None, now: datetime | None = None) -> Evidence:
    """Keep a bank slip of its own."""
    upload = slip(make_pdf(mark=uuid.uuid4().hex.encode()))
    by = by or campaign.organization.members.get()
    return keep_evidence(campaign=campaign, upload=upload, by=by, now=now or timezone.now())


def enter_outside(
    *,
    campaign: Campaign,
    amount_cents: int = 2000,
    now: datetime | None = None,
    received_on: date | None = None,
    **changes: Any,
) -> OfflineDonation:
    """Enter, as the promoter, a gift that came to its bank account."""
    now = now or timezone.now()
    by = campaign.organization.members.get()
    gift = {"method": "bank_transfer", "name": "Lia", "email": "", "tax_code": "", **changes}
    return enter_offline_donation(
        campaign=campaign,
        gift={**gift, "amount_cents": amount_cents, "received_on": received_on or timezone.localdate(now)},
        evidence=make_evidence(campaign=campaign, by=by, now=now),
        by=by,
        now=now,
    )


def give_outside(
    *,
    campaign: Campaign,
    officer: User,
    amount_cents: int = 2000,
    now: datetime | None = None,
    party: str = "citizen",
    **changes: Any,
) -> OfflineDonation:
    """Make a gift outside the site that an officer has verified."""
    gift = enter_outside(campaign=campaign, amount_cents=amount_cents, now=now, **changes)
    return verify_offline_donation(
        gift=gift,
        verified_cents=amount_cents,
        party=party,
        note="Estratto conto visto.",
        by=officer,
        now=now or timezone.now(),
    )
