"""Citizens ask a promoter about a campaign; question and answer are public together."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail, queue_mail_to_members
from campaigns import rules
from campaigns.models import Campaign, EarlierText, Question

Status = Question.Status


class QuestionsOver(Exception):
    """Say that a campaign takes no questions, and no answers, in its present state."""


class TooManyQuestions(Exception):
    """Say that an address has asked too often today, or that too much is asked about a campaign in this hour."""


class NotWaiting(Exception):
    """Say that a question does not wait for an answer: it has one, or it is hidden."""


@transaction.atomic
def ask_question(
    *,
    campaign: Campaign,
    text: str,
    name: str,
    email: str,
    language: str,
    now: datetime,
    author: User | None = None,
) -> Question:
    """Put a question: at once for a person whose own confirmed address it is, else after the mailed link was pressed.

    The same words sent twice are one question. Raise QuestionsOver, TooManyQuestions.
    """
    # Whoever sends two forms at once waits here, so that both are counted.
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    _refuse_when_over(campaign)
    text, email = text.replace("\r\n", "\n").strip(), email.strip().lower()
    same = campaign.questions.filter(email=email, text=text, asked_at__gt=now - timedelta(days=1)).first()
    if same:
        return same
    _refuse_too_many(campaign, email, now)
    question = Question.objects.create(
        campaign=campaign, text=text, name=name.strip(), email=email, language=language, asked_at=now
    )
    if author and EmailAddress.objects.filter(user=author, email=email, verified=True).exists():
        return confirm_question(question=question, now=now)
    _tell_author(question, "campaign_question_confirm", now)
    return question


@transaction.atomic
def confirm_question(*, question: Question, now: datetime) -> Question:
    """Give a question to the promoter, because its author is reached by mail; a repetition changes nothing."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.status != Status.ASKED:
        return question
    question.status, question.confirmed_at = Status.WAITING, now
    question.save(update_fields=["status", "confirmed_at"])
    queue_mail_to_members(
        organization=question.campaign.organization,
        # One mail an hour for each campaign: the promoter's page has the rest.
        key=f"campaign_question_asked:{question.campaign_id}:{now:%Y%m%d%H}",
        topic=question.campaign.call.mail_topic,
        template="campaign_question_asked",
        context={"inquiry": question, "campaign": question.campaign},
        now=now,
    )
    return question


@transaction.atomic
def answer_question(*, question: Question, text: str, by: User, now: datetime) -> Question:
    """Answer in public, write to whoever asked, and forget the address. Raise NotWaiting, QuestionsOver."""
    campaign = Campaign.objects.get(pk=question.campaign_id)
    _refuse_when_over(campaign)
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.status != Status.WAITING or question.is_hidden:
        raise NotWaiting(question.pk)
    question.answer, question.answered_at, question.answered_by = text.strip(), now, by
    if question.email:
        _tell_author(question, "campaign_question_answered", now)
    question.status, question.email = Status.ANSWERED, ""
    question.looked_at = question.looked_by = None
    question.save(
        update_fields=["answer", "answered_at", "answered_by", "status", "email", "looked_at", "looked_by"]
    )
    return question


@transaction.atomic
def correct_answer(*, question: Question, text: str, by: User, now: datetime) -> Question:
    """Put an answer right; what it said before is kept and shown. Raise NotWaiting when there is none."""
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.status != Status.ANSWERED:
        raise NotWaiting(question.pk)
    if text.strip() == question.answer:
        return question
    if not question.is_hidden:
        # What was hidden never comes back beside its correction.
        EarlierText.objects.create(question=question, text=question.answer, replaced_at=now, replaced_by=by)
    question.answer, question.corrected_at = text.strip(), now
    question.looked_at = question.looked_by = None
    question.save(update_fields=["answer", "corrected_at", "looked_at", "looked_by"])
    return question


def forget_address(*, question: Question) -> None:
    """Forget who asked what nobody will answer any more."""
    Question.objects.filter(pk=question.pk, status=Status.WAITING).update(email="", name="")


def forget_question(*, question: Question) -> None:
    """Forget a question that nobody has confirmed in time."""
    Question.objects.filter(pk=question.pk, status=Status.ASKED).delete()


def _refuse_when_over(campaign: Campaign) -> None:
    """Raise QuestionsOver where nobody asks or answers now."""
    if not rules.may_ask(status=campaign.status):
        raise QuestionsOver(campaign.slug)


def _refuse_too_many(campaign: Campaign, email: str, now: datetime) -> None:
    """Raise TooManyQuestions; questions are rows, so they are counted as they stand."""
    of_the_day = Question.objects.filter(email=email, asked_at__gt=now - timedelta(days=1))
    of_the_hour = campaign.questions.filter(asked_at__gt=now - timedelta(hours=1))
    if of_the_day.count() >= Question.MOST_A_DAY or of_the_hour.count() >= Question.MOST_AN_HOUR:
        raise TooManyQuestions(email)


def _tell_author(question: Question, template: str, now: datetime) -> None:
    """Write to whoever asked, in the language of the form."""
    campaign = question.campaign
    queue_mail(
        key=f"{template}:{question.pk}",
        # A confirmation is never held back: nothing of a call's money is told in it.
        topic="" if question.status == Status.ASKED else campaign.call.mail_topic,
        recipient=question.email,
        template=template,
        context={"inquiry": question, "campaign": campaign},
        language=question.language,
        now=now,
    )
