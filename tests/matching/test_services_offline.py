"""Gifts outside the site at the end of a campaign: the outcome waits for them, and promoters give them back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from campaigns.services import WrongState
from donations import services
from donations.models import OfflineDonation, OfflineReturn
from donations.rules import working_days_after
from donations.services import (
    accept_return,
    annul_offline_donation,
    owe_offline_return,
    refuse_return,
    verify_offline_donation,
)
from donations.services.offline import GRACE_DAYS
from donations.tasks import remind_of_offline_returns
from ledger.models import Account
from ledger.services import balance, raised_cents
from matching.models import Grant
from matching.services import close_campaign, release_grant, settle_campaign, withdraw_campaign
from tests.factories import enter_outside, give, give_outside, make_evidence
from tests.matching.outside import prove_return, return_outside
from tests.matching.undoing import end, send_all_refunds

Kind = Account.Kind
Status = OfflineDonation.Status
Ended = Campaign.Status


def failed_with(campaign: Campaign, officer: User) -> OfflineDonation:
    """Fail a campaign that has a verified gift of 50 euro outside the site."""
    gift = give_outside(campaign=campaign, officer=officer, amount_cents=5000, email="lia@example.org")
    assert end(campaign).status == Ended.FAILED
    gift.refresh_from_db()
    return gift


def test_outcome_waits_for_what_was_entered_in_time(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=900_000)
    gift = enter_outside(campaign=campaign, amount_cents=100_000)
    assert end(campaign).status == Ended.CLOSING

    later = campaign.closes_at + timedelta(days=3)
    verify_offline_donation(
        gift=gift, verified_cents=100_000, party="citizen", note="Visto.", by=officer, now=later
    )
    campaign = settle_campaign(campaign=campaign, now=later)

    assert (campaign.status, campaign.outcome_raised_cents) == (Ended.SUCCEEDED, 1_000_000)
    assert campaign.reached_at == later
    assert campaign.grant.state == Grant.State.AWARDED
    assert balance(Kind.PROMOTER, campaign=campaign) == -1_000_000
    assert balance(Kind.STRIPE, campaign=campaign) == 900_000
    call_command("audit", books_only=True)


def test_outcome_waits_for_ten_working_days_and_no_more(campaign: Campaign, organizer: User) -> None:
    gift = enter_outside(campaign=campaign, amount_cents=200_000)
    over = working_days_after(campaign.closes_at, GRACE_DAYS, timezone.get_default_timezone())
    close_campaign(campaign=campaign, now=campaign.closes_at)

    assert settle_campaign(campaign=campaign, now=over - timedelta(seconds=1)).status == Ended.CLOSING
    assert settle_campaign(campaign=campaign, now=over).status == Ended.REFUNDED

    gift.refresh_from_db()
    assert gift.status == Status.LAPSED
    assert Mail.objects.filter(key=f"offline_gifts_lapsed:{campaign.pk}:{organizer.pk}").exists()
    call_command("audit", books_only=True)


def test_grant_is_released_by_a_verified_gift(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=700_000)
    give_outside(campaign=campaign, officer=officer, amount_cents=300_000)

    grant = release_grant(campaign=campaign, now=timezone.now())

    assert grant and (grant.state, grant.raised_cents) == (Grant.State.AWARDED, 1_000_000)
    call_command("audit", books_only=True)


def test_failure_makes_the_promoter_owe_until_an_officer_accepts_a_proof(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    give(campaign=campaign, amount_cents=3000)
    gift = failed_with(campaign, officer)

    assert (gift.status, gift.return_reason) == (Status.RETURN_DUE, "failure")
    assert balance(Kind.OFFLINE_OWED, campaign=campaign) == -5000
    assert raised_cents(campaign) == 0
    for key in (f"offline_returns_due:{campaign.pk}:{organizer.pk}", f"offline_gift_owed:{gift.pk}"):
        assert Mail.objects.filter(key=key).exists(), key
    send_all_refunds()
    campaign.refresh_from_db()
    assert campaign.status == Ended.FAILED

    refused = refuse_return(
        proof=prove_return(gift), reason="Non si legge il nome.", by=officer, now=timezone.now()
    )
    assert (
        "Non si legge il nome."
        in Mail.objects.get(key=f"offline_return_refused:{refused.pk}:{organizer.pk}").body
    )
    gift = return_outside(gift, officer=officer)

    campaign.refresh_from_db()
    assert (gift.status, gift.ended_by, campaign.status) == (Status.RETURNED, officer, Ended.REFUNDED)
    assert balance(Kind.OFFLINE, campaign=campaign) == balance(Kind.OFFLINE_OWED, campaign=campaign) == 0
    call_command("audit", books_only=True)


def test_officer_annuls_a_gift_whose_cheque_bounces_after_the_failure(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    gift = failed_with(campaign, officer)
    proof = prove_return(gift)

    gift = annul_offline_donation(gift=gift, reason="Assegno scoperto.", by=officer, now=timezone.now())

    campaign.refresh_from_db()
    proof.refresh_from_db()
    assert (gift.status, gift.return_due_at, campaign.status) == (Status.ANNULLED, None, Ended.REFUNDED)
    assert (proof.status, proof.reason) == (OfflineReturn.Status.REFUSED, "Assegno scoperto.")
    assert balance(Kind.OFFLINE, campaign=campaign) == balance(Kind.OFFLINE_OWED, campaign=campaign) == 0
    assert Mail.objects.filter(key=f"offline_gift_refused:{gift.pk}:{organizer.pk}").exists()
    call_command("audit", books_only=True)
    with pytest.raises(WrongState):
        annul_offline_donation(gift=gift, reason="Di nuovo.", by=officer, now=timezone.now())


def test_withdrawal_makes_the_promoter_owe_and_ends_what_waits(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    gift = give_outside(campaign=campaign, officer=officer)
    waiting = enter_outside(campaign=campaign)

    withdraw_campaign(campaign=campaign, reason="Niente cortile.", by=organizer, now=timezone.now())

    gift.refresh_from_db()
    waiting.refresh_from_db()
    assert (gift.status, gift.return_reason, waiting.status) == (
        Status.RETURN_DUE,
        "withdrawn",
        Status.LAPSED,
    )
    call_command("audit", books_only=True)


def test_officer_owes_one_gift_back_while_the_campaign_runs_and_after_it_succeeded(
    campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=800_000)
    now = timezone.now()
    first, second, third = (
        give_outside(campaign=campaign, officer=officer, amount_cents=100_000) for _number in range(3)
    )
    owe_offline_return(gift=first, reason="Richiesta.", by=officer, now=now)
    campaign.refresh_from_db()
    assert (raised_cents(campaign), campaign.reached_at is None) == (1_000_000, False)
    assert end(campaign).status == Ended.SUCCEEDED

    owe_offline_return(gift=second, reason="Richiesta.", by=officer, now=now)
    annul_offline_donation(gift=third, reason="Scoperto.", by=officer, now=now)

    assert raised_cents(campaign) == 800_000
    assert balance(Kind.OFFLINE_OWED, campaign=campaign) == -200_000
    call_command("audit", books_only=True)


def test_proof_of_return_refusals(campaign: Campaign, officer: User, organizer: User) -> None:
    gift = failed_with(campaign, officer)
    with pytest.raises(services.ReturnedTooEarly):
        prove_return(gift, gift.received_on - timedelta(days=1))
    with pytest.raises(services.ReturnedTooEarly):
        prove_return(gift, timezone.localdate() + timedelta(days=1))
    proof = prove_return(gift)

    with pytest.raises(WrongState):
        prove_return(gift)
    with pytest.raises(services.OwnEntry):
        accept_return(proof=proof, by=organizer, now=timezone.now())
    with pytest.raises(services.ReasonMissing):
        refuse_return(proof=proof, reason="", by=officer, now=timezone.now())
    accept_return(proof=proof, by=officer, now=timezone.now())
    with pytest.raises(WrongState):
        accept_return(proof=proof, by=officer, now=timezone.now())
    assert OfflineReturn.objects.get().status == OfflineReturn.Status.ACCEPTED
    assert make_evidence(campaign=campaign) != proof.evidence


def test_promoter_is_reminded_three_times_of_what_is_not_proved(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    gift = failed_with(campaign, officer)
    since = gift.return_due_at
    assert since

    def reminders(days: int) -> int:
        monkeypatch.setattr(timezone, "now", lambda: since + timedelta(days=days))
        remind_of_offline_returns()
        remind_of_offline_returns()
        return Mail.objects.filter(key__startswith="offline_returns_reminder").count()

    assert [reminders(days) for days in (9, 10, 19, 25, 30, 90)] == [0, 1, 1, 2, 3, 3]
    monkeypatch.undo()
    OfflineDonation.objects.update(reminders=0)
    return_outside(gift, officer=officer)
    assert reminders(100) == 3


def test_reminders_of_gifts_owed_since_different_days_do_not_swallow_each_other(
    campaign: Campaign, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = give_outside(campaign=campaign, officer=officer)
    since = failed_with(campaign, officer).return_due_at
    assert since
    OfflineDonation.objects.filter(pk=earlier.pk).update(return_due_at=since - timedelta(days=10))

    def reminders(days: int) -> int:
        monkeypatch.setattr(timezone, "now", lambda: since + timedelta(days=days))
        remind_of_offline_returns()
        return Mail.objects.filter(key__startswith="offline_returns_reminder").count()

    assert [reminders(days) for days in (0, 10, 20, 30)] == [1, 2, 3, 4]


def test_what_is_entered_while_a_threshold_is_restored_has_its_days_from_then_on(
    campaign: Campaign, organizer: User
) -> None:
    enter_outside(campaign=campaign)
    campaign.covered_at = campaign.closes_at
    campaign.cure_until = campaign.closes_at + timedelta(days=30)

    assert services.outcome_waits_for_offline(campaign, campaign.cure_until)
    after = working_days_after(campaign.cure_until, GRACE_DAYS, timezone.get_default_timezone())
    assert not services.outcome_waits_for_offline(campaign, after)
