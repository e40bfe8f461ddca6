"""Who reads which application: an assignment balanced by load; pure, and the same for the same question.

Every application gets as many members as asked for, none of them in conflict with it, so that the loads of the members lie
as close together as the conflicts allow. First each application takes the members with the least to read; then, as long
as somebody has at least two more than somebody else, an application moves along a chain of members from the one to the
other. When no chain is left, no other assignment is more even (Harvey et al., Semi-matchings for bipartite graphs, 2006).
"""

from collections import deque
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

A = TypeVar("A", bound=Hashable)
M = TypeVar("M", bound=Hashable)


@dataclass(frozen=True)
class Plan(Generic[A, M]):
    """Who shall read what, beside what is assigned already."""

    #: Application to its new members, in the order of the members.
    assigned: Mapping[A, tuple[M, ...]]
    #: Applications for which there are not enough members, with how many are missing.
    short: Mapping[A, int]
    #: Member to the number of applications to read, those assigned already included.
    load: Mapping[M, int]


def balance(
    applications: Sequence[A],
    members: Sequence[M],
    *,
    each: int,
    held: Mapping[A, Collection[M]],
    barred: Mapping[A, Collection[M]],
) -> Plan[A, M]:
    """Assign `each` members to every application, evenly; what is `held` already stays, whoever is `barred` is left out.

    Load counts what is held of the applications named here. The order of members decides between equal ones.
    """
    free = {one: [who for who in members if who not in barred.get(one, ())] for one in applications}
    kept = {one: set(held.get(one, ())) for one in applications}
    load = {who: sum(who in kept[one] for one in applications) for who in members}
    new: dict[A, set[M]] = {one: set() for one in applications}
    order = {who: place for place, who in enumerate(members)}
    # The applications that fewest may read choose first.
    for one in sorted(applications, key=lambda each_one: len(free[each_one])):
        takes = max(each - len(kept[one]), 0)
        able = [who for who in free[one] if who not in kept[one]]
        for who in sorted(able, key=lambda member: (load[member], order[member]))[:takes]:
            new[one].add(who)
            load[who] += 1
    while _moved(new, kept, free, load, members):
        pass
    return Plan(
        assigned={one: tuple(sorted(new[one], key=order.__getitem__)) for one in applications},
        short={
            one: each - len(kept[one]) - len(new[one])
            for one in applications
            if len(kept[one]) + len(new[one]) < each
        },
        load=load,
    )


def least_loaded(members: Sequence[M], load: Mapping[M, int], *, barred: Collection[M]) -> M | None:
    """Return the member with the least to read who is not barred; the first of equal ones; None when nobody is left."""
    able = [who for who in members if who not in barred]
    return min(able, key=lambda who: load.get(who, 0), default=None)


def _moved(
    new: Mapping[A, set[M]],
    kept: Mapping[A, set[M]],
    free: Mapping[A, Sequence[M]],
    load: dict[M, int],
    members: Sequence[M],
) -> bool:
    """Move one application's worth of load along a chain to somebody with at least two less; say whether there was one."""
    for start in sorted(members, key=lambda who: -load[who]):
        came_by = _chains(start, new, kept, free)
        end = min(came_by, key=lambda who: load[who], default=start)
        if load[end] <= load[start] - 2:
            load[start] -= 1
            load[end] += 1
            while end != start:
                one, giver = came_by[end]
                new[one].remove(giver)
                new[one].add(end)
                end = giver
            return True
    return False


def _chains(
    start: M, new: Mapping[A, set[M]], kept: Mapping[A, set[M]], free: Mapping[A, Sequence[M]]
) -> dict[M, tuple[A, M]]:
    """Return whom a chain of moves from a member reaches, each with the application it would take and from whom."""
    came_by: dict[M, tuple[A, M]] = {}
    waiting = deque([start])
    while waiting:
        giver = waiting.popleft()
        for one, readers in new.items():
            if giver not in readers:
                continue
            for taker in free[one]:
                if taker != start and taker not in came_by and taker not in readers | kept[one]:
                    came_by[taker] = (one, giver)
                    waiting.append(taker)
    return came_by
