"""What counts of each gift, while gifts come, go back and are flagged."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import flag_party, owe_refund, sync_payment, tell_tax_code
from donations.stripe_answers import RefundState
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching.audit import run_checks
from matching.services import close_campaign, settle_campaign
from tests.donations.at_stripe import answer_otherwise, refund_at_stripe
from tests.factories import edit_body, give, make_call, make_campaign

Kind = Account.Kind

pytestmark = pytest.mark.django_db


def campaign_with(officer: User, promoter: User, **rules: Any) -> Campaign:
    """Open a campaign with a threshold of 10,000 euro in a call with these rules."""
    return make_campaign(officer=officer, promoter=promoter, call=make_call(officer=officer, **rules))


def card(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let what is paid from now on be paid with this card."""
    answer_otherwise(monkeypatch, card_fingerprint=name)


def parts(donation: Donation) -> tuple[int, int]:
    """Return what of a gift counts and what does not."""
    donation.refresh_from_db()
    return donation.counted_cents, donation.uncounted_cents


def books(campaign: Campaign) -> tuple[int, int]:
    """Return what counts and what does not, in the ledger, once the audit has agreed."""
    broken = {name: rows for name, rows in run_checks(now=timezone.now()).items() if rows}
    assert not broken
    return raised_cents(campaign), -balance(Kind.UNCOUNTED, campaign=campaign)


