"""Read which parameters Stripe knows from the TypedDicts of the installed stripe-python.

An open enumeration (`Literal[...] | str`) is read as closed, so that a typing error is refused
here and not in production.
"""

import sys
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NotRequired, Required, get_args, get_origin

import stripe
import stripe.params
import stripe.params.checkout
import stripe.params.radar
from stripe._request_options import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

API_VERSION = str(stripe.api_version)
Schema = dict[str, Any]

OPTIONS = set(RequestOptions.__annotations__)
SCALARS: dict[Any, Schema] = {
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
}


@cache
def schema_for(name: str) -> Schema:
    """Return the closed JSON schema of a class in stripe.params, e.g. "checkout.SessionCreateParams"."""
    *folder, last = name.split(".")
    return _object(getattr(getattr(stripe.params, folder[0]) if folder else stripe.params, last))


def _object(cls: Any) -> Schema:
    module = sys.modules[cls.__module__]
    # The generated files import these names only while type checking.
    names = {
        **vars(typing), **vars(sys.modules[RequestOptions.__module__]), "StripeContext": object, "Decimal": Decimal,
        "UntypedStripeObject": stripe._stripe_object.UntypedStripeObject, **vars(module),
    }  # fmt: skip
    hints = get_type_hints(cls, globalns=names, include_extras=True)
    fields = {name: hint for name, hint in hints.items() if name not in OPTIONS}
    return {
        "type": "object",
        "properties": {name: _schema(hint) for name, hint in fields.items()},
        "required": [name for name, hint in fields.items() if get_origin(hint) is not NotRequired],
        "additionalProperties": False,
    }


def _schema(hint: Any) -> Schema:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (NotRequired, Required):
        return _schema(arguments[0])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if origin in (typing.Union, types.UnionType):
        return _union([one for one in arguments if "UntypedStripeObject" not in str(one)])
    if is_typeddict(hint):
        return _object(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    raise TypeError(f"stripe-python has a parameter type that is not understood: {hint!r}")


def _union(members: list[Any]) -> Schema:
    literals = [one for one in members if get_origin(one) is Literal]
    if literals and str in members and literals[0] != Literal[""]:
        members = [one for one in members if one is not str]
    schemas = [_schema(one) for one in members]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
