"""Rankings as pages show them: the places of one that is not published yet, and what a version changes."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from vetting.contenders import Contender, Place
from vetting.models import Ranking, RankingEntry
from vetting.ranking_csv import read_input
from vetting.ranking_rules import rank


class Change(NamedTuple):
    """What a version says differently of one application; nothing before where it is new, nothing after where it left."""

    title: str
    protocol: str
    before: RankingEntry | None
    after: RankingEntry | None

    @property
    def kinds(self) -> list[str]:
        """Return what differs: rank, score, outcome, grant."""
        if self.before is None or self.after is None:
            return []
        names = ("rank", "score", "outcome", "grant_cents")
        return [name for name in names if getattr(self.before, name) != getattr(self.after, name)]


def unsaved_entries(contenders: Sequence[Contender], places: Sequence[Place]) -> list[RankingEntry]:
    """Return the places as rows that are not kept, each with its protocol number."""
    known = {one.protocol: one for one in contenders}
    found = []
    for position, place in enumerate(places, 1):
        one = known[place.protocol]
        entry = RankingEntry(
            position=position,
            rank=place.rank,
            title=one.title,
            body=one.body,
            score=place.score,
            outcome=place.outcome.value,
            cost_cents=one.cost_cents,
            due_cents=one.grant_cents,
            grant_cents=place.grant_cents,
            reasons=[asdict(reason) for reason in place.reasons],
            tie=asdict(place.tie) if place.tie else None,
        )
        entry.protocol = place.protocol  # type: ignore[attr-defined]
        found.append(entry)
    return found


def entries_of(ranking: Ranking) -> list[RankingEntry]:
    """Return the places of a version, kept or not, in order, each with its protocol number."""
    if ranking.status != Ranking.Status.PUBLISHED:
        contenders, criteria, rules = read_input(ranking.input_csv)
        return unsaved_entries(contenders, rank(contenders, criteria, rules))
    entries = list(ranking.entries.select_related("application").order_by("position"))
    for entry in entries:
        entry.protocol = entry.application.protocol_number  # type: ignore[attr-defined]
    return entries


def changes_between(before: Sequence[Any], after: Sequence[Any]) -> list[Change]:
    """Return what a version says differently from the one before it, in the later one's order."""
    old = {entry.protocol: entry for entry in before}
    new = {entry.protocol: entry for entry in after}
    found = [Change(entry.title, name, old.get(name), entry) for name, entry in new.items()]
    found += [Change(entry.title, name, entry, None) for name, entry in old.items() if name not in new]
    return [one for one in found if one.before is None or one.after is None or one.kinds]


def version_before(ranking: Ranking) -> Ranking | None:
    """Return the published version that a version follows, or would follow."""
    published = Ranking.objects.published().filter(session=ranking.session_id)
    if ranking.number:
        published = published.filter(number__lt=ranking.number)
    return published.first()
