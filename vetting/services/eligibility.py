"""The formal check: begun, filled in, concluded, and taken up again when something was overlooked."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, ApplicationEvent
from calls.rules import end_of_day
from calls.services import ApplicationClosed, ReasonMissing
from calls.services.version import note_event
from vetting.checklist import Question, checklist_of
from vetting.models import EligibilityCheck, EligibilityItem

Outcome = EligibilityCheck.Outcome
Answer = EligibilityItem.Answer
What = ApplicationEvent.What


class CheckConcluded(Exception):
    """Say that a formal check is concluded: it has to be taken up again before anything of it changes."""


class CheckNotConcluded(Exception):
    """Say that a formal check is still open."""


class AnswerAwaited(Exception):
    """Say that the body has been asked for something and still has time to answer."""


class NoteMissing(Exception):
    """Say that an answer of the rules is overruled without a note; carry the key of the question."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class QuestionsOpen(Exception):
    """Say that an application cannot be found admissible yet; carry the questions without an answer or with a no."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__(", ".join(question.key for question in questions))
        self.questions = questions


class GroundsMissing(Exception):
    """Say that an application is not found inadmissible without a ground."""


class NotFoundAdmissible(Exception):
    """Say that an application is not admitted before its formal check has found it admissible."""


class Given(NamedTuple):
    """An officer's answer to one question, with a note."""

    answer: str
    note: str = ""


@transaction.atomic
def begin_check(*, application: Application, now: datetime) -> EligibilityCheck:
    """Return the formal check of what an application handed in last, begun now if there is none.

    It is due so many days after its window as the call says. Raise ApplicationClosed unless the application is submitted.
    """
    application = (
        Application.objects.select_for_update(of=["self"]).select_related("call").get(pk=application.pk)
    )
    check = EligibilityCheck.objects.filter(application=application).select_related("version").first()
    if application.status != Application.Status.SUBMITTED or application.session is None:
        if check is None:
            raise ApplicationClosed(application.public_id)
        return check
    latest = application.versions.latest("number")
    if check is not None and check.version == latest:
        return check
    due_at = end_of_day(
        max(now, application.session.closes_at), application.call.check_days, timezone.get_default_timezone()
    )
    if check is None:
        return EligibilityCheck.objects.create(
            application=application, version=latest, begun_at=now, due_at=due_at
        )
    # Handed in anew: what was said about the version before says nothing about this one.
    check.items.all().delete()
    check.version, check.begun_at, check.due_at = latest, now, due_at
    _reset(check)
    check.save()
    return check


@transaction.atomic
def record_answers(
    *, check: EligibilityCheck, answers: Mapping[str, Given], by: User, now: datetime
) -> EligibilityCheck:
    """Keep an officer's answers, each with what the rules say by themselves, who gave it and when.

    A question that is not named keeps its answer; an empty answer takes it away. Raise CheckConcluded, ApplicationClosed,
    and NoteMissing where an answer of the rules is overruled without saying why.
    """
    check = _locked(check)
    kept = {item.key: item for item in check.items.all()}
    for question in checklist_of(_with_parts(check)):
        if question.key in answers:
            _keep(check, question, answers[question.key], kept.get(question.key), by, now)
    return check


@transaction.atomic
def conclude_eligibility(
    *,
    application: Application,
    outcome: str,
    by: User,
    now: datetime,
    grounds: Collection[str] = (),
    words: str = "",
) -> EligibilityCheck:
    """Conclude the formal check of an application, and tell its body.

    What the rules answer by themselves and nobody has looked at is kept as answered by whoever concludes. Raise
    CheckConcluded, AnswerAwaited, ApplicationClosed; QuestionsOpen when it is found admissible with a question that is
    open or answered with no; GroundsMissing or ReasonMissing when it is found inadmissible without them.
    Source: L. 241/1990 art. 3 and 6.
    """
    check = _locked(begin_check(application=application, now=now))
    if check.application.integration_requests.filter(state="asked").exists():
        raise AnswerAwaited(check.pk)
    if outcome == Outcome.INADMISSIBLE and not grounds:
        raise GroundsMissing(check.pk)
    if outcome == Outcome.INADMISSIBLE and not words.strip():
        raise ReasonMissing
    _confirm_the_rules(check, by, now)
    if outcome == Outcome.ADMISSIBLE:
        _require_yes(check)
    check.outcome, check.words = outcome, words.strip()
    check.grounds = [ground for ground in EligibilityCheck.Ground.values if ground in grounds]
    check.concluded_at, check.concluded_by = now, by
    check.save()
    what = What.ADMISSIBLE if outcome == Outcome.ADMISSIBLE else What.INADMISSIBLE
    _tell(check, what, by, now, check.words)
    return check


