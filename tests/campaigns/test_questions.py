"""What citizens ask: confirmed by mail, answered by the promoter, public together."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from campaigns import services
from campaigns.models import Campaign, Question
from campaigns.tasks import tell_followers
from tests.campaigns.voices import answer, ask
from tests.desk import text_of
from tests.factories import make_user

FORM = {"text": "Si entra con la carrozzina?", "name": "Ada", "email": "Ada@Example.org", "website": ""}


def address(name: str, campaign: Campaign, *more: int) -> str:
    """Return an address about a campaign's questions."""
    return reverse(f"campaigns:{name}", args=[campaign.slug, *more])


def test_a_visitor_asks_by_mail_and_the_promoter_answers(
    campaign: Campaign, client: Client, organizer: User
) -> None:
    assert address("ask_promoter", campaign) in client.get(campaign.get_absolute_url()).content.decode()
    for _twice in range(2):
        sent = client.post(address("ask_promoter", campaign), FORM)
        assert "Ada@Example.org" in text_of(sent)
    mail = Mail.objects.get(recipient="ada@example.org")
    link = re.search(r"http://testserver(/domande/\S+)", mail.body)
    assert link
    # Programs that look into mails open links: that alone sends nothing.
    client.get(link[1])
    assert not Mail.objects.filter(recipient=organizer.email, key__contains="question_asked").exists()
    client.post(link[1])
    client.post(link[1])
    asked = Mail.objects.get(recipient=organizer.email, key__contains="question_asked")
    assert FORM["text"] in asked.body and "ada@" not in asked.body.lower()
    assert FORM["text"] not in client.get(campaign.get_absolute_url()).content.decode()

    promoter = Client()
    promoter.force_login(organizer)
    question = campaign.questions.get()
    desk = promoter.get(reverse("campaigns:campaign_manage", args=[campaign.slug]))
    assert "1 domanda ti aspetta" in text_of(desk)
    assert "1 domanda ti aspetta" in text_of(promoter.get(reverse("campaigns:my_campaigns")))
    assert FORM["text"] in text_of(promoter.get(address("my_questions", campaign)))
    promoter.post(address("question_answer", campaign, question.pk), {"text": "Sì, c'è la rampa."})

    for page in (campaign.get_absolute_url(), address("campaign_questions", campaign)):
        words = text_of(client.get(page))
        assert FORM["text"] in words and "c'è la rampa" in words.replace("&#x27;", "'"), page
    question.refresh_from_db()
    assert (question.status, question.email) == ("answered", "")
    told = Mail.objects.get(key=f"campaign_question_answered:{question.pk}")
    assert (told.recipient, "rampa" in told.body) == ("ada@example.org", True)


def test_whose_address_is_confirmed_asks_at_once(campaign: Campaign, client: Client) -> None:
    asker = make_user("asker")
    EmailAddress.objects.create(user=asker, email=asker.email, verified=True, primary=True)
    client.force_login(asker)

    client.post(address("ask_promoter", campaign), {**FORM, "email": asker.email})
    client.post(
        address("ask_promoter", campaign), {**FORM, "text": "E i cani?", "email": "altra@example.org"}
    )

    states = dict(Question.objects.values_list("text", "status"))
    assert states == {FORM["text"]: "waiting", "E i cani?": "asked"}


def test_what_fills_in_the_hidden_field_asks_nothing(campaign: Campaign, client: Client) -> None:
    odd = client.post(address("ask_promoter", campaign), {**FORM, "website": "x"})
    empty = client.post(address("ask_promoter", campaign), {**FORM, "text": " "})

    assert (odd.status_code, empty.status_code) == (200, 422)
    assert not Question.objects.exists()
    assert not Mail.objects.filter(recipient="ada@example.org").exists()


@pytest.mark.parametrize("limit", ["MOST_A_DAY", "MOST_AN_HOUR"])
def test_questions_are_bounded(
    campaign: Campaign, client: Client, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(Question, limit, 2)
    for number in range(2):
        assert (
            client.post(address("ask_promoter", campaign), {**FORM, "text": f"{number}?"}).status_code == 200
        )

    assert client.post(address("ask_promoter", campaign), FORM).status_code == 429
    assert Question.objects.count() == 2


def test_a_question_nobody_confirms_is_forgotten(campaign: Campaign, client: Client) -> None:
    for days, text in ((7, "Vecchia?"), (6, "Nuova?")):
        then = timezone.now() - timedelta(days=days)
        services.ask_question(
            campaign=campaign, text=text, name="", email="a@example.org", language="it", now=then
        )

    tell_followers()

    assert [question.text for question in Question.objects.all()] == ["Nuova?"]
    assert client.get(reverse("campaigns:question_confirm", args=["niente"])).status_code == 410


def test_an_answer_is_put_right_in_the_open(campaign: Campaign, organizer: User, client: Client) -> None:
    question = answer(campaign, organizer)

    services.correct_answer(question=question, text="Dal cortile.", by=organizer, now=timezone.now())

    page = text_of(client.get(address("campaign_questions", campaign))).replace("&#x27;", "'")
    assert "Dal cortile." in page and "Sì, c'è la rampa." in page and "corretto il" in page
    with pytest.raises(services.NotWaiting):
        services.answer_question(question=question, text="Ancora.", by=organizer, now=timezone.now())


def test_what_is_hidden_is_not_answered_and_a_suspended_campaign_is_not_asked(
    campaign: Campaign, organizer: User, officer: User, client: Client
) -> None:
    question = ask(campaign)
    services.hide_words(row=question, reason="Insulto.", by=officer, now=timezone.now())
    with pytest.raises(services.NotWaiting):
        services.answer_question(question=question, text="No.", by=organizer, now=timezone.now())
    services.suspend_campaign(
        campaign=campaign, by=campaign.approved_by, reason="Si controlla.", now=timezone.now()
    )

    assert client.post(address("ask_promoter", campaign), FORM)["Location"] == campaign.get_absolute_url()
    with pytest.raises(services.QuestionsOver):
        services.answer_question(question=question, text="No.", by=organizer, now=timezone.now())


def test_a_stranger_answers_nothing(campaign: Campaign, client: Client) -> None:
    question = ask(campaign)
    client.force_login(make_user("stranger"))

    answer = client.post(address("question_answer", campaign, question.pk), {"text": "Io so."})

    assert answer.status_code == 404
    assert client.get(address("my_questions", campaign)).status_code == 404


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("campaign_question_has_words", {"text": ""}),
        ("campaign_question_answer_matches_status", {"answer": "Sì."}),
        ("campaign_question_answer_matches_status", {"status": "answered"}),
        ("campaign_question_answer_matches_status", {"status": "asked"}),
        ("campaign_question_hidden_for_a_reason", {"hidden_at": timezone.now()}),
    ],
)
def test_database_refuses_a_question_that_contradicts_itself(
    campaign: Campaign, name: str, changes: dict[str, object]
) -> None:
    question = ask(campaign)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**changes)


def test_who_asked_is_forgotten_where_nobody_will_answer(campaign: Campaign, officer: User) -> None:
    question = ask(campaign)
    now = timezone.now()
    assert not Question.objects.never_answered(now).exists()
    services.hide_words(row=question, reason="Fuori tema.", by=officer, now=now)
    assert not Question.objects.never_answered(now).exists()

    later = now + Question.FORGOTTEN_AFTER
    assert list(Question.objects.never_answered(later)) == [question]
    services.forget_address(question=question)

    question.refresh_from_db()
    assert (question.email, question.name) == ("", "")
    assert not Question.objects.never_answered(later).exists()
