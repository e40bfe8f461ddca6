"""Check and convert the parameters of a request against a schema, and name the one at fault."""

import re
from typing import Any

from stripe_twin.errors import StripeRefusal, bad_param
from stripe_twin.schemas import Schema

INTEGER = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


def checked(value: Any, schema: Schema, param: str = "") -> Any:
    """Return the value with its texts converted to the types of the schema.

    Raises StripeRefusal, naming the parameter as Stripe does (`a[b][0][c]`).
    """
    if "anyOf" in schema:
        return _any(value, schema["anyOf"], param)
    if "enum" in schema:
        if value not in schema["enum"]:
            choices = ", ".join(str(one) or "''" for one in schema["enum"])
            raise bad_param(f"Invalid {param}: must be one of {choices}", param)
        return value
    if schema["type"] == "object":
        return _object(value, schema, param)
    if schema["type"] == "array":
        if value == "":
            return []
        if not isinstance(value, list):
            raise bad_param("Invalid array", param)
        return [checked(one, schema["items"], f"{param}[{index}]") for index, one in enumerate(value)]
    return _scalar(value, schema["type"], param)


def _any(value: Any, alternatives: list[Schema], param: str) -> Any:
    refusals = []
    for one in alternatives:
        try:
            return checked(value, one, param)
        except StripeRefusal as refusal:
            refusals.append(refusal)
    # The refusal that looked deepest into the value tells the caller most.
    raise max(refusals, key=lambda refusal: len(refusal.param or ""))


def _object(value: Any, schema: Schema, param: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_param("Invalid object", param)
    known, rest = schema.get("properties", {}), schema["additionalProperties"]
    result = {}
    for name, one in value.items():
        path = f"{param}[{name}]" if param else name
        if name in known:
            result[name] = checked(one, known[name], path)
        elif rest:
            result[name] = checked(one, rest, path)
        else:
            raise bad_param(f"Received unknown parameter: {path}", path, "parameter_unknown")
    for name in schema.get("required", ()):
        if name not in value:
            path = f"{param}[{name}]" if param else name
            raise bad_param(f"Missing required param: {path}.", path, "parameter_missing")
    return result


def _scalar(value: Any, kind: str, param: str) -> Any:
    if not isinstance(value, str):
        raise bad_param("Invalid string" if kind == "string" else f"Invalid {kind}", param)
    if kind == "integer":
        if not INTEGER.fullmatch(value):
            raise bad_param(f"Invalid integer: {value}", param, "parameter_invalid_integer")
        return int(value)
    if kind == "boolean":
        if value not in ("true", "false"):
            raise bad_param(f"Invalid boolean: {value}", param)
        return value == "true"
    if kind == "number" and not NUMBER.fullmatch(value):
        raise bad_param(f"Invalid decimal: {value}", param)
    return value


def check_metadata(metadata: Any, param: str = "metadata") -> dict[str, str]:
    """Return the metadata within Stripe's limits: 50 keys of 40 characters, values of 500."""
    pairs: dict[str, str] = metadata or {}
    if len(pairs) > 50:
        raise bad_param("Metadata cannot have more than 50 keys.", param)
    for key, value in pairs.items():
        if len(key) > 40:
            raise bad_param("Metadata keys can be at most 40 characters long.", f"{param}[{key}]")
        if len(value) > 500:
            raise bad_param("Metadata values can be at most 500 characters long.", f"{param}[{key}]")
    return {key: value for key, value in pairs.items() if value != ""}
