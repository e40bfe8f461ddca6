"""Money that comes back completes partial awards first, then serves the waiting list."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Stop
from calls.services import refuse_off, switch_off
from campaigns.models import Campaign
from donations.services import owe_refund
from ledger.models import Account
from ledger.services import balance
from matching import tasks
from matching.models import Grant, GrantCompletion, GrantOffer
from matching.rules import RULE_VERSION
from matching.services import ReleasesStopped, complete_grants, increase_fund, line
from tests.factories import make_user
from tests.matching.short import accept, act, offered, reached, release, short_call
from tests.matching.undoing import revoke

Kind = Account.Kind
State = Grant.State


@pytest.fixture
def partial(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> tuple[Campaign, Campaign]:
    """Return a campaign with a partial award of 5,000 of 10,000 euro, and one behind it that has reached."""
    monkeypatch.setattr(line, "QUIET", timedelta(0))
    call = short_call(officer, 1_500_000)
    first, second, third = (reached(call, officer, organizer) for _number in range(3))
    release(first)
    accept(offered(second), organizer)
    return second, third


def add(campaign: Campaign, cents: int, officer: User, number: str = "DD 1/2027") -> None:
    """Raise a campaign's fund."""
    increase_fund(
        fund=campaign.fund,
        amount_cents=cents,
        act=act(number),
        reason="Nuove risorse.",
        by=officer,
        now=timezone.now(),
    )


def shares(*campaigns: Campaign) -> list[tuple[str, int]]:
    """Return state and total of the grants of campaigns."""
    found = {grant.campaign_id: (grant.state, grant.total_cents) for grant in Grant.objects.all()}
    return [found[campaign.pk] for campaign in campaigns]


def test_increase_completes_partial_awards_before_the_waiting_list(
    partial: tuple[Campaign, Campaign], officer: User
) -> None:
    second, third = partial
    assert release(third).state == State.WAITLISTED

    add(second, 300_000, officer, "DD 1/2027")
    assert shares(second, third) == [(State.AWARDED, 800_000), (State.WAITLISTED, 0)]
    call_command("audit")
    add(second, 500_000, officer, "DD 2/2027")
    assert shares(second, third) == [(State.AWARDED, 1_000_000), (State.OFFERED, 300_000)]
    call_command("audit")

    award = Grant.objects.get(campaign=second)
    assert (award.amount_cents, award.is_partial) == (500_000, False)
    completions = list(award.completions.values_list("amount_cents", "available_cents", "rule_version"))
    assert completions == [(300_000, 300_000, RULE_VERSION), (200_000, 500_000, RULE_VERSION)]
    assert balance(Kind.AWARDED, fund=second.fund, campaign=second) == 1_000_000
    assert Mail.objects.filter(key__startswith=f"grant_completed:{second.pk}").count() == 2


def test_release_due_grants_completes_before_it_awards(
    partial: tuple[Campaign, Campaign], officer: User
) -> None:
    second, third = partial
    stop = switch_off(
        call=second.call, what=Stop.What.RELEASES, by=officer, reason="Prova.", now=timezone.now()
    )
    add(second, 600_000, officer)
    assert shares(second) == [(State.AWARDED, 500_000)]
    assert balance(Kind.AVAILABLE, fund=second.fund) == 600_000
    with pytest.raises(ReleasesStopped):
        complete_grants(fund=second.fund, now=timezone.now())
    tasks.release_due_grants()
    assert not GrantCompletion.objects.exists()
    second_person = make_user("second", is_staff=True)
    refuse_off(stop=stop, by=second_person, reason="Non serve.", now=timezone.now())

    tasks.release_due_grants()

    assert shares(second, third) == [(State.AWARDED, 1_000_000), (State.OFFERED, 100_000)]
    call_command("audit")


def test_complete_grants_gives_nothing_below_the_threshold(
    partial: tuple[Campaign, Campaign], officer: User
) -> None:
    second, third = partial
    owe_refund(donation=second.donations.get(), by=officer, reason="Richiesta", now=timezone.now())

    add(second, 400_000, officer)

    assert shares(second, third) == [(State.AWARDED, 500_000), (State.OFFERED, 400_000)]
    call_command("audit")


