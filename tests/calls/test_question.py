"""Questions about a call: asked in public until a date, answered to everybody, never changed in silence."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Mail, User
from calls.models import AnswerCorrection, Call, CallAnswer, CallQuestion
from calls.services import (
    AddressNotConfirmed,
    CallNotPublishable,
    QuestionMovedOn,
    QuestionsClosed,
    QuestionsOfTwoCalls,
    ReasonMissing,
    TextMissing,
    TooManyQuestions,
    answer_questions,
    ask_question,
    correct_answer,
    decline_question,
)
from calls.views import question as pages
from civicfund.limits import read_limits
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.pages import browser_of, words_of

NOW = datetime(2026, 10, 10, 10, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = NOW + 5 * DAY
SECOND = timedelta(seconds=1)


def confirmed(user: User) -> User:
    """Confirm a person's address."""
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def call(officer: User) -> Call:
    return factories.make_call(officer=officer, now=NOW - DAY, questions_until=UNTIL)


@pytest.fixture
def asker(stranger: User) -> User:
    return confirmed(stranger)


@pytest.fixture
def other(donor: User) -> User:
    donor.language = "en"
    donor.save(update_fields=["language"])
    return confirmed(donor)


def asked(
    call: Call, author: User, text: str = "Può candidarsi chi ha sede a Rho?", **words: Any
) -> CallQuestion:
    """Ask about a call."""
    return ask_question(call=call, author=author, text=text, **{"now": NOW, **words})


def answered(questions: list[CallQuestion], by: User, **words: Any) -> CallAnswer:
    """Answer questions."""
    fields = {"question": "La sede può essere a Rho?", "text": "Sì, se il progetto è a Milano.", "now": NOW}
    return answer_questions(questions=questions, by=by, **{**fields, **words})


def test_ask_question_until_the_date_which_is_exclusive(call: Call, asker: User) -> None:
    last = asked(call, asker, now=UNTIL - SECOND)

    with pytest.raises(QuestionsClosed):
        asked(call, asker, "Anche oggi?", now=UNTIL)
    assert list(call.questions.waiting()) == [last]


def test_ask_question_about_a_call_that_takes_none(officer: User, asker: User) -> None:
    draft = factories.make_draft_call(now=NOW, questions_until=UNTIL)
    silent = factories.make_call(officer=officer, now=NOW)

    for call in (draft, silent):
        with pytest.raises(QuestionsClosed):
            asked(call, asker)


def test_ask_question_with_an_address_that_is_not_confirmed(call: Call, stranger: User) -> None:
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=False, primary=True)

    with pytest.raises(AddressNotConfirmed):
        asked(call, stranger)
    assert not CallQuestion.objects.exists()


def test_ask_question_twice_in_the_same_words_is_one_question(call: Call, asker: User) -> None:
    assert asked(call, asker, " Quando?\r\nDove? ") == asked(call, asker, "Quando?\nDove?")
    assert CallQuestion.objects.get().text == "Quando?\nDove?"
    with pytest.raises(TextMissing):
        asked(call, asker, " \n ")


def test_ask_question_too_often(call: Call, asker: User, other: User, settings: Any) -> None:
    settings.CALL_QUESTION_LIMITS = read_limits("2/3600,3/86400")
    asked(call, asker, "Uno?")
    asked(call, asker, "Due?")

    with pytest.raises(TooManyQuestions) as refused:
        asked(call, asker, "Tre?")
    assert refused.value.until == NOW + timedelta(hours=1)
    asked(call, other, "Tre?")
    asked(call, asker, "Tre?", now=NOW + timedelta(hours=1))
    with pytest.raises(TooManyQuestions):
        asked(call, asker, "Quattro?", now=NOW + timedelta(hours=2))


def test_publish_call_whose_questions_end_with_its_last_window(officer: User) -> None:
    closes = NOW + 9 * DAY
    windows = [{"opens_at": NOW, "closes_at": closes}]

    with translation.override("en"), pytest.raises(CallNotPublishable, match="earlier date") as refused:
        factories.make_call(officer=officer, now=NOW, sessions=windows, questions_until=closes)
    assert [fault.field for fault in refused.value.faults] == ["questions_until"]
    factories.make_call(officer=officer, now=NOW, sessions=windows, questions_until=closes - SECOND)


def test_the_date_is_frozen_with_the_call(call: Call) -> None:
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(questions_until=UNTIL + DAY)


def test_answer_questions_publishes_once_and_writes_to_everybody_who_asked(
    call: Call, asker: User, other: User, officer: User
) -> None:
    first, same = asked(call, asker), asked(call, other, "Da Rho si può?")

    answer = answered([same, first], officer)

    assert {one.status for one in answer.questions.all()} == {CallQuestion.Status.ANSWERED}
    assert answer.number == 1
    mails = {mail.recipient: mail for mail in Mail.objects.all()}
    assert set(mails) == {asker.email, other.email}
    assert mails[asker.email].topic == call.mail_topic
    assert "Può candidarsi chi ha sede a Rho?" in mails[asker.email].body
    assert "Da Rho si può?" not in mails[asker.email].body
    assert "An answer to your question" in mails[other.email].subject
    assert "Sì, se il progetto è a Milano." in mails[other.email].body
    assert f"/bandi/{call.slug}/domande/1/" in mails[other.email].body
    with pytest.raises(QuestionMovedOn):
        answered([first], officer)
    assert answered([asked(call, asker, "E poi?")], officer).number == 2


