"""People ask about a call, officers answer to everybody or decline with a reason."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.services import queue_mail
from calls.models import AnswerCorrection, Call, CallAnswer, CallQuestion
from calls.services.incident import ReasonMissing

Status = CallQuestion.Status


class QuestionsClosed(Exception):
    """Say that nobody can ask about this call now."""


class AddressNotConfirmed(Exception):
    """Say that the person has to confirm the e-mail address first: the answer goes there."""


class TooManyQuestions(Exception):
    """Say that the person has asked too often; carries the aware instant from which one more is taken."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class TextMissing(Exception):
    """Say that a question or an answer is empty; carries which."""


class QuestionMovedOn(Exception):
    """Say that a question has been answered or declined already."""


class QuestionsOfTwoCalls(Exception):
    """Say that one answer cannot serve two calls."""


@transaction.atomic
def ask_question(*, call: Call, author: User, text: str, now: datetime) -> CallQuestion:
    """Put a question about a published call, until the call's `questions_until`, which is exclusive.

    The same words sent twice are one question. Raise QuestionsClosed, AddressNotConfirmed, TextMissing and
    TooManyQuestions above CALL_QUESTION_LIMITS.
    """
    # Whoever sends two forms at once waits here, so that both are counted.
    author = User.objects.select_for_update().get(pk=author.pk)
    call = Call.objects.get(pk=call.pk)
    if not call.takes_questions_at(now):
        raise QuestionsClosed(call.slug)
    if not EmailAddress.objects.filter(user=author, email__iexact=author.email, verified=True).exists():
        raise AddressNotConfirmed(author.pk)
    text = _written(text, "text")
    same = call.questions.of(author).waiting().filter(text=text).first()
    if same:
        return same
    _refuse_too_many(author, now)
    return CallQuestion.objects.create(call=call, author=author, text=text, asked_at=now)


@transaction.atomic
def answer_questions(
    *, questions: Iterable[CallQuestion], question: str, text: str, by: User, now: datetime
) -> CallAnswer:
    """Publish one answer to one question or to several that ask the same, and write to everybody who asked.

    `question` is how the question is published, without whoever asked. Raise TextMissing, QuestionMovedOn,
    QuestionsOfTwoCalls.
    """
    words = {"question": _written(question, "question"), "text": _written(text, "text")}
    asked = _lock_waiting(questions)
    call = asked[0].call
    # Two answers at once would take the same number.
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    last = call.answers.aggregate(last=Max("number"))["last"] or 0
    answer = CallAnswer.objects.create(call=call, number=last + 1, published_at=now, published_by=by, **words)
    for one in asked:
        one.status, one.answer = Status.ANSWERED, answer
        one.save(update_fields=["status", "answer"])
        _tell_author(one, "question_answered", f"question_answered:{one.pk}", now, answer=answer)
    return answer


@transaction.atomic
def decline_question(*, question: CallQuestion, reason: str, by: User, now: datetime) -> CallQuestion:
    """Leave a question unpublished, with a reason that only its author reads. Raise ReasonMissing, QuestionMovedOn."""
    if not reason.strip():
        raise ReasonMissing
    [question] = _lock_waiting([question])
    question.status = Status.DECLINED
    question.declined_at, question.declined_by, question.decline_reason = now, by, reason.strip()
    question.save(update_fields=["status", "declined_at", "declined_by", "decline_reason"])
    _tell_author(question, "question_declined", f"question_declined:{question.pk}", now)
    return question


@transaction.atomic
def correct_answer(*, answer: CallAnswer, text: str, by: User, now: datetime) -> AnswerCorrection:
    """Put a published answer right in a text beneath it; write to everybody who asked. Raise TextMissing."""
    correction = AnswerCorrection.objects.create(
        answer=answer, text=_written(text, "text"), published_at=now, published_by=by
    )
    for one in answer.questions.select_related("author", "call").order_by("pk"):
        key = f"answer_corrected:{correction.pk}:{one.pk}"
        _tell_author(one, "answer_corrected", key, now, answer=answer, correction=correction)
    return correction


def _written(text: str, what: str) -> str:
    """Return a text with one kind of line ends. Raise TextMissing."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise TextMissing(what)
    return words


def _lock_waiting(questions: Iterable[CallQuestion]) -> list[CallQuestion]:
    """Lock questions of one call in one order and return them. Raise QuestionMovedOn, QuestionsOfTwoCalls."""
    wanted = {question.pk for question in questions}
    locked = list(
        CallQuestion.objects.filter(pk__in=wanted)
        .select_related("call", "author")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not locked or len(locked) < len(wanted) or any(one.status != Status.WAITING for one in locked):
        raise QuestionMovedOn
    if len({one.call_id for one in locked}) > 1:
        raise QuestionsOfTwoCalls
    return locked


def _refuse_too_many(author: User, now: datetime) -> None:
    """Raise TooManyQuestions when one of the windows is full; questions are rows, so they are counted as they stand."""
    for limit in settings.CALL_QUESTION_LIMITS:
        _window, ends_at = limit.window(now)
        asked = CallQuestion.objects.of(author).asked_since(ends_at - timedelta(seconds=limit.seconds))
        if asked.count() >= limit.number:
            raise TooManyQuestions(ends_at)


def _tell_author(question: CallQuestion, template: str, key: str, now: datetime, **told: object) -> None:
    """Write to whoever asked, in the person's language."""
    queue_mail(
        key=key,
        topic=question.call.mail_topic,
        recipient=question.author.email,
        template=template,
        context={"question": question, "call": question.call, **told},
        language=question.author.language,
        now=now,
    )
