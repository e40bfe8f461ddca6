"""What is said on a page is looked at afterwards, hidden for a reason everybody reads, and shown again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import OwnBody
from campaigns import services
from campaigns.models import Campaign, Problem
from tests.campaigns.voices import answer, ask, tell
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of

INSULT = "Il vicino è un ladro"
REASON = "Offende una persona riconoscibile."


def test_an_officer_hides_and_everybody_reads_why(
    campaign: Campaign, organizer: User, officer: User, client: Client
) -> None:
    update = tell(campaign, organizer, title=INSULT)
    desk = desk_of(officer)
    assert INSULT in text_of(desk.get(list_url(update, queue="new")))
    assert INSULT in text_of(desk.get(row_url(update)))

    take_step(desk, row_url(update, "hide"), reason=REASON)

    alone = reverse("campaigns:campaign_update", args=[campaign.slug, update.number])
    for page in (
        campaign.get_absolute_url(),
        reverse("campaigns:campaign_updates", args=[campaign.slug]),
        alone,
    ):
        words = text_of(client.get(page))
        assert INSULT not in words, page
        assert REASON in words and "Nascosto dal Comune di Milano" in words, page
    assert client.get(alone).status_code == 410
    feed = client.get(reverse("campaigns:updates_feed", args=[campaign.slug])).content.decode()
    assert INSULT not in feed
    assert REASON in Mail.objects.get(recipient=organizer.email, key__startswith="words_hidden:").body
    assert INSULT not in text_of(desk.get(list_url(update, queue="new")))
    assert INSULT in text_of(desk.get(list_url(update, queue="hidden")))

    take_step(desk, row_url(update, "show_again"), reason="Il nome è stato tolto.")
    page = text_of(client.get(campaign.get_absolute_url()))
    assert INSULT in page and REASON not in page
    assert Mail.objects.filter(recipient=organizer.email, key__startswith="words_shown:").exists()
    with pytest.raises(services.NotHidden):
        services.show_words(row=update, reason="Ancora.", by=officer, now=timezone.now())


def test_what_stands_comes_back_to_the_list_when_it_changes(
    campaign: Campaign, organizer: User, officer: User
) -> None:
    update, question = tell(campaign, organizer), answer(campaign, organizer)
    desk = desk_of(officer)
    for row in (update, question):
        take_step(desk, row_url(row, "let_stand"))
        row.refresh_from_db()
        assert row.looked_by == officer

    services.edit_update(update=update, by=organizer, now=timezone.now(), text="Altro.")
    services.correct_answer(question=question, text="Altro.", by=organizer, now=timezone.now())

    for row in (update, question):
        row.refresh_from_db()
        assert row.looked_at is None


def test_hidden_twice_is_hidden_once(campaign: Campaign, organizer: User, officer: User) -> None:
    question = answer(campaign, organizer)
    now = timezone.now()
    services.hide_words(row=question, reason=REASON, by=officer, now=now)

    with pytest.raises(services.HiddenAlready):
        services.hide_words(row=question, reason="Altro.", by=officer, now=now)
    with pytest.raises(services.RemarksMissing):
        services.show_words(row=question, reason=" ", by=officer, now=now)

    question.refresh_from_db()
    assert question.hidden_reason == REASON


@pytest.mark.parametrize("service", [services.hide_words, services.show_words, services.look_at_words])
def test_nobody_decides_about_words_of_the_own_body(campaign: Campaign, organizer: User, service) -> None:
    update = tell(campaign, organizer)
    reason = {} if service is services.look_at_words else {"reason": REASON}

    with pytest.raises(OwnBody):
        service(row=update, by=organizer, now=timezone.now(), **reason)


def test_hiding_asks_for_a_right(campaign: Campaign, organizer: User) -> None:
    update = tell(campaign, organizer)
    reader = desk_of(officer_with("campaigns.view_campaignupdate"))

    assert reader.get(row_url(update)).status_code == 200
    assert reader.get(row_url(update, "hide")).status_code == 403


def test_a_report_names_the_one_thing_it_is_about(
    campaign: Campaign, organizer: User, officer: User, client: Client
) -> None:
    update, question = tell(campaign, organizer, title=INSULT), answer(campaign, organizer)
    form = reverse("campaigns:report_problem", args=[campaign.slug])
    wrong = {"kind": "offence", "text": "È un insulto."}
    shown = client.get(reverse("campaigns:campaign_questions", args=[campaign.slug])).content.decode()
    assert f"{form}?domanda={question.pk}" in shown
    assert INSULT in text_of(client.get(f"{form}?aggiornamento={update.number}"))

    client.post(f"{form}?aggiornamento={update.number}", wrong)
    client.post(f"{form}?domanda={question.pk}", wrong)
    client.post(f"{form}?domanda=999999999999&aggiornamento=x", wrong)

    assert INSULT in Mail.objects.get(recipient=officer.email, key__startswith="problem_reported:").body
    about = [problem.about for problem in Problem.objects.order_by("pk")]
    assert about == [update, question, None]
    desk = desk_of(officer)
    assert INSULT in text_of(desk.get(row_url(Problem.objects.earliest("pk"))))
    assert "È un insulto." in text_of(desk.get(row_url(update)))


def test_a_report_shows_no_question_before_its_answer(
    campaign: Campaign, client: Client, organizer: User
) -> None:
    question = services.ask_question(
        campaign=campaign, text=INSULT, name="", email="a@example.org", language="it", now=timezone.now()
    )
    form = reverse("campaigns:report_problem", args=[campaign.slug])

    assert INSULT not in text_of(client.get(f"{form}?domanda={question.pk}"))
    assert INSULT not in text_of(client.get(f"{form}?domanda={ask(campaign, text=INSULT).pk}"))
    answered = answer(campaign, organizer)
    assert answered.text in text_of(client.get(f"{form}?domanda={answered.pk}"))
