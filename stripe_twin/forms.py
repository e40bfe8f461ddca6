"""Turn a form body or a query string into nested parameters."""

import re
from typing import Any
from urllib.parse import parse_qsl

from stripe_twin.errors import StripeRefusal

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def parse(text: str) -> dict[str, Any]:
    """Return nested dictionaries and lists of texts; `a[0][b]=c` and `a[][b]=c` are lists.

    Raises StripeRefusal when a key cannot be read.
    """
    root: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        match = KEY.fullmatch(key)
        if not match:
            raise StripeRefusal(f"Invalid parameter name: {key}", param=key)
        _insert(root, [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])], value, key)
    return {name: _listed(value) for name, value in root.items()}


def _insert(node: dict[str, Any], parts: list[str], value: str, key: str) -> None:
    for part in parts[:-1]:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise StripeRefusal(f"Invalid parameter: {key}", param=key)
    node[parts[-1] or str(len(node))] = value


def _listed(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    if node and all(name.isdigit() for name in node):
        return [_listed(node[name]) for name in sorted(node, key=int)]
    return {name: _listed(value) for name, value in node.items()}
