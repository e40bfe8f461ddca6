"""The desk's pages of campaigns: read, approved with dates, returned, suspended, resumed and ended."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Organization, User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import submit_campaign, suspend_campaign
from matching.services import open_campaign, release_grant
from matching.tasks import settle_campaigns
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, seen_on, take_step, text_of

Status = Campaign.Status


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return a body that has not connected Stripe."""
    return factories.make_organization(user=organizer)


@pytest.fixture
def submitted(call: Call, organization: Organization, officer: User) -> Campaign:
    """Return a campaign that waits for a review."""
    application = factories.make_application(call=call, organization=organization)
    campaign = factories.make_draft_campaign(application=application, officer=officer)
    return submit_campaign(campaign=campaign, now=timezone.now())


def local(instant: datetime) -> str:
    """Return an instant as the browser's calendar sends it."""
    return timezone.localtime(instant).strftime("%Y-%m-%dT%H:%M")


def test_list_shows_bar_raised_and_missing(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=250_000)

    page = desk_of(officer).get(list_url(campaign, queue="running"))

    words = text_of(page)
    assert "€2,500" in words and "€7,500" in words
    assert campaign.organization.legal_name in words
    assert page.content.count(b'class="gate__bar"') == 1


def test_list_begins_with_what_waits_for_review(submitted: Campaign, officer: User) -> None:
    words = text_of(desk_of(officer).get(list_url(submitted)))

    assert "To review · 1" in words
    assert submitted.title in words


def test_list_asks_the_database_no_more_for_more_rows(
    call: Call, officer: User, organizer: User, django_assert_max_num_queries
) -> None:
    bodies = [factories.make_organization(user=factories.make_user(f"person{n}")) for n in range(6)]
    for body in bodies:
        application = factories.make_application(call=call, organization=body)
        factories.make_draft_campaign(application=application, officer=officer)
    desk = desk_of(officer)
    desk.get(list_url(Campaign))

    # The menu counts each of the desk's queues.
    with django_assert_max_num_queries(90):
        page = desk.get(list_url(Campaign, queue="drafts"))

    assert page.content.count(b'class="gate__bar"') == 6


def test_approve_tells_deadline_and_what_is_set_aside(submitted: Campaign, officer: User) -> None:
    opens = timezone.make_aware(datetime(2030, 3, 1, 9))  # noqa: DTZ001

    page = desk_of(officer).post(
        row_url(submitted, "approve"), {"opens_at": local(opens), "days": "14", "preview": "1"}
    )

    words = text_of(page)
    assert "23:59 on Thursday 14 March 2030" in words
    assert "€10,000 are set aside" in words
    assert "cannot receive payments yet" in words
    assert "A mail goes to 1 member" in words
    submitted.refresh_from_db()
    assert submitted.status == Status.IN_REVIEW


def test_approve_schedules_and_dates_can_be_changed(submitted: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    opens = (timezone.now() + timedelta(days=3)).replace(second=0, microsecond=0)

    response = take_step(desk, row_url(submitted, "approve"), opens_at=local(opens), days="14")

    assert "Approved" in text_of(response)
    submitted.refresh_from_db()
    assert (submitted.status, submitted.opens_at, submitted.days) == (Status.SCHEDULED, opens, 14)
    assert submitted.approved_by == officer
    assert Mail.objects.filter(key__startswith="campaign_approved:").count() == 1
    page = desk.get(row_url(submitted, "approve"))
    assert local(opens) in page.content.decode()
    take_step(desk, row_url(submitted, "approve"), opens_at=local(opens), days="20")
    submitted.refresh_from_db()
    assert submitted.days == 20


def test_approve_as_proposed_needs_no_second_look(submitted: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    page = desk.get(row_url(submitted, "approve"))
    proposed = {name: page.context["form"][name].value() for name in ("opens_at", "days")}

    desk.post(
        row_url(submitted, "approve"),
        {
            "opens_at": proposed["opens_at"].strftime("%Y-%m-%dT%H:%M"),
            "days": proposed["days"],
            "seen": seen_on(page),
        },
    )

    submitted.refresh_from_db()
    assert submitted.status == Status.SCHEDULED
    assert timezone.localtime(submitted.opens_at).hour == 9


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"days": "61"}, "days", "lasts from 1 to 60 days"),
        ({"days": "0"}, "days", "lasts from 1 to 60 days"),
        ({"opens_at": "2020-01-01T09:00"}, "opens_at", "lies in the past"),
        ({"opens_at": "domani"}, "opens_at", "valid date"),
    ],
)
def test_approve_refuses_beside_the_field(
    submitted: Campaign, officer: User, changes: dict[str, str], field: str, words: str
) -> None:
    typed = {"opens_at": local(timezone.now() + timedelta(days=2)), "days": "30", **changes}

    response = take_step(desk_of(officer), row_url(submitted, "approve"), **typed)

    assert list(response.context["form"].errors) == [field]
    assert words in text_of(response)
    submitted.refresh_from_db()
    assert submitted.status == Status.IN_REVIEW


