"""Readers erase their data: what they follow, ask and report.

Source: Regulation (EU) 2016/679 art. 17.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from accounts.models import Mail
from campaigns.models import Follow, Problem, Question

#: For how long the address of who has reported a problem is known after its end.
REPORTER_KEPT = timedelta(days=365)
#: How the keys of mails about a question begin; its number follows.
ABOUT_QUESTIONS = ("campaign_question_confirm:", "campaign_question_answered:")


def questions_of(addresses: Iterable[str]) -> QuerySet[Question]:
    """Return the questions some addresses have asked: they name their address, or a mail that was written to it does."""
    small = _small(addresses)
    mails = Mail.objects.alias(address=Lower("recipient")).filter(address__in=small)
    told = [
        int(key.rpartition(":")[2])
        for start in ABOUT_QUESTIONS
        for key in mails.filter(key__startswith=start).values_list("key", flat=True)
    ]
    return Question.objects.filter(email__in=small) | Question.objects.filter(pk__in=told)


@transaction.atomic
def forget_reader(*, addresses: Iterable[str]) -> dict[str, int]:
    """End what some addresses follow, take their names from questions and their address from reports; say how many each.

    A question nobody has answered goes, unless a report is about it; one that was answered stays, as of a reader. Call it
    before the mails are forgotten: they alone know who asked what was answered.
    """
    small = _small(addresses)
    questions = questions_of(small)
    numbers = list(questions.values_list("pk", flat=True))
    Question.objects.filter(pk__in=numbers, answered_at=None, problems=None).delete()
    Question.objects.filter(pk__in=numbers).update(name="", email="")
    return {
        "questions": len(numbers),
        "follows": Follow.objects.filter(email__in=small).delete()[0],
        "reports": Problem.objects.alias(address=Lower("email")).filter(address__in=small).update(email=""),
    }


def forget_reporters(*, now: datetime) -> int:
    """Forget the addresses of who has reported a problem that was closed a year ago; return how many."""
    old = Problem.objects.filter(closed_at__lt=now - REPORTER_KEPT).exclude(email="")
    return old.update(email="")


def _small(addresses: Iterable[str]) -> list[str]:
    return [address.lower() for address in addresses if address]
