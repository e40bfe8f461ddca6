"""What readers find wrong with a campaign, and how officers close it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_officers, refuse_own_body
from campaigns.models import Campaign, Moderated, Problem

RIGHT = "campaigns.change_problem"


class TooManyProblems(Exception):
    """Say that a campaign has been reported too often within an hour."""


class ProblemClosed(Exception):
    """Say that somebody has closed a problem already."""


@transaction.atomic
def report_problem(
    *,
    campaign: Campaign,
    kind: str,
    text: str,
    email: str,
    now: datetime,
    about: Mapping[str, Moderated] | None = None,
) -> Problem:
    """Write down what a reader found, and tell the officers; raise TooManyProblems after twenty in an hour.

    `about` names the one thing of the page it is about, like {"update": update}.
    """
    recent = campaign.problems.filter(reported_at__gt=now - timedelta(hours=1))
    if recent.count() >= Problem.MOST_AN_HOUR:
        raise TooManyProblems(campaign.slug)
    problem = Problem.objects.create(
        campaign=campaign, kind=kind, text=text.strip(), email=email, reported_at=now, **(about or {})
    )
    queue_mail_to_officers(
        right=RIGHT,
        # One mail an hour for each campaign: the desk has the rest.
        key=f"problem_reported:{campaign.pk}:{now:%Y%m%d%H}",
        template="problem_reported",
        context={"problem": problem, "campaign": campaign},
        now=now,
    )
    return problem


@transaction.atomic
def close_problem(*, problem: Problem, note: str, by: User, now: datetime) -> Problem:
    """Close a problem with what was found and done; raise ProblemClosed when somebody was faster, OwnBody."""
    problem = Problem.objects.select_for_update().get(pk=problem.pk)
    refuse_own_body(problem.campaign.organization, by)
    if problem.status == Problem.Status.CLOSED:
        raise ProblemClosed(problem.pk)
    problem.status, problem.note = Problem.Status.CLOSED, note
    problem.closed_at, problem.closed_by = now, by
    problem.save(update_fields=["status", "note", "closed_at", "closed_by"])
    return problem
