"""After the award: a fall below the threshold is followed, and only an act of two officers takes a grant back."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import NotRefundable, take_back_gift
from ledger.models import Account, Entry
from ledger.services import balance
from matching.models import AdministrativeAct, Grant, Revocation, Shortfall
from matching.services import (
    ActMissing,
    NotRevocable,
    OtherSum,
    OwnBody,
    SamePerson,
    ShortfallOver,
    confirm_revocation,
    cover_shortfall,
    drop_revocation,
    follow_shortfall,
    propose_revocation,
    release_grant,
    shortfalls_to_follow,
)
from tests.factories import give, make_user
from tests.matching.undoing import ACT, awarded_campaign, end, revoke, undo, waiting_campaign

Kind = Account.Kind
Status = Campaign.Status


@pytest.fixture
def grant(campaign: Campaign) -> Grant:
    """Return an awarded grant of a campaign with gifts of 4,000 and 6,000 euro, its threshold to the cent."""
    return awarded_campaign(campaign)


@pytest.fixture
def treasurer(db: None) -> User:
    """Return a second officer."""
    return make_user("treasurer", is_staff=True, is_superuser=True)


def gift_of(grant: Grant, cents: int) -> Donation:
    """Return the gift of this amount."""
    return Donation.objects.get(campaign=grant.campaign, amount_cents=cents)


def test_follow_shortfall_opens_adjusts_and_closes_by_itself(grant: Grant, officer: User) -> None:
    now = timezone.now()
    assert shortfalls_to_follow() == []
    undo(gift_of(grant, 400_000), officer)

    assert shortfalls_to_follow() == [grant]
    shortfall = follow_shortfall(grant=grant, now=now)

    assert (shortfall.amount_cents, shortfall.state, shortfall.opened_at) == (400_000, "open", now)
    assert Mail.objects.filter(key__startswith="shortfall_opened:").count() == 1
    grant.refresh_from_db()
    assert (grant.state, grant.amount_cents) == ("awarded", 1_000_000)
    give(campaign=grant.campaign, amount_cents=150_000)
    assert follow_shortfall(grant=grant, now=now).amount_cents == 250_000
    give(campaign=grant.campaign, amount_cents=250_000)
    later = now + timedelta(days=1)
    assert follow_shortfall(grant=grant, now=later) is None
    shortfall.refresh_from_db()
    assert (shortfall.state, shortfall.ended_at) == ("restored", later)
    assert shortfalls_to_follow() == []
    assert Mail.objects.filter(key__startswith="shortfall_opened:").count() == 1
    call_command("audit")


def cover(shortfall: Shortfall, by: User, note: str = "Bonifico", cents: int = 400_000) -> Shortfall:
    """Write that the promoter has covered so much of a shortfall."""
    return cover_shortfall(shortfall=shortfall, amount_cents=cents, note=note, by=by, now=timezone.now())


def test_cover_shortfall_is_remembered_when_more_falls(grant: Grant, officer: User, organizer: User) -> None:
    undo(gift_of(grant, 400_000), officer)
    shortfall = follow_shortfall(grant=grant, now=timezone.now())
    with pytest.raises(OwnBody):
        cover(shortfall, organizer)
    with pytest.raises(OtherSum):
        cover(shortfall, officer, cents=399_999)
    with pytest.raises(ShortfallOver):
        cover(shortfall, officer, note=" ")

    covered = cover(shortfall, officer)

    assert (covered.state, covered.covered_by, covered.amount_cents) == ("covered", officer, 400_000)
    assert follow_shortfall(grant=grant, now=timezone.now()) is None
    with pytest.raises(ShortfallOver):
        cover(shortfall, officer, note="Di nuovo")
    undo(gift_of(grant, 600_000), officer)
    assert follow_shortfall(grant=grant, now=timezone.now()).amount_cents == 600_000


def test_shortfall_is_followed_after_the_outcome_too(grant: Grant, officer: User) -> None:
    assert end(grant.campaign).status == Status.SUCCEEDED
    undo(gift_of(grant, 400_000), officer)

    assert follow_shortfall(grant=grant, now=timezone.now()).amount_cents == 400_000
    call_command("audit")


def test_revocation_takes_two_officers_an_act_and_a_reason(
    grant: Grant, officer: User, treasurer: User
) -> None:
    fields = {"grant": grant, "cause": Revocation.Cause.SHORTFALL, "by": officer, "now": timezone.now()}
    with pytest.raises(ActMissing):
        propose_revocation(reason="  ", **fields)
    revocation = propose_revocation(reason="Manca la soglia.", **fields)
    with pytest.raises(NotRevocable):
        propose_revocation(reason="Di nuovo.", **fields)
    confirm = {"revocation": revocation, "now": timezone.now()}

    with pytest.raises(SamePerson):
        confirm_revocation(office="Cultura", by=officer, **ACT, **confirm)
    with pytest.raises(ActMissing):
        confirm_revocation(office=" ", by=treasurer, **ACT, **confirm)

    grant.refresh_from_db()
    assert (grant.state, AdministrativeAct.objects.count()) == ("awarded", 0)
    with pytest.raises(ActMissing):
        drop_revocation(revocation=revocation, reason=" ", by=officer, now=timezone.now())
    drop_revocation(revocation=revocation, reason="La soglia torna.", by=officer, now=timezone.now())
    with pytest.raises(NotRevocable):
        confirm_revocation(office="Cultura", by=treasurer, **ACT, **confirm)
    dropped = Revocation.objects.get()
    assert (dropped.state, dropped.drop_reason) == ("dropped", "La soglia torna.")


def test_revocation_returns_the_money_and_lets_donors_leave(
    grant: Grant, officer: User, treasurer: User
) -> None:
    undo(gift_of(grant, 400_000), officer)
    follow_shortfall(grant=grant, now=timezone.now())

    revocation = revoke(grant, first=officer, second=treasurer)

    grant.refresh_from_db()
    campaign = Campaign.objects.get(pk=grant.campaign.pk)
    assert (grant.state, grant.amount_cents, bool(grant.revoked_at)) == ("revoked", 1_000_000, True)
    assert balance(Kind.AVAILABLE, fund=grant.fund) == 60_000_000
    assert balance(Kind.AWARDED, fund=grant.fund, campaign=campaign) == 0
    entry = Entry.objects.get(kind="revocation")
    assert (entry.actor, entry.reason) == (
        treasurer,
        "DD 1234 · 01/03/2027 · Direzione Cultura: Manca la soglia.",
    )
    assert (revocation.act.number, revocation.decided_by) == ("DD 1234", treasurer)
    assert Shortfall.objects.get().state == "closed"
    assert campaign.leave_reason == "Manca la soglia."
    assert Mail.objects.filter(key__startswith="donors_may_leave:").count() == 1
    # Nothing is awarded a second time, and the campaign fails at its deadline below the threshold.
    assert release_grant(campaign=campaign, now=timezone.now()).state == "revoked"
    assert end(campaign).status == Status.FAILED
    call_command("audit")


def test_revocation_above_the_threshold_leaves_the_gifts_to_those_who_stay(
    grant: Grant, officer: User, treasurer: User
) -> None:
    revoke(grant, first=officer, second=treasurer, cause="checks")
    take_back_gift(donation=gift_of(grant, 400_000), now=timezone.now())
    give(campaign=grant.campaign, amount_cents=500_000)

    settled = end(grant.campaign)

    assert (settled.status, settled.outcome_raised_cents) == (Status.SUCCEEDED, 1_100_000)
    assert Grant.objects.get().state == "revoked"
    call_command("audit")


def test_take_back_gift_only_in_the_days_and_once(grant: Grant, officer: User, treasurer: User) -> None:
    gift = gift_of(grant, 400_000)
    with pytest.raises(NotRefundable):
        take_back_gift(donation=gift, now=timezone.now())
    revoke(grant, first=officer, second=treasurer)
    campaign = Campaign.objects.get()
    with pytest.raises(NotRefundable):
        take_back_gift(donation=gift, now=campaign.leave_until)

    reversal = take_back_gift(donation=gift, now=campaign.leave_until - timedelta(seconds=1))

    assert (reversal.reason, reversal.amount_cents, reversal.status) == ("left", 400_000, "due")
    with pytest.raises(NotRefundable):
        take_back_gift(donation=gift, now=timezone.now())
    call_command("audit")


def test_refusal_of_a_grant_that_waits(stripe: str, officer: User, organizer: User, treasurer: User) -> None:
    campaign = waiting_campaign(officer, organizer)

    revoke(campaign.grant, first=officer, second=treasurer, cause="checks")

    refused = Grant.objects.get(campaign=campaign)
    assert (refused.state, refused.awarded_at, bool(refused.refused_at)) == ("refused", None, True)
    assert end(campaign).status == Status.SUCCEEDED
    assert release_grant(campaign=campaign, now=timezone.now()).state == "refused"
    call_command("audit")


def test_award_is_taken_back_by_a_confirmed_revocation_only(
    grant: Grant, officer: User, treasurer: User
) -> None:
    now = timezone.now()
    propose_revocation(
        grant=grant, cause=Revocation.Cause.OTHER, reason="Interesse pubblico.", by=officer, now=now
    )

    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        Grant.objects.update(state="revoked", revoked_at=now)
    revocation = confirm_revocation(
        revocation=Revocation.objects.get(), office="Cultura", by=treasurer, now=now, **ACT
    )
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic():
        Grant.objects.update(state="awarded", revoked_at=None)
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        Revocation.objects.filter(pk=revocation.pk).update(reason="Altro.")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        AdministrativeAct.objects.update(number="DD 1")
    with pytest.raises(NotRevocable):
        propose_revocation(grant=grant, cause=Revocation.Cause.OTHER, reason="Ancora.", by=officer, now=now)


def test_rows_of_undoing_are_what_postgresql_lets_them_be(
    grant: Grant, officer: User, treasurer: User
) -> None:
    now = timezone.now()
    undo(gift_of(grant, 400_000), officer)
    follow_shortfall(grant=grant, now=now)
    propose_revocation(
        grant=grant, cause=Revocation.Cause.OTHER, reason="Interesse pubblico.", by=officer, now=now
    )
    act = AdministrativeAct.objects.create(
        number="1", date=ACT["act_date"], office="Cultura", recorded_by=officer, recorded_at=now
    )
    decided = {"state": "confirmed", "decided_at": now, "act": act}
    for model, constraint, change in [
        (Shortfall, "shortfall_is_something", {"amount_cents": 0}),
        (Shortfall, "shortfall_ended_at_matches_state", {"state": "restored"}),
        (Shortfall, "shortfall_ended_at_matches_state", {"ended_at": now}),
        (Shortfall, "shortfall_cover_is_signed", {"state": "covered", "ended_at": now, "note": "Sì"}),
        (Shortfall, "shortfall_cover_is_signed", {"note": "Sì"}),
        (Revocation, "revocation_has_a_reason", {"reason": ""}),
        (Revocation, "revocation_dropped_for_a_reason", {"drop_reason": "Non serve."}),
        (Revocation, "revocation_takes_two_officers", {**decided, "decided_by": officer}),
        (Revocation, "revocation_takes_two_officers", {**decided, "decided_by": treasurer, "act": None}),
        (Revocation, "revocation_takes_two_officers", {"decided_by": treasurer}),
        (Grant, "is kept", {"amount_cents": 1}),
    ]:
        with pytest.raises(DatabaseError, match=constraint), transaction.atomic():
            model.objects.update(**change)
    with pytest.raises(IntegrityError, match="shortfall_open_once"), transaction.atomic():
        Shortfall.objects.create(grant=grant, amount_cents=1, opened_at=now)
    with pytest.raises(IntegrityError, match="revocation_one_at_a_time"), transaction.atomic():
        Revocation.objects.create(
            grant=grant, cause="other", reason="x", proposed_by=treasurer, proposed_at=now
        )
    for broken in ({"number": ""}, {"office": ""}):
        fields = {"number": "2", "date": ACT["act_date"], "office": "Cultura", **broken}
        with pytest.raises(IntegrityError, match="act_is_named"), transaction.atomic():
            AdministrativeAct.objects.create(**fields, recorded_by=officer, recorded_at=now)
