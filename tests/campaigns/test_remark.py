"""Remarks about single places of a page: written, answered, looked at again, taken back."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns import services
from campaigns.models import Campaign, Remark
from tests.campaigns.stages import campaign_in
from tests.desk import desk_of, row_url, take_step, text_of

Status = Campaign.Status
NOW = timezone.now()
PAGE = {"summary": "Pane e un cortile aperto.", "story": "Apriamo un forno.", "image_alt": "Un forno"}


@pytest.fixture
def returned(call: Call, officer: User, organizer: User) -> Campaign:
    """Return a page given back with a remark about its title and one about its account."""
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    on = {"title": "Dite dove.", "account": "Manca il conto.", "story": "  "}
    return services.return_campaign(campaign=campaign, by=officer, on=on, now=NOW)


def states(campaign: Campaign) -> dict[str, str]:
    """Return the state of the remarks about each place."""
    return dict(Remark.objects.of(campaign).values_list("place", "status"))


def test_return_campaign_keeps_a_remark_for_each_place_and_tells_the_promoter(returned: Campaign) -> None:
    body = Mail.objects.get(key__startswith="campaign_returned:").body

    assert states(returned) == {"title": "open", "account": "open"}
    assert "- Titolo: Dite dove.\n- Conto che riceve le donazioni: Manca il conto.\n" in body
    assert returned.returns.get().page["title"] == returned.title


def test_a_changed_place_is_ticked_off_and_the_rest_answered_in_words(returned: Campaign) -> None:
    services.edit_campaign(campaign=returned, now=NOW, title="Un forno in via Padova")
    assert states(returned) == {"title": "answered", "account": "open"}
    with pytest.raises(services.RemarksOpen):
        services.submit_campaign(campaign=returned, now=NOW)

    remark = Remark.objects.get(place="account")
    with pytest.raises(services.RemarksMissing):
        services.answer_remark(remark=remark, answer=" ", now=NOW)
    services.answer_remark(remark=remark, answer="Collegato oggi.", now=NOW)

    with pytest.raises(services.RemarkGone):
        services.answer_remark(remark=remark, answer="Ancora.", now=NOW)
    assert services.submit_campaign(campaign=returned, now=NOW).status == Status.IN_REVIEW


def test_approving_settles_what_was_answered(returned: Campaign, officer: User) -> None:
    services.edit_campaign(campaign=returned, now=NOW, title="Un forno in via Padova")
    taken = Remark.objects.get(place="account")
    services.withdraw_remarks(campaign=returned, remarks=[taken.pk], by=officer, now=NOW)
    services.submit_campaign(campaign=returned, now=NOW)

    services.approve_campaign(campaign=returned, by=officer, opens_at=NOW, days=40, now=NOW)

    assert states(returned) == {"title": "settled", "account": "withdrawn"}
    with pytest.raises(services.WrongState):
        services.answer_remark(remark=taken, answer="Tardi.", now=NOW)


def test_withdraw_remarks_takes_back_all_that_are_named_or_none(returned: Campaign, officer: User) -> None:
    services.edit_campaign(campaign=returned, now=NOW, title="Un forno in via Padova")
    numbers = list(Remark.objects.of(returned).values_list("pk", flat=True))
    services.withdraw_remarks(campaign=returned, remarks=numbers[:1], by=officer, now=NOW)

    with pytest.raises(services.RemarkGone):
        services.withdraw_remarks(campaign=returned, remarks=numbers, by=officer, now=NOW)

    assert sorted(states(returned).values()) == ["open", "withdrawn"]


def test_promoter_reads_each_remark_beside_its_field_and_answers(
    returned: Campaign, organizer: User, stranger: User
) -> None:
    page = reverse("campaigns:campaign_manage", args=[returned.slug])
    remark = Remark.objects.get(place="account")
    answer = reverse("campaigns:remark_answer", args=[returned.slug, remark.pk])
    browser, other = Client(), Client()
    browser.force_login(organizer)
    other.force_login(stranger)

    shown = browser.get(page).content.decode()
    assert 'id="remark-at-id_title"' in shown and shown.count("Dite dove.") == 2
    assert shown.count("Manca il conto.") == 1
    assert other.post(answer, {"answer": "Io no."}).status_code == 404
    browser.post(page, {**PAGE, "title": "Un forno in via Padova"})
    browser.post(answer, {"answer": "Collegato oggi."})

    assert set(states(returned).values()) == {"answered"}
    assert "Collegato oggi." in browser.get(page).content.decode()


def test_officer_returns_place_by_place_and_reads_what_changed(
    call: Call, officer: User, organizer: User
) -> None:
    campaign = campaign_in(Status.IN_REVIEW, call=call, officer=officer, promoter=organizer)
    desk = desk_of(officer)

    take_step(desk, row_url(campaign, "send_back"), on_story="Chi ha le chiavi?")
    campaign.refresh_from_db()
    story = f"{campaign.story}\n\nLe chiavi stanno in portineria."
    services.edit_campaign(campaign=campaign, now=NOW, story=story)
    services.submit_campaign(campaign=campaign, now=NOW)

    page = desk.get(row_url(campaign)).content.decode()
    assert "<ins>Le chiavi stanno in portineria.</ins>" in page
    assert "<ins>Apriamo un forno.</ins>" not in page
    words = text_of(take_step(desk, row_url(campaign, "take_back"), remarks=[Remark.objects.get().pk]))
    assert "Taken back" in words and states(campaign) == {"story": "withdrawn"}
