"""Who may read what in a round, and who would if everything missing were assigned evenly; nothing is written here."""

from collections.abc import Iterable, Sequence

from calls.models import Application
from vetting.balance_rules import Plan, balance
from vetting.conflict_rules import decides
from vetting.conflicts import conflicts_among
from vetting.models import CommitteeMember, Round


def plan_round(round_: Round) -> Plan[int, int]:
    """Return who would read what if everything still missing were assigned evenly; keys are those of the rows.

    Substitutes read only where the other members are not enough.
    """
    applications, members = list(round_.applications), list(round_.seats)
    barred = barred_in(round_, members, applications)
    held = _held(round_)
    plan = balance(
        [one.pk for one in applications],
        [one.pk for one in members if not one.is_substitute],
        each=round_.readers,
        held=held,
        barred=barred,
    )
    return _with_substitutes(plan, [one.pk for one in members if one.is_substitute], held, barred)


def barred_in(
    round_: Round, members: Iterable[CommitteeMember], applications: Sequence[Application]
) -> dict[int, set[int]]:
    """Return, by application, who may not read it: a conflict was found, or it was taken away before."""
    barred: dict[int, set[int]] = {one.pk: set() for one in applications}
    for (member, application), matches in conflicts_among(members, applications).items():
        if decides(matches):
            barred[application].add(member)
    gone = round_.assignments.exclude(removed_at=None).filter(application__in=applications)
    for application, member in gone.values_list("application_id", "member_id"):
        barred[application].add(member)
    return barred


def ever_assigned(round_: Round, application: Application) -> set[int]:
    """Return who has or had an application."""
    return set(round_.assignments.filter(application=application).values_list("member_id", flat=True))


def _held(round_: Round) -> dict[int, set[int]]:
    """Return, by application, who has it."""
    held: dict[int, set[int]] = {}
    for application, member in round_.assignments.active().values_list("application_id", "member_id"):
        held.setdefault(application, set()).add(member)
    return held


def _with_substitutes(
    plan: Plan[int, int], substitutes: Sequence[int], held: dict[int, set[int]], barred: dict[int, set[int]]
) -> Plan[int, int]:
    """Fill what is short in a plan with substitutes, evenly."""
    rest = balance(
        list(plan.short),
        substitutes,
        each=max(plan.short.values(), default=0),
        held={},
        barred={one: barred[one] | held.get(one, set()) for one in plan.short},
    )
    assigned, short = dict(plan.assigned), dict(plan.short)
    for one, missing in plan.short.items():
        taken = rest.assigned[one][:missing]
        assigned[one] = (*assigned[one], *taken)
        short[one] = missing - len(taken)
    load = dict(plan.load)
    for who in substitutes:
        load[who] = sum(who in readers for readers in (*held.values(), *assigned.values()))
    return Plan(assigned, {one: number for one, number in short.items() if number}, load)
