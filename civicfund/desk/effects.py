"""What a step does to others: each says so, and what can be known before is told by trying the step and undoing it."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

#: Those who see what a step does while it is tried: each is a context that hands out a function, asked before all is undone.
#: They belong to apps above this one, so they are named here and found when a step is tried.
WITNESSES = (
    "accounts.foretell.watch_mails",
    "ledger.foretell.watch_money",
    # These tell what workers do afterwards: they ask the workers' own questions, so they come last.
    "donations.foretell.watch_refunds",
    "donations.foretell.watch_outgoing",
    "vetting.foretell.watch_members",
    "matching.foretell.watch_grants",
)
#: How many of those a mail is for stand on a page.
PEOPLE = 25
#: How long a try waits for rows somebody else is changing; then the page does without.
PATIENCE = "2s"
#: What stands for a text that is still to be typed.
NOT_YET = "…"

Witness = Callable[[Any], AbstractContextManager[Callable[[], list[Any]]]]


class Effects(Enum):
    """What a step says about its effects on others."""

    #: It writes to nobody, moves no money and changes nothing the public or a promoter reads.
    NOBODY = "nobody"
    #: Its own template tells them, since they come later, by a task, or cannot be tried.
    TOLD = "told"
    #: They happen at once, in the database alone: the step is tried, what it does is told, and all is undone.
    TRIED = "tried"


@dataclass(frozen=True)
class Mailing:
    """The mails of one kind that a step sends, with the first of them to read, in each language."""

    kind: str
    #: Language code, subject, text and HTML of the first.
    letters: list[dict[str, str]]
    #: Name and address of each; empty for whoever may not see them.
    people: Sequence[tuple[str, str]]
    count: int
    #: When the mails leave, in words, if that is later than the step.
    later: Any = ""

    is_mail = True


@dataclass(frozen=True)
class Movement:
    """Money that a step moves: what for, in words, and how much, in cents."""

    words: str
    cents: int
    #: When it moves, in words, if that is later than the step.
    later: Any = ""

    is_mail = False


Effect = Mailing | Movement


@dataclass
class Foretold:
    """What a step does, as far as it can be known before."""

    mailings: list[tuple[Mailing, Any]] = field(default_factory=list)
    movements: list[Movement] = field(default_factory=list)
    #: The state of the row before and afterwards, in words; nothing when it stays.
    states: tuple[str, str] | None = None
    #: Why the service would refuse the step as things stand.
    refusal: str = ""

    @property
    def mails(self) -> int:
        """Return how many mails leave in all."""
        return sum(mailing.count for mailing, _people in self.mailings)


def values_of(form: Any) -> dict[str, Any] | None:
    """Return what a step can be tried with: what was typed, and a mark for texts still to come; None when more is missing."""
    # What a form has made of its fields together is beside them.
    values: dict[str, Any] = dict(form.cleaned_data) if form.is_bound else {}
    for name, one in form.fields.items():
        given = form.cleaned_data.get(name) if form.is_bound else form.get_initial_for_field(one, name)
        if given in (None, "") and one.required:
            given = _stand_in(one)
            if given is None:
                return None
        # What is left open is handed on as a form sent without it would.
        is_raw = not form.is_bound and (given is None or _is_choice(one))
        values[name] = one.clean(given) if is_raw else given
    texts = {name for name, one in form.fields.items() if _is_text(one)}
    return {name: "" if value is None and name in texts else value for name, value in values.items()}


def foretell(step: Any, values: dict[str, Any], page: int) -> Foretold | None:
    """Try a step with a row of its own, and return what it does; None when that cannot be told now.

    `page` says which of the readers of its mails are shown.
    """
    rows = type(step.row)._base_manager.filter(pk=step.row.pk)
    before, later = _state(rows.get()), step.later_effects(values)
    after: list[str] = []

    def take() -> None:
        type(step)(step.model_admin, step.request, rows.get()).act_and_what_comes_of_it(values)
        after.append(_state(rows.first()))

    try:
        told = try_out(take, step.request.user, page, later)
    except tuple(step.refusals) as error:
        refusal = step.refusals[type(error)]
        # What a field lacks before anything was typed is no news.
        if refusal.field and step.request.method != "POST":
            return None
        return Foretold(refusal=refusal.told(error))
    except Exception:
        # The page of a step must never stand in the way of the step.
        logger.warning("what %s does could not be told", type(step).__name__, exc_info=True)
        return None
    told.states = (before, after[0]) if after[0] != before else None
    return told


def try_out(do: Callable[[], Any], user: Any, page: int, later: Sequence[Any] = ()) -> Foretold:
    """Do something, look at what it does, and undo all of it.

    Everything a service does is in the database, in one transaction, so nothing is left of the try.
    """
    with transaction.atomic(), ExitStack() as stack:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
        watching = [stack.enter_context(_witness(path)(user)) for path in WITNESSES]
        do()
        found = [*(effect for tell in watching for effect in tell()), *later]
        transaction.set_rollback(True)
    return Foretold(
        mailings=[(one, Paginator(one.people, PEOPLE).get_page(page)) for one in found if one.is_mail],
        movements=[one for one in found if not one.is_mail],
    )


def _witness(path: str) -> Witness:
    """Return a witness by its name."""
    found: Witness = import_string(path)
    return found


def _state(row: Any) -> str:
    """Return a row's state in words; nothing for a row that has none, or is gone."""
    for name in ("status", "state"):
        words = getattr(row, f"get_{name}_display", None)
        if words:
            return str(words())
    return ""


def _stand_in(one: forms.Field) -> Any:
    """Return what stands for a required value that is still to come, or None when nothing can."""
    if isinstance(one, forms.DateField):
        return timezone.localdate()
    return NOT_YET if _is_text(one) else None


def _is_text(one: forms.Field) -> bool:
    """Say whether a field asks for free words."""
    return type(one) is forms.CharField


def _is_choice(one: forms.Field) -> bool:
    """Say whether a field turns what was chosen into something else."""
    return isinstance(one, forms.ChoiceField | forms.ModelChoiceField)
