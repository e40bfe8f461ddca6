"""The rule check: what the rules as they are typed promise, worked out by the functions that release the money."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from calls.admin_fields import AmountField
from calls.admin_forms import CallDeskForm
from calls.examples import example_of, worked_examples
from calls.models import Call
from calls.models.columns import RULES
from calls.services import Fault, rule_faults

#: What a promise is computed from.
NEEDED = ("threshold_bp", "grant_bp", "cap_cents", "cost_min_cents", "cost_max_cents")


def check_of_call(call: Call | None) -> dict[str, Any]:
    """Return what the rules of a call promise, and what contradicts in them; a new call has those it starts from."""
    if call is None:
        return {"examples": worked_examples(Call()), "rule_faults": []}
    return {"examples": worked_examples(call), "rule_faults": rule_faults(call)}


def check_of_input(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the rules typed on the desk's page promise, saved or not, with a cost of the officer's own."""
    values, faults = _typed_rules(data)
    own = AmountField(required=False)
    told: dict[str, Any] = {"typed": data.get("try_cost", ""), "rule_faults": faults}
    if all(name in values for name in NEEDED):
        call = Call(**values)
        told["examples"] = worked_examples(call)
        if not faults:
            told["rule_faults"] = rule_faults(call)
        try:
            cost = own.clean(data.get("try_cost", ""))
        except ValidationError as error:
            told["own_error"] = " ".join(error.messages)
        else:
            told["own"] = example_of(call, cost) if cost is not None else None
    return told


def _typed_rules(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """Return the rules that can be read, and one fault for each that cannot."""
    values: dict[str, Any] = {}
    faults = []
    for name, field in CallDeskForm().fields.items():
        if name not in RULES:
            continue
        try:
            values[name] = field.clean(field.widget.value_from_datadict(data, MultiValueDict(), name))
        except ValidationError as error:
            faults.append(Fault(name, f"{field.label}: {' '.join(error.messages)}"))
    return values, faults
