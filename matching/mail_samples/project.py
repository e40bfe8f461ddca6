"""An invented project: its application, its campaign and its grant."""

from datetime import datetime, timedelta

from accounts.models import Organization, User
from calls import models as call_rows
from campaigns import models as campaign_rows
from matching import models as share_rows

#: No row has this number, so nothing real is found through an invented one.
NOBODY = 0
#: The amounts told: a whole cost, half of it, and a gift with cents.
COST_CENTS, HALF_CENTS, GIFT_CENTS = 2_000_000, 1_000_000, 1_000_050
REASON = "Il cortile non è più libero."


def sample_application(now: datetime) -> call_rows.Application:
    """Return an application to a call like that of 2024: half and half."""
    author = User(pk=NOBODY, email="ada@example.org", full_name="Ada Neri")
    body = Organization(
        pk=NOBODY,
        legal_name="Associazione Forno",
        kind="aps",
        tax_code="97123450152",
        email="forno@example.org",
    )
    call = call_rows.Call(
        pk=NOBODY,
        slug="bando-esempio",
        title="Bando di esempio",
        edition="2027",
        threshold_bp=5000,
        grant_bp=5000,
        cap_cents=5_000_000,
    )
    return call_rows.Application(
        pk=NOBODY,
        call=call,
        organization=body,
        author=author,
        theme=call_rows.Theme(call=call, name="Beni comuni"),
        session=call_rows.CallSession(pk=NOBODY, call=call, number=1, opens_at=now, closes_at=now),
        title="Un forno di quartiere",
        summary="Pane e un cortile aperto.",
        borough=2,
        protocol_number="ESEMPIO-2027-0001",
        cost_cents=COST_CENTS,
    )


def sample_campaign(application: call_rows.Application, now: datetime) -> campaign_rows.Campaign:
    """Return the campaign of an application, with its grant awarded."""
    campaign = campaign_rows.Campaign(
        pk=NOBODY,
        application=application,
        slug="un-forno-di-quartiere",
        title=application.title,
        summary=application.summary,
        remarks="Manca il prezzo del forno.",
        cost_cents=COST_CENTS,
        threshold_cents=HALF_CENTS,
        grant_due_cents=HALF_CENTS,
        own_cents=0,
        opens_at=now,
        closes_at=now + timedelta(days=40),
        opening_refusal="grant_not_covered",
        suspension_reason="",
        cure_until=now + timedelta(days=10),
        keep_until=now + timedelta(days=10),
        leave_until=now + timedelta(days=10),
        leave_reason=REASON,
        withdrawal_reason=REASON,
    )
    campaign.grant = _grant(campaign, now)
    return campaign


def _grant(campaign: campaign_rows.Campaign, now: datetime) -> share_rows.Grant:
    """Return the grant of a campaign, awarded whole."""
    return share_rows.Grant(
        pk=NOBODY,
        campaign=campaign,
        state="awarded",
        amount_cents=HALF_CENTS,
        awarded_at=now,
        reached_at=now,
        rule_version="1",
        cost_cents=COST_CENTS,
        threshold_bp=5000,
        grant_bp=5000,
        cap_cents=5_000_000,
        threshold_cents=HALF_CENTS,
        due_cents=HALF_CENTS,
        raised_cents=GIFT_CENTS,
        available_cents=60_000_000,
    )