def test_return_gives_the_page_back_with_remarks(submitted: Campaign, officer: User) -> None:
    desk = desk_of(officer)

    refused = take_step(desk, row_url(submitted, "send_back"), remarks=" ")
    response = take_step(desk, row_url(submitted, "send_back"), remarks="Chiarite l'affitto.")

    assert list(refused.context["form"].errors) == ["remarks"]
    assert "Chiarite l'affitto." in text_of(response).replace("&#39;", "'")
    submitted.refresh_from_db()
    assert (submitted.status, submitted.remarks) == (Status.DRAFT, "Chiarite l'affitto.")
    assert Mail.objects.filter(key__startswith="campaign_returned:").count() == 1


def test_suspend_and_resume(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)

    refused = take_step(desk, row_url(campaign, "suspend"), reason="")
    assert list(refused.context["form"].errors) == ["reason"]
    page = take_step(desk, row_url(campaign, "suspend"), reason="Manca un permesso.")
    campaign.refresh_from_db()
    assert (campaign.status, campaign.suspension_reason) == (Status.SUSPENDED, "Manca un permesso.")
    assert "Manca un permesso." in text_of(page)
    take_step(desk, row_url(campaign, "resume"))
    campaign.refresh_from_db()
    assert campaign.status == Status.OPEN


def test_return_takes_an_approved_page_back(submitted: Campaign, officer: User) -> None:
    desk, opens = desk_of(officer), timezone.now() + timedelta(days=3)
    take_step(desk, row_url(submitted, "approve"), opens_at=local(opens), days="14")

    assert "/send_back/" in desk.get(row_url(submitted)).content.decode()
    take_step(desk, row_url(submitted, "send_back"), remarks="Un dubbio.")

    submitted.refresh_from_db()
    assert (submitted.status, submitted.opens_at) == (Status.DRAFT, None)


def test_suspended_campaigns_past_their_deadline_wait_for_the_officer(
    campaign: Campaign, officer: User
) -> None:
    suspend_campaign(campaign=campaign, by=officer, reason="Manca un permesso.", now=timezone.now())
    queue = list_url(campaign, queue="overdue")
    with time_machine.travel(campaign.closes_at - timedelta(seconds=1), tick=False):
        early = text_of(desk_of(officer).get(queue))
    with time_machine.travel(campaign.closes_at, tick=False):
        late = text_of(desk_of(officer).get(queue))
        first_page = text_of(desk_of(officer).get(reverse("admin:index")))

    assert "No suspended campaign is past its deadline." in early
    assert "Suspended, past the deadline · 1" in late and campaign.title in late
    assert "Suspended campaigns past their deadline: resume or end them" in first_page


def test_end_tells_what_follows_and_gives_everything_back(campaign: Campaign, officer: User) -> None:
    gift = factories.give(campaign=campaign, amount_cents=1_000_000)
    suspend_campaign(campaign=campaign, by=officer, reason="Manca un permesso.", now=timezone.now())
    desk = desk_of(officer)

    told = text_of(desk.get(row_url(campaign, "end")))
    response = take_step(desk, row_url(campaign, "end"))

    assert "Every donor gets the whole gift back" in told
    assert "goes back to the fund" in told
    assert "Ended: the gifts go back" in text_of(response)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.suspension_reason) == (Status.CLOSING, "Manca un permesso.")
    settle_campaigns()
    campaign.refresh_from_db()
    gift.refresh_from_db()
    assert (campaign.status, gift.status) == (Status.FAILED, "refund_due")


