"""Rankings on the pages of calls and of applications: only what is published."""

from typing import Any

from django import template

from calls.models import Application, Call
from vetting.models import Ranking, RankingEntry
from vetting.reasons import points, sentences_of
from vetting.services import place_of

register = template.Library()


@register.simple_tag
def published_rankings(call: Call) -> list[Ranking]:
    """Return the version that holds of each window's ranking of a call."""
    rows = Ranking.objects.published().filter(session__call=call).select_related("session__call")
    return list(rows.order_by("session__number", "-number").distinct("session__number"))


@register.simple_tag
def own_place(application: Application) -> RankingEntry | None:
    """Return the place of an application in the version that holds, or None."""
    return place_of(application)


@register.filter
def hundredths(value: int | None) -> str:
    """Show points kept in hundredths."""
    return points(value)


@register.filter
def sentences(entry: Any) -> list[str]:
    """Return why a place is what it is, one sentence each."""
    return sentences_of(entry)


@register.filter
def details(entry: Any) -> list[str]:
    """Return why a place is what it is, without the outcome, which stands beside it."""
    return sentences_of(entry)[1:]


@register.filter
def outcome_words(outcome: str) -> str:
    """Return an outcome in words."""
    return str(RankingEntry.Outcome(outcome).label)