@transaction.atomic
def reopen_check(*, check: EligibilityCheck, by: User, reason: str, now: datetime) -> EligibilityCheck:
    """Take a concluded check up again, for a reason its body reads. Raise ReasonMissing, CheckNotConcluded, ApplicationClosed."""
    if not reason.strip():
        raise ReasonMissing
    check = _locked(check, is_open=False)
    _reset(check)
    check.save()
    _tell(check, What.RECHECKED, by, now, reason.strip())
    return check


def require_admissible(application: Application) -> None:
    """Raise NotFoundAdmissible where the call asks for a formal check that has not found an application admissible."""
    checks = EligibilityCheck.objects.admissible().filter(application=application.pk)
    if application.call.check_days and not checks.exists():
        raise NotFoundAdmissible(application.public_id)


def _locked(check: EligibilityCheck, *, is_open: bool = True) -> EligibilityCheck:
    """Lock a check, its application first, and refuse the wrong state."""
    application = Application.objects.select_for_update().get(pk=check.application_id)
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    check = EligibilityCheck.objects.select_related("application__call", "application__organization").get(
        pk=check.pk
    )
    if check.is_open != is_open:
        raise CheckConcluded(check.pk) if is_open else CheckNotConcluded(check.pk)
    return check


def _with_parts(check: EligibilityCheck) -> Application:
    """Return the application of a check with all that the rules ask about."""
    return Application.objects.with_story().with_parts().get(pk=check.application_id)


def _keep(
    check: EligibilityCheck,
    question: Question,
    given: Given,
    kept: EligibilityItem | None,
    by: User,
    now: datetime,
) -> None:
    """Keep one answer; one that is as it was keeps who gave it and when."""
    note, found = given.note.strip(), question.found
    if not given.answer:
        check.items.filter(key=question.key).delete()
        return
    if found and found.answer != given.answer and not note:
        raise NoteMissing(question.key)
    if kept and (kept.answer, kept.note, kept.automatic) == (
        given.answer,
        note,
        found.answer if found else "",
    ):
        return
    EligibilityItem.objects.update_or_create(
        check_of=check,
        key=question.key,
        defaults={
            "answer": given.answer,
            "note": note,
            "automatic": found.answer if found else "",
            "evidence": found.evidence if found else "",
            "answered_at": now,
            "answered_by": by,
        },
    )


def _confirm_the_rules(check: EligibilityCheck, by: User, now: datetime) -> None:
    """Keep what the rules answer where no officer has answered."""
    kept = set(check.items.values_list("key", flat=True))
    for question in checklist_of(_with_parts(check)):
        if question.found and question.key not in kept:
            _keep(check, question, Given(question.found.answer), None, by, now)


def _require_yes(check: EligibilityCheck) -> None:
    """Refuse to find admissible what has a question open or answered with no."""
    good = set(check.items.exclude(answer=Answer.NO).values_list("key", flat=True))
    missing = [question for question in checklist_of(_with_parts(check)) if question.key not in good]
    if missing:
        raise QuestionsOpen(missing)


def _reset(check: EligibilityCheck) -> None:
    """Make a check open again."""
    check.outcome, check.grounds, check.words = Outcome.OPEN, [], ""
    check.concluded_at = check.concluded_by = None


def _tell(check: EligibilityCheck, what: ApplicationEvent.What, by: User, now: datetime, reason: str) -> None:
    """Put it into the story of the application and write to every member of the body."""
    application = check.application
    event = note_event(application=application, what=what, by=by, now=now, reason=reason)
    queue_mail_to_members(
        organization=application.organization,
        key=f"eligibility_{what}:{event.pk}",
        topic=application.call.mail_topic,
        template=f"eligibility_{what}",
        context={"application": application, "check": check, "reason": reason},
        now=now,
    )
