"""Drafting, editing, handing in, approving, suspending."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, Call
from campaigns import services
from campaigns.models import Campaign
from tests.campaigns.stages import REASON, campaign_in
from tests.deciding import admit, exclude
from tests.factories import make_application, make_call, make_organization
from vetting.models import Decision

ROME = ZoneInfo("Europe/Rome")
NOW = timezone.now()
SECOND = timedelta(seconds=1)
Status = Campaign.Status


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that waits for a decision; its project costs 20,000 euro."""
    return make_application(call=call, organization=make_organization(user=organizer))


def admitted(application: Application, officer: User, **changes: int) -> Decision:
    """Return the decision that admits an application."""
    return admit(application=application, by=officer, reason="Utile.", now=NOW, **changes)


def test_draft_campaign_takes_over_the_application_and_freezes_its_shares(
    application: Application, officer: User
) -> None:
    decision = admitted(application, officer, admitted_cost_cents=1_900_001)

    campaign = services.draft_campaign(decision=decision, now=NOW)

    assert (campaign.status, campaign.created_at) == (Status.DRAFT, NOW)
    assert (campaign.title, campaign.summary) == (application.title, application.summary)
    assert campaign.story == application.campaign_text
    shares = (campaign.cost_cents, campaign.threshold_cents, campaign.grant_due_cents, campaign.own_cents)
    assert shares == (1_900_001, 950_001, 950_000, 0)
    assert campaign.fund == application.session.fund


def test_draft_campaign_of_a_cost_above_the_cap(officer: User, organizer: User) -> None:
    call = make_call(officer=officer, cost_max_cents=None)
    application = make_application(
        call=call, organization=make_organization(user=organizer), cost_cents=12_000_000
    )

    campaign = services.draft_campaign(decision=admitted(application, officer), now=NOW)

    shares = (campaign.threshold_cents, campaign.grant_due_cents, campaign.own_cents)
    assert shares == (6_000_000, 5_000_000, 1_000_000)


def test_draft_campaign_twice(application: Application, officer: User) -> None:
    decision = admitted(application, officer)
    first = services.draft_campaign(decision=decision, now=NOW)
    services.edit_campaign(now=NOW, campaign=first, title="Cambiato")

    again = services.draft_campaign(decision=decision, now=NOW + SECOND)

    assert again == first
    assert again.title == "Cambiato"
    assert Campaign.objects.count() == 1


def test_draft_campaign_of_an_excluded_application(application: Application, officer: User) -> None:
    decision = exclude(application=application, by=officer, reason="No.", now=NOW)

    with pytest.raises(services.WrongState):
        services.draft_campaign(decision=decision, now=NOW)

    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("title", "slugs"),
    [
        ("Un forno", ["un-forno", "un-forno-2", "un-forno-3"]),
        (
            "Città più verde: l'orto!",
            ["citta-piu-verde-lorto", "citta-piu-verde-lorto-2", "citta-piu-verde-lorto-3"],
        ),
        ("北京 🍕", ["progetto", "progetto-2", "progetto-3"]),
        ("p" * 120, ["p" * 70, "p" * 70 + "-2", "p" * 70 + "-3"]),
    ],
)
def test_draft_campaign_gives_each_page_its_own_address(
    call: Call, officer: User, organizer: User, title: str, slugs: list[str]
) -> None:
    made = []
    for _ in slugs:
        application = make_application(call=call, organization=make_organization(user=organizer), title=title)
        made.append(services.draft_campaign(decision=admitted(application, officer), now=NOW).slug)

    assert made == slugs


@pytest.mark.parametrize(
    "changes",
    [
        {"cost_cents": 3_000_000, "own_cents": 1_000_000},
        {"threshold_cents": 900_000, "own_cents": 100_000},
        {"grant_due_cents": 900_000, "own_cents": 100_000},
    ],
)
@pytest.mark.parametrize("status", [Status.DRAFT, Status.OPEN])
def test_shares_are_frozen_by_the_database(
    call: Call, officer: User, organizer: User, changes: dict, status: str
) -> None:
    campaign = campaign_in(status, call=call, officer=officer, promoter=organizer)

    with pytest.raises(IntegrityError, match="are frozen"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**changes)


