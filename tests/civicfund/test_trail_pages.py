"""Reading the trail at the desk: a record's own history, and the whole of it, as far as one may read the records."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from civicfund.models import Change
from civicfund.trail.context import because
from matching.services import write_roles
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of

pytestmark = pytest.mark.django_db

TRAIL = "admin:civicfund_change_changelist"


def history(row: object) -> str:
    """Return the address of a record's history."""
    return row_url(row).replace("change/", "history/")  # type: ignore[no-any-return]


def test_a_history_says_who_what_when_why_and_by_which_page(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    take_step(desk, row_url(campaign, "suspend"), reason="Manca un permesso.")

    words = text_of(desk.get(history(campaign)))

    assert str(officer) in words and "Manca un permesso." in words and "Suspend the campaign" in words
    assert "running → became suspended" in words or "open → became suspended" in words
    assert "campaign/" in words and f"{timezone.localtime():%Y}" in words
    assert b"/history/" in desk.get(row_url(campaign)).content


def test_values_are_told_in_words(call: Call, officer: User) -> None:
    draft = factories.make_draft_call()
    Call.objects.filter(pk=draft.pk).update(cap_cents=1_234_500, grant_bp=4_000, has_reserve_list=False)

    words = text_of(desk_of(officer).get(history(draft)))

    assert "€12,345" in words and "40%" in words
    assert "1234500" not in words and "cap_cents" not in words


def test_a_history_is_narrowed_to_a_person_and_leafed_through(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    for number in range(30):
        Campaign.objects.filter(pk=campaign.pk).update(title=f"Titolo {number}")
    take_step(desk, row_url(campaign, "suspend"), reason="Manca un permesso.")

    first, second = (text_of(desk.get(history(campaign), {"p": page})) for page in (1, 2))
    mine = text_of(desk.get(history(campaign), {"who": officer.pk}))

    assert "Titolo 28" in first and "Manca un permesso." in first and "Page 1 of 2" in first
    assert "Titolo 2" in second and "Manca un permesso." not in second
    assert "Manca un permesso." in mine and "Titolo 28" not in mine


def test_a_history_is_for_who_may_see_the_record(campaign: Campaign, stranger: User) -> None:
    seeing, other = officer_with("campaigns.view_campaign"), officer_with("calls.view_call")

    assert desk_of(seeing).get(history(campaign)).status_code == 200
    assert desk_of(other).get(history(campaign)).status_code == 403
    assert desk_of(stranger).get(history(campaign)).status_code == 302


def test_the_whole_trail_is_found_by_person_kind_number_and_day(campaign: Campaign, officer: User) -> None:
    suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Manca un permesso.", now=timezone.now()
    )
    desk = desk_of(officer)
    take_step(desk, row_url(campaign, "resume"))
    day = timezone.localdate().isoformat()

    def found(**asked: str) -> str:
        return text_of(desk.get(reverse(TRAIL), asked))

    assert "Resume the campaign" in found(who=officer.email)
    assert "Resume the campaign" not in found(who="nobody@example.org")
    assert "Manca un permesso." in found(kind="campaigns.campaign", number=str(campaign.pk), day=day)
    assert "Manca un permesso." not in found(kind="calls.call")
    assert "Manca un permesso." not in found(day="2020-01-01")
    assert "Nothing has been changed" in found(day="the day before")


def test_the_whole_trail_is_in_the_menu_of_who_may_read_it(campaign: Campaign, officer: User) -> None:
    write_roles()
    reader = officer_with("civicfund.view_change")

    assert reverse(TRAIL) in desk_of(reader).get(reverse("admin:index")).content.decode()
    assert desk_of(officer_with("calls.view_call")).get(reverse(TRAIL)).status_code == 403


def test_nobody_reads_in_the_trail_what_the_own_lists_do_not_show(
    campaign: Campaign, officer: User, donor: User
) -> None:
    reader = officer_with("civicfund.view_change", "accounts.view_user")
    User.objects.filter(pk=donor.pk).update(language="en")
    with because(step="", reason="Un motivo riservato"):
        Campaign.objects.filter(pk=campaign.pk).update(title="Un titolo")

    page = desk_of(reader).get(reverse(TRAIL))

    assert "Un motivo riservato" not in text_of(page)
    assert row_url(campaign).encode() not in page.content
    assert row_url(donor).encode() in page.content
    assert "Un motivo riservato" in text_of(desk_of(officer).get(reverse(TRAIL)))


def test_a_record_a_reader_may_not_open_is_not_told(call: Call, organizer: User, officer: User) -> None:
    body = factories.make_organization(user=organizer)
    draft = factories.make_draft_application(call=call, organization=body)
    reader = officer_with("civicfund.view_change", "calls.view_application")

    page = desk_of(reader).get(reverse(TRAIL), {"kind": "calls.application", "number": str(draft.pk)})

    assert "You may not read this record." in text_of(page)
    assert f"/calls/application/{draft.pk}/" not in page.content.decode()


def test_a_record_that_is_gone_is_told_by_its_number(officer: User) -> None:
    draft = factories.make_draft_call()
    number = str(draft.pk)
    draft.delete()

    page = desk_of(officer).get(reverse(TRAIL), {"kind": "calls.call", "number": number})

    assert f"n. {number}" in text_of(page) and "removed" in text_of(page)


def test_the_trail_asks_no_more_for_more_lines(
    campaign: Campaign, officer: User, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        Campaign.objects.filter(pk=campaign.pk).update(title=f"Titolo {number}")
    desk = desk_of(officer)
    desk.get(list_url(Change()))

    for page in (list_url(Change()), history(campaign)):
        with django_assert_max_num_queries(20):  # type: ignore[operator]
            assert desk.get(page).status_code == 200
