"""Which parts of an application can be opened again after it was handed in, and by what names services and pages know them."""

from collections.abc import Iterable
from typing import Any

from calls.content import PARTS, Part
from calls.content_people import BODY_PARTS
from calls.models import Application, Call, StepKey

#: What follows from other parts, and what is not the body's own to write.
NEVER = ("office", "cost_cents")
#: What a step's service calls a part, where that is not its key.
VALUES = {"support": "supported", "activities": "rows", "budget_lines": "rows", "declarations": "declared"}
#: The body's own data have a step only while they are open: in a draft the body's record takes its place.
STEP_OF = {
    part.key: StepKey.ORGANIZATION.value if part.key in BODY_PARTS else part.step
    for part in PARTS
    if part.key not in NEVER
}


def openable_parts(call: Call) -> list[Part]:
    """Return the parts of an application to a call that can be opened, in the order in which it is read."""
    offers = any(offer.is_requested for offer in call.support_offers.all())
    return [part for part in PARTS if part.key in STEP_OF and (offers or part.key != "support")]


def open_values(fields: Iterable[str], step: str) -> set[str]:
    """Return what of a step is open, by the names of its service."""
    return {VALUES.get(key, key) for key in fields if STEP_OF.get(key) == step}


def open_step_keys(opening: Any) -> list[str]:
    """Return the steps of which something is open, in their order."""
    keys = {STEP_OF[key] for key in opening.fields}
    if opening.documents.all():
        keys.add(StepKey.DOCUMENTS.value)
    return [key for key in StepKey.values if key in keys]


def is_written(application: Application, key: str) -> bool:
    """Say whether a step can be written: of a draft every one, later what is open."""
    if application.status == Application.Status.DRAFT:
        return True
    return bool(application.opening) and key in (*open_step_keys(application.opening), StepKey.CHECK)


def open_labels(opening: Any, step: str | None = None) -> list[str]:
    """Return the names of what is open, in the reader's language; of one step, or of all."""
    labels = [
        str(part.label) for part in PARTS if part.key in opening.fields and step in (None, STEP_OF[part.key])
    ]
    if step in (None, StepKey.DOCUMENTS):
        labels += [document.name for document in opening.documents.all()]
    return labels