@pytest.fixture
def limited(stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Return a campaign in which at most 100 euro count of one donor, and gifts are told apart by address."""
    card(monkeypatch, "")
    return campaign_with(officer, organizer, donor_limit_cents=10_000)


def test_gift_counts_in_full_where_the_call_sets_no_limit(campaign: Campaign) -> None:
    gift = give(campaign=campaign, amount_cents=900_000)

    assert parts(gift) == (900_000, 0)
    assert books(campaign) == (900_000, 0)


def test_gift_counts_up_to_the_limit_in_one_entry_with_its_charge(limited: Campaign) -> None:
    gift = give(campaign=limited, amount_cents=15_000)

    assert parts(gift) == (10_000, 5000)
    assert books(limited) == (10_000, 5000)
    entry = Entry.objects.get(key=f"charge:{gift.stripe_payment_intent_id}")
    assert sorted(entry.postings.values_list("account__kind", "amount_cents")) == [
        ("donors", -10_000),
        ("stripe", 15_000),
        ("uncounted", -5000),
    ]
    assert not Entry.objects.filter(kind=Entry.Kind.RECOUNT).exists()


def test_limit_may_be_a_share_of_the_threshold(stripe: str, officer: User, organizer: User) -> None:
    campaign = campaign_with(officer, organizer, donor_limit_cents=1_000_000, donor_limit_bp=3500)

    assert parts(give(campaign=campaign, amount_cents=400_000)) == (350_000, 50_000)


def test_limit_holds_for_all_gifts_of_one_address(limited: Campaign) -> None:
    gifts = [
        give(campaign=limited, amount_cents=6000, email=email)
        for email in ("ada@example.org", "Ada+2@Example.org", "eva@example.org")
    ]

    assert [parts(gift) for gift in gifts] == [(6000, 0), (4000, 2000), (6000, 0)]
    assert books(limited) == (16_000, 2000)


def test_limit_holds_for_all_gifts_of_one_card(stripe: str, officer: User, organizer: User) -> None:
    campaign = campaign_with(officer, organizer, donor_limit_cents=10_000)

    gifts = [
        give(campaign=campaign, amount_cents=6000, email=f"{name}@example.org") for name in ("ada", "eva")
    ]

    assert gifts[0].card_fingerprint == gifts[1].card_fingerprint != ""
    assert [parts(gift) for gift in gifts] == [(6000, 0), (4000, 2000)]


def test_card_that_joins_two_donors_counts_their_gifts_anew(
    limited: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    gifts = []
    for name, fingerprint, cents in [("ada", "one", 9000), ("eva", "two", 9000), ("ada", "two", 500)]:
        card(monkeypatch, fingerprint)
        gifts.append(give(campaign=limited, amount_cents=cents, email=f"{name}@example.org"))

    assert [parts(gift) for gift in gifts] == [(9000, 0), (1000, 8000), (0, 500)]
    assert books(limited) == (10_000, 8500)
    assert Entry.objects.get(kind=Entry.Kind.RECOUNT).key == f"recount:{gifts[1].pk}:1"
    sync_payment(donation=gifts[2], now=timezone.now())
    assert Entry.objects.filter(kind=Entry.Kind.RECOUNT).count() == 1


def test_refund_of_an_earlier_gift_makes_room_for_the_later_one(limited: Campaign, officer: User) -> None:
    first, second = (give(campaign=limited, amount_cents=8000) for _number in range(2))

    owe_refund(donation=first, by=officer, reason="Richiesta", now=timezone.now())

    assert (parts(first), parts(second)) == ((0, 0), (8000, 0))
    assert books(limited) == (8000, 0)
    assert Entry.objects.get(kind=Entry.Kind.RECOUNT).key == f"recount:{second.pk}:1"


@pytest.mark.parametrize(
    ("back", "left"), [(3000, (10_000, 2000)), (5000, (10_000, 0)), (9000, (6000, 0)), (15_000, (0, 0))]
)
def test_partial_refund_takes_first_what_did_not_count(
    limited: Campaign, back: int, left: tuple[int, int]
) -> None:
    gift = give(campaign=limited, amount_cents=15_000)

    refund_at_stripe(gift, back)
    sync_payment(donation=gift, now=timezone.now())

    assert parts(gift) == left
    assert books(limited) == left


def test_refund_that_fails_lets_the_gift_count_as_before(
    limited: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = give(campaign=limited, amount_cents=15_000)
    second = give(campaign=limited, amount_cents=4000)
    from_stripe = refund_at_stripe(first)
    sync_payment(donation=first, now=timezone.now())
    assert (parts(first), parts(second)) == ((0, 0), (4000, 0))

    refund = first.reversals.get()
    states = first.reversals.values_list("stripe_refund_id", "amount_cents")
    assert list(states) == [(from_stripe, 15_000)]
    answer_otherwise(monkeypatch, refunds=(_failed(refund.stripe_refund_id or "", 15_000),))
    sync_payment(donation=first, now=timezone.now())

    assert (parts(first), parts(second)) == ((10_000, 5000), (0, 4000))
    assert books(limited) == (10_000, 9000)


def _failed(refund_id: str, cents: int) -> RefundState:
    """Return a refund as Stripe has it when it could not be delivered."""
    return RefundState(refund_id, cents, "failed", None)


def test_gift_over_the_limit_does_not_reach_the_threshold(
    stripe: str, officer: User, organizer: User
) -> None:
    campaign = campaign_with(officer, organizer, donor_limit_bp=9999)

    give(campaign=campaign, amount_cents=2_000_000)

    campaign.refresh_from_db()
    assert campaign.reached_at is None


def test_threshold_needs_the_smallest_number_of_donors(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_with(officer, organizer, min_donors=3)
    card(monkeypatch, "")
    give(campaign=campaign, amount_cents=1_000_000)
    give(campaign=campaign, email="eva@example.org")
    give(campaign=campaign, email="eva+2@example.org")
    campaign.refresh_from_db()
    assert campaign.reached_at is None

    give(campaign=campaign, email="ugo@example.org")

    campaign.refresh_from_db()
    assert campaign.reached_at is not None


def test_threshold_is_net_of_fees_where_the_call_says_so(stripe: str, officer: User, organizer: User) -> None:
    campaign = campaign_with(officer, organizer, count_basis=Call.CountBasis.NET)

    give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    assert balance(Kind.FEES, campaign=campaign) > 0
    assert campaign.reached_at is None

    give(campaign=campaign, amount_cents=balance(Kind.FEES, campaign=campaign) + 2000)
    campaign.refresh_from_db()
    assert campaign.reached_at is not None


def test_failure_gives_back_what_did_not_count_too(limited: Campaign) -> None:
    gift = give(campaign=limited, amount_cents=15_000)

    close_campaign(campaign=limited, now=limited.closes_at)
    settled = settle_campaign(campaign=limited, now=limited.closes_at)

    assert (settled.status, settled.outcome_raised_cents) == (Campaign.Status.FAILED, 10_000)
    assert parts(gift) == (0, 0)
    assert balance(Kind.REFUNDS_OWED, campaign=limited) == -15_000
    assert books(limited) == (0, 0)


def test_success_keeps_what_did_not_count_apart(stripe: str, officer: User, organizer: User) -> None:
    campaign = campaign_with(officer, organizer, donor_limit_bp=10_000)
    gift = give(campaign=campaign, amount_cents=1_200_000)

    close_campaign(campaign=campaign, now=campaign.closes_at)
    settled = settle_campaign(campaign=campaign, now=campaign.closes_at)

    assert (settled.status, settled.outcome_raised_cents) == (Campaign.Status.SUCCEEDED, 1_000_000)
    assert books(campaign) == (1_000_000, 200_000)
    owe_refund(donation=gift, by=officer, reason="Richiesta", now=campaign.closes_at + timedelta(days=1))
    assert books(campaign) == (0, 0)


def test_gift_counts_again_in_the_promoters_account_after_success(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = campaign_with(officer, organizer, donor_limit_bp=9000)
    card(monkeypatch, "")
    first, second = (give(campaign=campaign, amount_cents=900_000) for _number in range(2))
    give(campaign=campaign, amount_cents=100_000, email="eva@example.org")
    close_campaign(campaign=campaign, now=campaign.closes_at)
    settle_campaign(campaign=campaign, now=campaign.closes_at)

    owe_refund(donation=first, by=officer, reason="Richiesta", now=timezone.now())

    assert parts(second) == (900_000, 0)
    assert balance(Kind.PROMOTER, campaign=campaign) == -1_000_000
    assert books(campaign) == (1_000_000, 0)


def test_flagged_gift_of_a_public_body_does_not_count(limited: Campaign, officer: User) -> None:
    gift = give(campaign=limited, amount_cents=8000)

    flag_party(donation=gift, party="public_body", by=officer, reason="È il Comune", now=timezone.now())

    assert parts(gift) == (0, 8000)
    assert books(limited) == (0, 8000)


def test_tax_code_told_later_makes_two_donors_one_and_taken_away_two_again(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    card(monkeypatch, "")
    campaign = campaign_with(officer, organizer, donor_limit_cents=600_000)
    edit_body(organization=campaign.organization, runts_number="4711")
    first = give(campaign=campaign, amount_cents=500_000, email="ada@example.org")
    second = give(campaign=campaign, amount_cents=500_000, email="ada@example.com")
    campaign.refresh_from_db()
    assert campaign.reached_at

    for gift in (first, second):
        tell_tax_code(donation=gift, tax_code="RSSMRA80A01F205X", opt_out=False, now=timezone.now())

    campaign.refresh_from_db()
    assert (parts(first), parts(second)) == ((500_000, 0), (100_000, 400_000))
    assert (books(campaign), campaign.reached_at) == ((600_000, 400_000), None)
    tell_tax_code(donation=first, tax_code="", opt_out=False, now=timezone.now())
    campaign.refresh_from_db()
    assert (parts(first), parts(second)) == ((500_000, 0), (500_000, 0))
    assert books(campaign) == (1_000_000, 0) and campaign.reached_at


def test_tax_code_of_the_promoter_told_later_flags_the_gift_unless_an_officer_has_spoken(
    stripe: str, officer: User, organizer: User
) -> None:
    campaign = campaign_with(officer, organizer, excludes_related_parties=True)
    edit_body(organization=campaign.organization, runts_number="4711")
    gift = give(campaign=campaign, amount_cents=5000)
    told = {"donation": gift, "opt_out": False, "now": timezone.now()}

    tell_tax_code(tax_code=campaign.organization.tax_code, **told)
    assert parts(gift) == (0, 5000)
    flag_party(donation=gift, party="citizen", by=officer, reason="Un errore.", now=timezone.now())
    tell_tax_code(tax_code="", **told)
    tell_tax_code(tax_code=campaign.organization.tax_code, **told)

    assert (parts(gift), gift.party) == ((5000, 0), "citizen")
    books(campaign)