def test_campaign_is_kept_by_the_database(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)

    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk)._raw_delete("default")


def test_campaign_stays_with_its_application(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)
    other = make_application(call=call, organization=make_organization(user=organizer))

    with pytest.raises(IntegrityError, match="are frozen"), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(application=other)


@pytest.mark.parametrize("missing", [{"image": ""}, {"image_alt": ""}, {"story": " \n "}])
def test_submit_campaign_that_lacks_something(
    call: Call, officer: User, organizer: User, missing: dict
) -> None:
    campaign = campaign_in(Status.DRAFT, call=call, officer=officer, promoter=organizer)
    services.edit_campaign(now=NOW, campaign=campaign, **missing)

    with pytest.raises(services.CampaignIncomplete):
        services.submit_campaign(campaign=campaign, now=NOW)

    campaign.refresh_from_db()
    assert campaign.status == Status.DRAFT


def test_return_campaign_gives_remarks_that_the_next_submission_clears(
    call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    Mail.objects.all().delete()

    returned = services.return_campaign(campaign=campaign, by=officer, remarks=" Manca il prezzo. ", now=NOW)

    assert (returned.status, returned.remarks) == (Status.DRAFT, "Manca il prezzo.")
    assert "Manca il prezzo." in Mail.objects.get().body
    again = services.submit_campaign(campaign=returned, now=NOW + SECOND)
    assert (again.remarks, again.submitted_at) == ("", NOW + SECOND)


def test_return_campaign_takes_a_scheduled_one_off_the_calendar(
    call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer)
    services.mark_opening_refused(campaign=campaign, refusal="payments_not_ready", now=NOW)

    returned = services.return_campaign(campaign=campaign, by=officer, remarks="Un dubbio.", now=NOW + SECOND)

    assert (returned.status, returned.remarks, returned.opening_refusal) == (Status.DRAFT, "Un dubbio.", "")
    dates = (returned.opens_at, returned.closes_at, returned.approved_at, returned.approved_by)
    assert dates == (None,) * 4
    assert not Campaign.objects.opening_due(NOW + timedelta(days=1)).exists()
    again = services.submit_campaign(campaign=returned, now=NOW + 2 * SECOND)
    assert again.status == Status.IN_REVIEW


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_return_and_suspend_need_a_reason(call: Call, officer: User, organizer: User, nothing: str) -> None:
    read = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    live = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer)

    with pytest.raises(services.RemarksMissing):
        services.return_campaign(campaign=read, by=officer, remarks=nothing, now=NOW)
    with pytest.raises(services.RemarksMissing):
        services.suspend_campaign(campaign=live, by=officer, reason=nothing, now=NOW)


def test_approve_campaign_schedules_it(officer: User, organizer: User) -> None:
    now = datetime(2027, 5, 3, 10, 0, tzinfo=ROME)
    call = make_call(officer=officer, now=now)
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer, now=now)
    Mail.objects.all().delete()
    opens_at = datetime(2027, 5, 10, 9, 0, tzinfo=ROME)

    approved = services.approve_campaign(campaign=campaign, by=officer, opens_at=opens_at, days=40, now=now)

    assert (approved.approved_by, approved.approved_at) == (officer, now)
    assert approved.opens_at == opens_at
    assert approved.closes_at == datetime(2027, 6, 19, 0, 0, tzinfo=ROME)
    assert approved.days == 40
    assert "23:59" in Mail.objects.get().body


def test_approve_campaign_again_gives_new_dates(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer, days=40)
    later = NOW + timedelta(days=5)

    moved = services.approve_campaign(campaign=campaign, by=officer, opens_at=later, days=45, now=NOW)

    assert moved.opens_at == later
    assert moved.days == 45