def test_end_is_not_offered_when_the_grant_is_awarded(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    suspend_campaign(campaign=campaign, by=officer, reason="Manca un permesso.", now=timezone.now())
    desk = desk_of(officer)

    page = desk.get(row_url(campaign)).content.decode()
    forced = desk.post(row_url(campaign, "end"), {"seen": ""}, follow=True)

    assert "/resume/" in page and "/end/" not in page
    assert "no longer possible" in text_of(forced)
    campaign.refresh_from_db()
    assert campaign.status == Status.SUSPENDED


def test_rights_decide_who_ends(campaign: Campaign, evaluator: User, stranger: User, officer: User) -> None:
    suspend_campaign(campaign=campaign, by=officer, reason="Manca un permesso.", now=timezone.now())
    reader = desk_of(officer_with("campaigns.view_campaign"))
    steerer = desk_of(officer_with("campaigns.view_campaign", "campaigns.change_campaign"))

    assert "/end/" not in reader.get(row_url(campaign)).content.decode()
    assert "/end/" in steerer.get(row_url(campaign)).content.decode()
    for desk, status in ((reader, 403), (desk_of(evaluator), 403), (desk_of(stranger), 302)):
        assert desk.post(row_url(campaign, "end"), {"seen": ""}).status_code == status
    campaign.refresh_from_db()
    assert campaign.status == Status.SUSPENDED
    take_step(steerer, row_url(campaign, "end"))
    campaign.refresh_from_db()
    assert campaign.status == Status.CLOSING


def test_only_steps_that_fit_the_state_are_offered(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)

    page = desk.get(row_url(campaign)).content.decode()
    late = desk.get(row_url(campaign, "approve"), follow=True)

    offered = [step for step in ("approve", "send_back", "suspend", "resume", "end") if f"/{step}/" in page]
    assert offered == ["suspend"]
    assert "no longer possible" in text_of(late)


def test_a_refused_opening_is_shown(submitted: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    opens = timezone.now() + timedelta(minutes=2)
    take_step(desk, row_url(submitted, "approve"), opens_at=local(opens), days="14")
    open_campaign(campaign=submitted, now=opens + timedelta(minutes=1))

    listed = text_of(desk.get(list_url(submitted, queue="not_opened")))
    detail = text_of(desk.get(row_url(submitted)))

    assert "Could not open · 1" in listed and "connect Stripe" in listed
    assert "It could not open" in detail and "connect Stripe" in detail


def test_preview_leads_to_the_page(submitted: Campaign, officer: User) -> None:
    response = desk_of(officer).get(row_url(submitted, "preview"), follow=True)

    assert response.redirect_chain[-1][0] == submitted.get_absolute_url()
    assert response.status_code == 200


def test_rights_decide_who_steers(submitted: Campaign, evaluator: User, stranger: User) -> None:
    reader = desk_of(officer_with("campaigns.view_campaign"))
    sent = {"remarks": "No.", "reason": "No.", "seen": ""}

    assert reader.get(row_url(submitted)).status_code == 200
    for step in ("approve", "send_back", "suspend", "resume", "end"):
        assert f"/{step}/" not in reader.get(row_url(submitted)).content.decode()
        assert reader.get(row_url(submitted, step)).status_code == 403
        assert reader.post(row_url(submitted, step), sent).status_code == 403
        assert desk_of(evaluator).post(row_url(submitted, step), sent).status_code == 403
        assert desk_of(stranger).post(row_url(submitted, step), sent).status_code == 302
    submitted.refresh_from_db()
    assert submitted.status == Status.IN_REVIEW
    steerer = officer_with("campaigns.view_campaign", "campaigns.change_campaign")
    take_step(desk_of(steerer), row_url(submitted, "send_back"), remarks="Rivedete il titolo.")
    submitted.refresh_from_db()
    assert submitted.status == Status.DRAFT


def test_campaigns_are_neither_added_nor_changed_nor_deleted(submitted: Campaign, officer: User) -> None:
    desk = desk_of(officer)

    assert desk.get(list_url(submitted) + "add/").status_code == 403
    assert desk.post(row_url(submitted), {"title": "Un altro"}).status_code == 403
    assert desk.post(row_url(submitted, "delete"), {"post": "yes"}).status_code == 403
