"""The steps in which an application is written, and how far each of them is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calls.content_people import has_new_record
from calls.models import Application, Opening, StepKey
from calls.openable import open_step_keys
from calls.services.answering import foresee_answer
from calls.services.application_faults import application_faults
from calls.services.shortcoming import Shortcoming


class Step(NamedTuple):
    """One step: its key, its page, and whether anything of it has been written."""

    key: str
    url_name: str
    is_begun: Callable[[Application], bool]

    @property
    def title(self) -> str | Lazy:
        """Return the name of the step in the reader's language."""
        return StepKey(self.key).label


STEPS = [
    Step(StepKey.PROJECT, "calls:step_project", lambda application: True),
    Step(
        StepKey.PLACE,
        "calls:step_place",
        lambda application: bool(application.borough or application.beneficiaries or application.team),
    ),
    Step(
        StepKey.TIMELINE,
        "calls:step_timeline",
        lambda application: bool(application.duration_months or application.activities.all()),
    ),
    Step(StepKey.BUDGET, "calls:step_budget", lambda application: bool(application.budget_lines.all())),
    Step(StepKey.PARTNERS, "calls:step_partners", lambda application: bool(application.partners.all())),
    Step(
        StepKey.DOCUMENTS,
        "calls:step_documents",
        lambda application: any(one.is_current for one in application.attachments.all()),
    ),
    Step(
        StepKey.DECLARATIONS,
        "calls:step_declarations",
        lambda application: bool(application.declarations.all()),
    ),
    Step(StepKey.CHECK, "calls:step_check", lambda application: False),
]


#: The step of the body's own data: only of an application that was opened again.
ORGANIZATION = Step(StepKey.ORGANIZATION, "calls:step_organization", lambda application: True)
#: The last step of whoever answers a request of the office; the app that keeps the request has its page.
ANSWER = Step(StepKey.CHECK, "vetting:answer", lambda application: False)
#: Every step of which something can be opened, in order.
OPENABLE = [ORGANIZATION, *STEPS[:-1]]


class Missing(NamedTuple):
    """What is missing in words, and where it is put right."""

    address: str
    words: str


def steps_of(application: Application) -> list[Step]:
    """Return the steps that can be written: of a draft all of them, later what is open again."""
    if not application.opening:
        return STEPS
    keys = open_step_keys(application.opening)
    return [*(step for step in OPENABLE if step.key in keys), ANSWER]


def step_after(application: Application, key: str) -> Step:
    """Return the step that follows another."""
    steps = steps_of(application)
    here = next(number for number, step in enumerate(steps) if step.key == key)
    return steps[min(here + 1, len(steps) - 1)]


@dataclass(frozen=True)
class StepState:
    """How far a step of one application is."""

    step: Step
    number: int
    url: str
    is_begun: bool
    faults: list[Shortcoming] = field(default_factory=list)
    #: What is missing, each with the address of the field where it is put right.
    missing: list[Missing] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Return the key of the step."""
        return self.step.key

    @property
    def title(self) -> str | Lazy:
        """Return the name of the step."""
        return self.step.title

    @property
    def state(self) -> str:
        """Return `empty`, `incomplete` or `complete`; the last step is `ready` once every other is complete."""
        if self.key == StepKey.CHECK:
            return "incomplete" if self.faults else "ready"
        if not self.faults:
            return "complete"
        return "incomplete" if self.is_begun else "empty"

    @property
    def words(self) -> str:
        """Tell the state in words."""
        if self.state == "incomplete":
            number = len(self.faults)
            return ngettext("%(number)s thing missing", "%(number)s things missing", number) % {
                "number": number
            }
        return {
            "empty": _("to be written"),
            "complete": _("complete"),
            "ready": _("ready to submit"),
        }[self.state]


class OpenStepState(StepState):
    """How far a step is that was opened again."""

    @property
    def state(self) -> str:
        """Return `empty` while nothing was changed, and as for any step afterwards."""
        if self.key != StepKey.CHECK and not self.faults and not self.is_begun:
            return "empty"
        return super().state

    @property
    def words(self) -> str:
        """Tell the state in words."""
        told = {
            "empty": _("as you handed it in"),
            "complete": _("changed"),
            "ready": _("hand in the answer"),
        }
        return told.get(self.state) or super().words


def step_states(application: Application) -> list[StepState]:
    """Return how far every step is, in order; the last one carries the faults of all."""
    opening, call, steps = application.opening, application.call, steps_of(application)
    faults = foresee_answer(opening=opening).faults if opening else application_faults(application, call)
    urls = {step.key: reverse(step.url_name, args=[application.public_id]) for step in steps}
    states = []
    for number, step in enumerate(steps, 1):
        own = [fault for fault in faults if step.key in (fault.step, StepKey.CHECK)]
        missing = [Missing(urls[fault.step] + anchor_of(fault.field), fault.words) for fault in own]
        begun = _is_touched(application, step) if opening else step.is_begun(application)
        kind = OpenStepState if opening else StepState
        states.append(kind(step, number, urls[step.key], begun, own, missing))  # type: ignore[arg-type]
    return states


def _is_touched(application: Application, step: Step) -> bool:
    """Say whether anything of a step was written since it was opened."""
    opening: Opening = application.opening
    if step.key == StepKey.DOCUMENTS:
        waiting = opening.waiting_attachments.filter(removed_at=None).exists()
        return waiting or bool(opening.taken_away.all())
    if step.key == StepKey.PARTNERS:
        return opening.waiting_partners.exists() or opening.partners_out.exists()
    if step.key == StepKey.ORGANIZATION:
        return has_new_record(application)
    return opening.saved_step(step.key) is not None


def anchor_of(field_name: str) -> str:
    """Return where on a step's page a field stands; the rows of a table stand together."""
    if not field_name:
        return ""
    return "#rows" if field_name == "rows" else f"#id_{field_name}"