def test_complete_grants_writes_nothing_when_its_mail_cannot_be_written(
    partial: tuple[Campaign, Campaign], officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**fields: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("matching.services.campaign.queue_mail_to_members", fail)
        with pytest.raises(RuntimeError):
            add(partial[0], 400_000, officer)

    assert not GrantCompletion.objects.exists()
    assert balance(Kind.ALLOCATED, fund=partial[0].fund) == -1_500_000


COMPLETION = [
    ("completion_within_the_fund", {"amount_cents": 0}),
    ("completion_within_the_fund", {"available_cents": 99_999}),
    ("completion_within_the_fund", {"rule_version": ""}),
]


def test_completion_is_kept_and_fits_its_grant(partial: tuple[Campaign, Campaign], officer: User) -> None:
    add(partial[0], 300_000, officer)
    row = GrantCompletion.objects.values().get()

    for change in ({"amount_cents": 1}, {"rule_version": "x"}):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            GrantCompletion.objects.filter(pk=row["id"]).update(**change)
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        GrantCompletion.objects.filter(pk=row["id"])._raw_delete("default")
    evidence = Grant.objects.get(campaign=partial[0]).evidence_id
    fields = {**row, "id": None, "amount_cents": 100_000, "entry_id": evidence}
    for constraint, change in COMPLETION:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            GrantCompletion.objects.create(**{**fields, **change})
    with pytest.raises(IntegrityError, match="never exceeds what is due"), transaction.atomic():
        GrantCompletion.objects.create(**{**fields, "amount_cents": 200_001})
    with pytest.raises(IntegrityError, match="entry_id"), transaction.atomic():
        GrantCompletion.objects.create(**{**fields, "entry_id": row["entry_id"], "amount_cents": 1})


def test_completion_belongs_to_an_award(partial: tuple[Campaign, Campaign], officer: User) -> None:
    add(partial[0], 300_000, officer)
    waiting = release(partial[1])
    fields = {**GrantCompletion.objects.values().get(), "id": None, "grant_id": waiting.pk}

    with pytest.raises(IntegrityError, match="never exceeds what is due"), transaction.atomic():
        GrantCompletion.objects.create(**fields)


OFFER = [
    ("offer_within_the_fund", {"amount_cents": 0}),
    ("offer_within_the_fund", {"available_cents": 1}),
    ("offer_ended_at_matches_status", {"ended_at": timezone.now()}),
    ("offer_ended_at_matches_status", {"status": "expired"}),
    ("offer_answer_matches_status", {"cover": "reduced"}),
    ("offer_answer_matches_status", {"words": "Sì."}),
    ("offer_answer_matches_status", {"status": "accepted", "ended_at": timezone.now()}),
    ("offer_answer_matches_status", {"status": "declined", "ended_at": timezone.now()}),
    ("offer_gap_is_explained", {"leaves_gap": True}),
]


def test_offer_fits_its_numbers_and_its_answer(partial: tuple[Campaign, Campaign], officer: User) -> None:
    add(partial[0], 600_000, officer)
    offer = GrantOffer.objects.get(status="open")

    for constraint, change in OFFER:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            GrantOffer.objects.filter(pk=offer.pk).update(**change)
    with pytest.raises(IntegrityError, match="offer_lasts"), transaction.atomic():
        GrantOffer.objects.filter(pk=offer.pk).update(expires_at=offer.offered_at)
    fields = {**GrantOffer.objects.values().get(pk=offer.pk), "id": None}
    with pytest.raises(IntegrityError, match="offer_one_at_a_time"), transaction.atomic():
        GrantOffer.objects.create(**fields)
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        GrantOffer.objects.filter(pk=offer.pk)._raw_delete("default")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        GrantOffer.objects.filter(status="accepted").update(words="Altro.")


def test_revocation_takes_back_what_was_completed_later_too(
    partial: tuple[Campaign, Campaign], officer: User
) -> None:
    campaign, next_in_line = partial
    add(campaign, 200_000, officer)
    grant = Grant.objects.get(campaign=campaign)
    assert (grant.amount_cents, grant.total_cents) == (500_000, 700_000)

    revoke(grant, first=officer, second=make_user("treasurer", is_staff=True), cause="checks")

    grant.refresh_from_db()
    assert (grant.state, grant.amount_cents, grant.completions.get().amount_cents) == (
        State.REVOKED,
        500_000,
        200_000,
    )
    assert balance(Kind.AWARDED, fund=grant.fund, campaign=campaign) == 0
    assert balance(Kind.AVAILABLE, fund=grant.fund) == 700_000
    # What comes back completes nothing of it any more: the next one in line is served.
    assert complete_grants(fund=grant.fund, now=timezone.now()) == 0
    assert offered(next_in_line).amount_cents == 700_000
    call_command("audit")
