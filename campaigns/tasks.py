"""When campaigns are drafted, and when their followers are written to."""

import logging
from collections.abc import Callable

from celery import shared_task
from django.utils import timezone

from campaigns import services
from campaigns.models import Follow, Question
from campaigns.models.follow import FollowQuerySet
from civicfund.turns import one_at_a_time
from vetting.models import Decision

logger = logging.getLogger(__name__)

#: Followers one run serves of each kind; the next run follows within minutes.
FOLLOWERS_AT_ONCE = 500


@shared_task
@one_at_a_time
def draft_admitted_campaigns() -> None:
    """Make the campaign of every admitted application that has none."""
    admitted = Decision.objects.filter(
        outcome=Decision.Outcome.ADMITTED, application__campaign=None
    ).select_related("application__call")
    for decision in admitted:
        try:
            services.draft_campaign(decision=decision, now=timezone.now())
        except Exception:
            logger.exception("no campaign for decision %s", decision.pk)


@shared_task
@one_at_a_time
def tell_followers() -> None:
    """Remind of what closes soon, tell results, news and openings, and forget who is to be forgotten."""
    now = timezone.now()
    _each(Follow.objects.closing_due(now), lambda follow: services.remind_of_closing(follow=follow, now=now))
    _each(Follow.objects.result_due(), lambda follow: services.tell_result(follow=follow, now=now))
    _each(Follow.objects.news_due(now), lambda follow: services.tell_updates(follow=follow, now=now))
    _each(Follow.objects.opening_due(), lambda follow: services.tell_openings(follow=follow, now=now))
    _each(Follow.objects.forgotten(now), lambda follow: services.end_follow(follow=follow))
    _each(Follow.objects.over(now), lambda follow: services.end_follow(follow=follow))
    for question in Question.objects.never_answered(now):
        services.forget_address(question=question)
    for question in Question.objects.forgotten(now):
        services.forget_question(question=question)


def _each(due: FollowQuerySet, service: Callable[[Follow], None]) -> None:
    """Serve every row that is owed something; one bad row does not stop the rest."""
    for follow in due.select_related("campaign__application__call")[:FOLLOWERS_AT_ONCE]:
        try:
            service(follow)
        except Exception:
            logger.exception("follower %s is not served", follow.pk)