def test_answer_questions_of_two_calls_is_refused(call: Call, asker: User, officer: User) -> None:
    elsewhere = factories.make_call(officer=officer, now=NOW, questions_until=UNTIL)
    questions = [asked(call, asker), asked(elsewhere, asker)]

    with pytest.raises(QuestionsOfTwoCalls):
        answered(questions, officer)
    assert not CallAnswer.objects.exists()


@pytest.mark.parametrize("missing", ["question", "text"])
def test_answer_questions_without_words(call: Call, asker: User, officer: User, missing: str) -> None:
    with pytest.raises(TextMissing, match=missing):
        answered([asked(call, asker)], officer, **{missing: " "})


def test_decline_question_tells_its_author_alone(call: Call, asker: User, officer: User) -> None:
    question = asked(call, asker)
    with pytest.raises(ReasonMissing):
        decline_question(question=question, reason=" ", by=officer, now=NOW)

    decline_question(question=question, reason="Non riguarda il bando.", by=officer, now=NOW)

    mail = Mail.objects.get()
    assert mail.recipient == asker.email
    assert "Non riguarda il bando." in mail.body
    with pytest.raises(QuestionMovedOn):
        decline_question(question=question, reason="Di nuovo.", by=officer, now=NOW)
    address = reverse("calls:call_questions", args=[call.slug])
    assert "Non riguarda il bando." in words_of(browser_of(asker).get(address))
    for reader in (None, officer):
        assert "Non riguarda" not in words_of(browser_of(reader).get(address))
        assert question.text not in words_of(browser_of(reader).get(address))


def test_correct_answer_leaves_what_was_read(call: Call, asker: User, officer: User) -> None:
    answer = answered([asked(call, asker)], officer)

    correct_answer(answer=answer, text="No: la sede è a Milano.", by=officer, now=NOW + DAY)

    page = words_of(Client().get(reverse("calls:call_questions", args=[call.slug])))
    assert page.index("Sì, se il progetto è a Milano.") < page.index("No: la sede è a Milano.")
    assert "11 ottobre 2026" in page
    assert "No: la sede è a Milano." in Mail.objects.get(key__startswith="answer_corrected").body


@pytest.mark.parametrize("model", [CallAnswer, AnswerCorrection])
@pytest.mark.parametrize("what", ["update", "delete"])
def test_published_words_are_kept(call: Call, asker: User, officer: User, model: Any, what: str) -> None:
    answer = answered([asked(call, asker)], officer)
    correct_answer(answer=answer, text="Anzi, no.", by=officer, now=NOW)

    rows = model.objects.all()
    change = partial(rows.update, text="Altro.") if what == "update" else partial(rows._raw_delete, "default")

    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        change()


@pytest.mark.parametrize("changes", [{"text": "Altro?"}, {"asked_at": NOW - DAY}, {"status": "waiting"}])
def test_questions_are_kept(call: Call, asker: User, officer: User, changes: dict[str, Any]) -> None:
    question = asked(call, asker)
    if "status" in changes:
        decline_question(question=question, reason="Fuori tema.", by=officer, now=NOW)

    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        CallQuestion.objects.update(**changes)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("question_outcome_matches_status", {"status": "answered"}),
        ("question_outcome_matches_status", {"status": "declined", "declined_at": NOW}),
        ("question_outcome_matches_status", {"declined_at": NOW}),
        ("question_outcome_matches_status", {"decline_reason": "Fuori tema."}),
    ],
)
def test_question_constraints(call: Call, asker: User, constraint: str, changes: dict[str, Any]) -> None:
    question = asked(call, asker)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CallQuestion.objects.filter(pk=question.pk).update(**changes)


def test_constraints_of_new_rows(call: Call, asker: User, officer: User) -> None:
    answer = answered([asked(call, asker)], officer)
    signed = {"published_at": NOW, "published_by": officer}
    wrong: list[tuple[str, Any, dict[str, Any]]] = [
        (
            "answer_number_once",
            CallAnswer,
            {"call": call, "number": 1, "question": "?", "text": "!", **signed},
        ),
        (
            "answer_says_something",
            CallAnswer,
            {"call": call, "number": 2, "question": "", "text": "!", **signed},
        ),
        (
            "answer_says_something",
            CallAnswer,
            {"call": call, "number": 2, "question": "?", "text": "", **signed},
        ),
        ("correction_says_something", AnswerCorrection, {"answer": answer, "text": "", **signed}),
        (
            "question_says_something",
            CallQuestion,
            {"call": call, "author": asker, "text": "", "asked_at": NOW},
        ),
    ]

    for constraint, model, fields in wrong:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            model.objects.create(**fields)


