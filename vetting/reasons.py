"""Why a place in a ranking is what it is, in the reader's words; and until when a review may be asked for."""

from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from civicfund.money import format_euro
from vetting.contenders import BY_PROTOCOL, Outcome, TieRule
from vetting.points import format_points


def points(hundredths: int | None) -> str:
    """Return points as the reader writes them, a dash where there are none."""
    return "–" if hundredths is None else format_points(hundredths)


def last_moment(published_at: datetime, days: int) -> datetime:
    """Return the end, exclusive, of the last of some days after a publication: the day itself counts whole."""
    day = timezone.localdate(published_at) + timedelta(days=days + 1)
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def sentences_of(entry: Any) -> list[str]:
    """Return why a place is what it is, one sentence each, in the reader's language."""
    found = [_outcome_words(entry)]
    found += [words for reason in entry.reasons if (words := _reason_words(reason))]
    found += list(tie_sentence(entry.tie)) if entry.tie else []
    return found


def words_of_reasons(entry: Any, language: str) -> str:
    """Return the sentences of a place in a language, as the reason of the decision that follows from it."""
    with translation.override(language):
        return " ".join(sentences_of(entry))


def tie_sentence(tie: Mapping[str, Any]) -> Iterator[str]:
    """Yield what parted a place from its neighbour of the same score."""
    words = {
        TieRule.FIRST_CRITERION: _("more points in the first criterion"),
        TieRule.EARLIER: _("handed in earlier"),
        TieRule.CHEAPER: _("lower cost"),
        TieRule.DRAW: _("the public draw"),
        BY_PROTOCOL: _("the protocol number"),
    }
    told = {"other": tie["neighbour"], "rule": words[tie["rule"]]}
    if tie["is_ahead"]:
        yield _("Same points as %(other)s, ahead of it by: %(rule)s.") % told
    else:
        yield _("Same points as %(other)s, after it by: %(rule)s.") % told


def _outcome_words(entry: Any) -> str:
    """Say the outcome of a place in one sentence."""
    told = {"rank": entry.rank, "points": points(entry.score), "grant": _euro(entry.grant_cents)}
    sentences = {
        Outcome.FUNDED: _("Rank %(rank)s with %(points)s points: up to %(grant)s of the fund are for it."),
        Outcome.RESERVE: _("Rank %(rank)s with %(points)s points: it passes, and waits on the reserve list."),
        Outcome.UNFUNDED: _("Rank %(rank)s with %(points)s points: it passes, but the fund is used up."),
        Outcome.BELOW_PASS_MARK: _("%(points)s points: below what is needed to pass."),
        Outcome.EXCLUDED: _("Excluded."),
        Outcome.RENOUNCED: _("Rank %(rank)s with %(points)s points: it has left the ranking."),
    }
    return sentences[entry.outcome] % told


def _reason_words(reason: Mapping[str, Any]) -> str:
    """Say one reason."""
    told = {
        "about": reason["about"],
        "points": points(reason["points"]),
        "needed": points(reason["needed"]),
    }
    code = reason["code"]
    if code == "below_total":
        return _("It has %(points)s points in all; %(needed)s are needed.") % told
    if code == "below_criterion":
        return _("In “%(about)s” it has %(points)s points; %(needed)s are needed.") % told
    if code == "fund_used_up":
        return _("Its grant would be %(due)s; what is left of the fund does not cover it.") % {
            "due": _euro(reason["needed"])
        }
    if code == "partial":
        return _("Its grant would be %(due)s; the fund covers %(given)s for now.") % {
            "due": _euro(reason["needed"]),
            "given": _euro(reason["points"]),
        }
    if code == "renounced" and reason["about"] == "withdrawn":
        return _("Its organization has withdrawn it.")
    return str(reason["about"])


def _euro(cents: int) -> str:
    return format_euro(cents, get_language() or "it")