def test_approve_campaign_again_is_a_new_try(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer)
    services.mark_opening_refused(campaign=campaign, refusal="payments_not_ready", now=NOW)
    later = NOW + timedelta(days=5)

    moved = services.approve_campaign(campaign=campaign, by=officer, opens_at=later, days=45, now=NOW)

    moved.refresh_from_db()
    assert moved.opening_refusal == ""
    Mail.objects.all().delete()
    services.mark_opening_refused(campaign=moved, refusal="payments_not_ready", now=later)
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("offset", "days"),
    [
        (-SECOND, 40),
        (timedelta(0), 39),
        (timedelta(0), 61),
        (timedelta(0), 0),
        (timedelta(0), -1),
        (timedelta(days=9), 61),
    ],
)
def test_approve_campaign_with_a_bad_schedule(
    officer: User, organizer: User, offset: timedelta, days: int
) -> None:
    call = make_call(officer=officer, campaign_days_min=40, campaign_days_max=60)
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    now = timezone.now()

    with pytest.raises(services.BadSchedule):
        services.approve_campaign(campaign=campaign, by=officer, opens_at=now + offset, days=days, now=now)

    campaign.refresh_from_db()
    assert (campaign.status, campaign.opens_at) == (Status.IN_REVIEW, None)


@pytest.mark.parametrize("days", [40, 60])
def test_approve_campaign_at_the_limits_of_the_call(officer: User, organizer: User, days: int) -> None:
    call = make_call(officer=officer, campaign_days_min=40, campaign_days_max=60)
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    now = timezone.now()

    approved = services.approve_campaign(campaign=campaign, by=officer, opens_at=now, days=days, now=now)

    assert approved.days == days


def test_suspend_campaign_is_public_and_keeps_the_deadline(
    call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.OPEN, call=call, officer=officer, promoter=organizer)
    deadline = campaign.closes_at

    stopped = services.suspend_campaign(campaign=campaign, by=officer, reason=" Manca un permesso. ", now=NOW)

    assert (stopped.suspension_reason, stopped.suspended_at) == ("Manca un permesso.", NOW)
    assert not stopped.is_open(timezone.now())
    assert stopped in Campaign.objects.public()
    resumed = services.resume_campaign(campaign=stopped, by=officer, now=NOW)
    assert (resumed.closes_at, resumed.suspension_reason, resumed.suspended_at) == (deadline, "", None)


def test_end_campaign_keeps_its_public_reason(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.SUSPENDED, call=call, officer=officer, promoter=organizer)

    ended = services.end_campaign(campaign=campaign, by=officer)

    ended.refresh_from_db()
    assert ended.status == Status.CLOSING
    assert (ended.suspended_at, ended.suspension_reason) == (campaign.suspended_at, REASON)
    assert ended.closes_at == campaign.closes_at
    assert not ended.is_open(timezone.now())


def test_mark_opening_refused_tells_the_promoter_once_per_reason(
    call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer)
    Mail.objects.all().delete()

    for second, refusal in enumerate(["payments_not_ready", "payments_not_ready", "grant_not_covered"]):
        services.mark_opening_refused(campaign=campaign, refusal=refusal, now=NOW + second * SECOND)

    campaign.refresh_from_db()
    assert campaign.opening_refusal == "grant_not_covered"
    assert Mail.objects.count() == 2


def test_mark_open_forgets_why_it_had_not_opened(call: Call, officer: User, organizer: User) -> None:
    campaign = campaign_in(Status.SCHEDULED, call=call, officer=officer, promoter=organizer)
    services.mark_opening_refused(campaign=campaign, refusal="payments_not_ready", now=NOW)

    services.mark_open(campaign=campaign, now=NOW)

    campaign.refresh_from_db()
    assert (campaign.opening_refusal, campaign.opened_at) == ("", NOW)