@pytest.fixture
def open_call(officer: User) -> Call:
    """Return a call that takes questions today."""
    return factories.make_call(officer=officer, questions_until=timezone.now() + DAY)


def test_page_takes_a_question_and_keeps_what_was_typed(
    open_call: Call, stranger: User, settings: Any
) -> None:
    browser, address = browser_of(stranger), reverse("calls:ask_question", args=[open_call.slug])

    refused = browser.post(address, {"text": "Vale la sede operativa?"})
    assert "Conferma prima il tuo indirizzo" in words_of(refused)
    assert "Vale la sede operativa?" in words_of(refused)
    confirmed(stranger)
    taken = browser.post(address, {"text": "Vale la sede operativa?"}, follow=True)

    assert "Vale la sede operativa?" in words_of(taken)
    assert "Vale la sede" not in words_of(
        Client().get(reverse("calls:call_questions", args=[open_call.slug]))
    )
    settings.CALL_QUESTION_LIMITS = read_limits("1/86400")
    assert "poco tempo" in words_of(browser.post(address, {"text": "E un'altra?"}))


def test_page_of_questions_that_are_over(call: Call, officer: User, asker: User) -> None:
    over = factories.make_call(officer=officer, questions_until=timezone.now() - SECOND)
    browser, address = browser_of(asker), reverse("calls:ask_question", args=[over.slug])

    assert browser.get(address).url == reverse("calls:call_questions", args=[over.slug])
    late = browser.post(address, {"text": "Troppo tardi?"})
    assert over.contact_email in words_of(late)
    assert "Troppo tardi?" in words_of(late)


def test_answers_are_linked_paged_fed_and_in_the_rules(
    open_call: Call, asker: User, officer: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    now = timezone.now()
    for number in range(1, 4):
        question = asked(open_call, asker, f"Domanda {number}?", now=now)
        answered([question], officer, question=f"Domanda {number}?", text=f"Risposta {number}.", now=now)
    listed = reverse("calls:call_questions", args=[open_call.slug])

    assert f'href="{listed}"' in client.get(open_call.get_absolute_url()).content.decode()
    first, second = (words_of(client.get(listed, {"page": page})) for page in (1, 2))
    assert first.index("Risposta 3.") < first.index("Risposta 2.")
    assert "Risposta 1." in second and "Risposta 1." not in first
    permanent = client.get(reverse("calls:call_answer", args=[open_call.slug, 1]))
    assert permanent.url == f"{listed}?page=2#risposta-1"
    assert 'id="risposta-1"' in client.get(permanent.url).content.decode()
    assert client.get(reverse("calls:call_answer", args=[open_call.slug, 9])).status_code == 404
    feed = client.get(reverse("calls:call_answers_feed", args=[open_call.slug]))
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert "Risposta 1." in feed.content.decode() and asker.email not in feed.content.decode()
    rules = json.loads(client.get(reverse("calls:call_data", args=[open_call.slug])).content)
    assert [answer["number"] for answer in rules["answers"]] == [3, 2, 1]
    assert asker.full_name not in first


def test_desk_answers_some_at_once(open_call: Call, asker: User, other: User, officer: User) -> None:
    now = timezone.now()
    question, same = asked(open_call, asker, now=now), asked(open_call, other, "Da Rho si può?", now=now)
    client = desk_of(officer)
    assert "Questions without an answer" in text_of(client.get(reverse("admin:index")))
    assert "Può candidarsi" in text_of(client.get(list_url(question)))

    page = take_step(
        client,
        row_url(question, "answer_it"),
        question="La sede può essere a Rho?",
        text="Sì.",
        others=[same.pk],
    )

    assert "the 2 people who asked" in text_of(page)
    assert CallAnswer.objects.get().questions.count() == 2
    assert "Every question has its answer." in text_of(client.get(list_url(question)))
    answer = CallAnswer.objects.get()
    assert "is public" in text_of(take_step(client, row_url(answer, "correct"), text="Anzi, no."))
    assert "Anzi, no." in text_of(client.get(row_url(answer)))


def test_desk_declines_with_a_reason(open_call: Call, asker: User, officer: User) -> None:
    question = asked(open_call, asker, now=timezone.now())

    page = take_step(desk_of(officer), row_url(question, "decline"), reason="Fuori tema.")

    assert "its author has been written to" in text_of(page)
    question.refresh_from_db()
    assert question.decline_reason == "Fuori tema."


def test_desk_of_questions_needs_its_rights(open_call: Call, asker: User) -> None:
    question = asked(open_call, asker, now=timezone.now())
    reader = officer_with("calls.view_callquestion")

    assert desk_of(reader).get(row_url(question)).status_code == 200
    assert desk_of(reader).get(row_url(question, "answer_it")).status_code == 403
