"""Gifts outside the site: entered, verified, counted beside the others, and given back by the promoter."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations import services
from donations.models import Evidence, OfflineDonation, Party
from donations.services import (
    annul_offline_donation,
    count_donors,
    enter_offline_donation,
    flag_party,
    forget_evidence,
    keep_evidence,
    owe_refund,
    recount_campaign,
    refuse_offline_donation,
    verify_offline_donation,
    withdraw_offline_donation,
)
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching.audit import run_checks
from matching.services import lower_cost
from tests.factories import (
    enter_outside,
    give,
    give_outside,
    make_call,
    make_campaign,
    make_evidence,
    slip,
)

Kind = Account.Kind
Status = OfflineDonation.Status


def books(campaign: Campaign) -> tuple[int, int]:
    """Return what counts and what does not, once the audit has agreed."""
    assert {name: rows for name, rows in run_checks(now=timezone.now()).items() if rows} == {}
    return raised_cents(campaign), -balance(Kind.UNCOUNTED, campaign=campaign)


def counted(*gifts: Any) -> list[int]:
    """Return what counts of some gifts, on the site and outside it."""
    for gift in gifts:
        gift.refresh_from_db()
    return [gift.counted_cents for gift in gifts]


def verify(gift: OfflineDonation, officer: User, **changes: Any) -> OfflineDonation:
    """Verify a gift as it was entered, or otherwise."""
    found = {"verified_cents": gift.amount_cents, "party": "citizen", "note": "Visto.", **changes}
    return verify_offline_donation(gift=gift, by=officer, now=timezone.now(), **found)


def test_officers_word_holds_for_gifts_of_the_donor_that_were_settled_before(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, offline_share_bp=3_000, excludes_related_parties=True)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    online = give(campaign=campaign, amount_cents=7000, email="lia@example.org")
    outside = enter_outside(campaign=campaign, amount_cents=5000, email="lia@example.org")

    outside = verify(outside, officer, party="related")

    assert counted(online, outside) == [0, 0]
    assert online.party == Party.RELATED
    flag = online.party_flags.latest("pk")
    assert (flag.actor, flag.reason) == (officer, "Visto.")
    assert books(campaign) == (0, 12_000)


def test_gift_counts_when_verified_at_its_verified_amount(campaign: Campaign, officer: User) -> None:
    gift = enter_outside(campaign=campaign, amount_cents=5000, email="lia@example.org")
    assert books(campaign) == (0, 0)

    gift = verify(gift, officer, verified_cents=4000)

    assert (gift.status, gift.verified_cents, gift.verified_by) == (Status.VERIFIED, 4000, officer)
    assert books(campaign) == (4000, 0)
    entry = Entry.objects.get(key=f"offline:{gift.pk}")
    assert (entry.kind, entry.actor, entry.reason) == (Entry.Kind.OFFLINE, officer, "Visto.")
    assert sorted(entry.postings.values_list("account__kind", "amount_cents")) == [
        ("donors", -4000),
        ("offline", 4000),
    ]
    mail = Mail.objects.get(key=f"offline_gift_verified:{gift.pk}")
    assert mail.recipient == "lia@example.org" and "40" in mail.subject
    assert count_donors(campaign) == 1
    assert balance(Kind.STRIPE, campaign=campaign) == 0


def test_gift_that_reaches_the_threshold_writes_it(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=800_000)
    gift = enter_outside(campaign=campaign, amount_cents=200_000)
    campaign.refresh_from_db()
    assert campaign.reached_at is None

    gift = verify(gift, officer)

    campaign.refresh_from_db()
    assert campaign.reached_at == gift.verified_at
    annul_offline_donation(gift=gift, reason="Assegno scoperto.", by=officer, now=timezone.now())
    campaign.refresh_from_db()
    assert (campaign.reached_at, campaign.first_reached_at) == (None, gift.verified_at)
    assert books(campaign) == (800_000, 0)


def test_share_of_the_threshold_bounds_what_counts_of_all_of_them(campaign: Campaign, officer: User) -> None:
    first = give_outside(campaign=campaign, officer=officer, amount_cents=250_000)
    second = give_outside(campaign=campaign, officer=officer, amount_cents=100_000, name="Ugo")

    assert counted(first, second) == [250_000, 50_000]
    assert books(campaign) == (300_000, 50_000)

    annul_offline_donation(gift=first, reason="Stornato.", by=officer, now=timezone.now())

    assert counted(first, second) == [0, 100_000]
    assert books(campaign) == (100_000, 0)
    assert Entry.objects.filter(key=f"recount:offline:{second.pk}:1").exists()


def test_limit_of_a_donor_holds_across_both_ways(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer, donor_limit_cents=10_000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    code = "RSSMRA85T10A562S"
    outside = give_outside(
        campaign=campaign, officer=officer, amount_cents=8000, email="ada@example.org", tax_code=code
    )
    other = give_outside(campaign=campaign, officer=officer, amount_cents=9000, tax_code=code)
    assert counted(outside, other) == [8000, 2000]

    online = give(campaign=campaign, amount_cents=7000, email="Ada+dona@example.org")

    assert counted(outside, other, online) == [3000, 0, 7000]
    assert books(campaign) == (10_000, 14_000)
    assert count_donors(campaign) == 1
    owe_refund(donation=online, by=officer, reason="Richiesta", now=timezone.now())
    assert counted(outside, other) == [8000, 2000]
    assert books(campaign) == (10_000, 7000)


def test_officers_word_about_a_donor_holds_across_both_ways(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, excludes_related_parties=True)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    outside = give_outside(campaign=campaign, officer=officer, email="zia@example.org", party="related")
    online = give(campaign=campaign, email="zia@example.org")
    body = give_outside(campaign=campaign, officer=officer, name="Regione", party="public_body")
    assert counted(outside, online, body) == [0, 0, 0]
    assert online.party == Party.RELATED

    flag_party(donation=online, party=Party.CITIZEN, by=officer, reason="Non è socia.", now=timezone.now())

    assert counted(outside, online, body) == [2000, 2000, 0]
    assert books(campaign) == (4000, 2000)


def test_lower_cost_lowers_the_share_that_counts(campaign: Campaign, officer: User) -> None:
    gift = give_outside(campaign=campaign, officer=officer, amount_cents=300_000)

    lower_cost(
        campaign=campaign,
        cost_cents=1_000_000,
        act_number="DD 1",
        act_date=date(2027, 3, 1),
        reason="Variante",
        by=officer,
        now=timezone.now(),
    )

    assert counted(gift) == [150_000]
    assert books(campaign) == (150_000, 150_000)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"received_on": date(2020, 1, 1)}, services.ReceivedOutside),
        ({"received_on": date(2999, 1, 1)}, services.ReceivedOutside),
        ({"amount_cents": 199}, services.GiftTooSmall),
        ({"now": timezone.now() + timedelta(days=60)}, services.CampaignNotOpen),
    ],
)
def test_enter_refuses(campaign: Campaign, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        enter_outside(campaign=campaign, **changes)

    assert not OfflineDonation.objects.exists()


def test_enter_refuses_in_a_call_that_takes_none(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer, offline_share_bp=0)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)

    with pytest.raises(services.NotTaken):
        enter_outside(campaign=campaign)


def test_enter_needs_the_donor_where_the_call_limits_or_counts_donors(
    stripe: str, officer: User, organizer: User
) -> None:
    for rules in ({"donor_limit_bp": 3500}, {"min_donors": 2}):
        call = make_call(officer=officer, **rules)
        campaign = make_campaign(officer=officer, promoter=organizer, call=call)
        with pytest.raises(services.DonorUnknown):
            enter_outside(campaign=campaign)
        assert enter_outside(campaign=campaign, email="lia@example.org")


@pytest.mark.parametrize("seed", range(3))
def test_what_counts_is_that_of_the_whole_whatever_comes_and_goes(
    stripe: str, officer: User, organizer: User, seed: int
) -> None:
    chance = random.Random(seed)
    call = make_call(officer=officer, donor_limit_cents=5000, offline_share_bp=100)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    people = [f"{name}@example.org" for name in "abc"]
    codes = ["RSSMRA85T10A562S", ""]

    for _number in range(14):
        cents, email = chance.choice([900, 3000, 4000, 7000]), chance.choice(people)
        online = list(campaign.donations.settled())
        outside = list(campaign.offline_donations.verified())
        step = chance.choice(["online", "outside", "outside", "refund", "annul"])
        if step == "online":
            give(campaign=campaign, amount_cents=cents, email=email, tax_code=chance.choice(codes))
        elif step == "outside":
            code = chance.choice(codes)
            give_outside(campaign=campaign, officer=officer, amount_cents=cents, email=email, tax_code=code)
        elif step == "refund" and online:
            owe_refund(donation=chance.choice(online), by=officer, reason="Richiesta", now=timezone.now())
        elif step == "annul" and outside:
            annul_offline_donation(gift=chance.choice(outside), reason="No", by=officer, now=timezone.now())

    raised, uncounted = books(campaign)
    recount_campaign(campaign=campaign, now=timezone.now())
    assert books(campaign) == (raised, uncounted)
    outside = sum(campaign.offline_donations.values_list("counted_cents", flat=True))
    assert outside <= 10_000 and raised <= 15_000


def test_evidence_serves_once_and_for_its_campaign_only(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    gift = enter_outside(campaign=campaign)
    elsewhere = make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    said = {"method": "cheque", "name": "Ugo", "email": "", "tax_code": "", "amount_cents": 2000}
    now = timezone.now()

    for evidence in (gift.evidence, make_evidence(campaign=elsewhere)):
        with pytest.raises(services.EvidenceUnusable):
            enter_offline_donation(
                campaign=campaign,
                gift={**said, "received_on": timezone.localdate(now)},
                evidence=evidence,
                by=organizer,
                now=now,
            )


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"GIF89a", b"x%PDF-1.7", b"%PDF-" + b"x" * services.LARGEST_EVIDENCE_BYTES]
)
def test_keep_evidence_refuses_what_is_no_proof(campaign: Campaign, organizer: User, content: bytes) -> None:
    with pytest.raises(services.EvidenceUnusable):
        keep_evidence(campaign=campaign, upload=slip(content, "a.pdf"), by=organizer, now=timezone.now())

    assert not Evidence.objects.exists()


def test_forget_evidence_removes_only_what_nobody_came_back_for(campaign: Campaign, organizer: User) -> None:
    used = enter_outside(campaign=campaign).evidence
    left = make_evidence(campaign=campaign)
    later = timezone.now() + Evidence.WAITS + timedelta(minutes=1)
    for evidence in (used, left):
        forget_evidence(evidence=evidence, now=timezone.now())
    assert Evidence.objects.count() == 2

    for evidence in (used, left):
        forget_evidence(evidence=evidence, now=later)

    assert list(Evidence.objects.all()) == [used]
    assert used.file.storage.exists(used.file.name)
    assert not left.file.storage.exists(left.file.name)


@pytest.mark.parametrize("cents", [0, 2001])
def test_verify_refuses_more_than_entered_or_nothing(campaign: Campaign, officer: User, cents: int) -> None:
    with pytest.raises(services.MoreThanEntered):
        verify(enter_outside(campaign=campaign), officer, verified_cents=cents)


def test_nobody_decides_about_the_own_bodys_gifts_or_without_words(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    gift = enter_outside(campaign=campaign)
    now = timezone.now()

    with pytest.raises(services.OwnEntry):
        verify(gift, organizer)
    with pytest.raises(services.OwnEntry):
        refuse_offline_donation(gift=gift, reason="No", by=organizer, now=now)
    for act in (
        lambda: verify(gift, officer, note=" "),
        lambda: refuse_offline_donation(gift=gift, reason=" ", by=officer, now=now),
    ):
        with pytest.raises(services.ReasonMissing):
            act()
    assert books(campaign) == (0, 0)


def test_refused_and_withdrawn_gifts_count_for_nothing_and_are_final(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    now = timezone.now()
    refused, withdrawn = enter_outside(campaign=campaign), enter_outside(campaign=campaign)

    refuse_offline_donation(gift=refused, reason="Non si legge.", by=officer, now=now)
    withdraw_offline_donation(gift=withdrawn, by=organizer, now=now)

    assert "Non si legge." in Mail.objects.get(key__startswith=f"offline_gift_refused:{refused.pk}:").body
    for gift in (refused, withdrawn):
        with pytest.raises(WrongState):
            verify(gift, officer)
        with pytest.raises(WrongState):
            withdraw_offline_donation(gift=gift, by=organizer, now=now)
    assert books(campaign) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "verified"},
        {"status": "refused"},
        {"method": "cash"},
        {"counted_cents": 1},
        {"ended_at": datetime(2027, 1, 1, tzinfo=timezone.get_default_timezone())},
        {"return_due_at": datetime(2027, 1, 1, tzinfo=timezone.get_default_timezone())},
        {"amount_cents": 1},
        {"name": "Altri"},
    ],
)
def test_database_keeps_states_times_and_what_was_entered(
    campaign: Campaign, changes: dict[str, Any]
) -> None:
    gift = enter_outside(campaign=campaign)

    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        OfflineDonation.objects.filter(pk=gift.pk).update(**changes)


def test_database_lets_nobody_verify_the_own_entry(campaign: Campaign, officer: User) -> None:
    gift = give_outside(campaign=campaign, officer=officer)

    with pytest.raises(IntegrityError), transaction.atomic():
        OfflineDonation.objects.filter(pk=gift.pk).update(verified_by=gift.entered_by)
