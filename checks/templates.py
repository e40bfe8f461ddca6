"""Check that every template compiles and that every address it names exists."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.base import FilterExpression, Template
from django.template.defaulttags import URLNode
from django.template.loader import get_template
from django.template.loader_tags import ExtendsNode, IncludeNode
from django.urls import URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Print what is wrong with the templates and return 1, or return 0."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
    django.setup()
    folder = ROOT / "templates"
    names = [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".html", ".txt")
    ]
    wrong = [fault for name in names for fault in faults(name)]
    for fault in wrong:
        print(fault)
    print(f"{len(names)} templates, {len(wrong)} faults", file=sys.stderr)
    return 1 if wrong else 0


def faults(name: str) -> Iterator[str]:
    """Yield one line for each thing wrong with a template."""
    try:
        template = get_template(name).template
    except TemplateSyntaxError as error:
        yield f"templates/{name} does not compile: {error}"
        return
    yield from template_faults(name, template)


def template_faults(name: str, template: Template) -> Iterator[str]:
    """Yield one line for each address or template that a compiled template names and that does not exist."""
    for node in template.nodelist.get_nodes_by_type(URLNode):
        address = constant(node.view_name)
        if address and not address_exists(address, len(node.args), set(node.kwargs)):
            given = ", ".join(sorted(node.kwargs)) or f"{len(node.args)} arguments"
            yield f"templates/{name} names an address that does not exist: {address} with {given}"
    for node in template.nodelist.get_nodes_by_type((IncludeNode, ExtendsNode)):
        other = constant(node.template if isinstance(node, IncludeNode) else node.parent_name)
        if other and not template_exists(other):
            yield f"templates/{name} names a template that does not exist: {other}"


def constant(expression: FilterExpression) -> str | None:
    """Return the text of an expression that is a plain string."""
    return expression.var if isinstance(expression.var, str) and not expression.filters else None


def template_exists(name: str) -> bool:
    """Say whether a template of this name is found."""
    try:
        get_template(name)
    except TemplateDoesNotExist:
        return False
    return True


def address_exists(address: str, positional: int, keywords: set[str]) -> bool:
    """Say whether a name with its namespaces takes these arguments."""
    *namespaces, name = address.split(":")
    resolver: URLResolver = get_resolver()
    known: set[str] = set()
    for namespace in namespaces:
        if namespace not in resolver.namespace_dict:
            return False
        prefix, resolver = resolver.namespace_dict[namespace]
        known |= set(getattr(prefix, "converters", {}))
    for possibilities, _pattern, defaults, _converters in resolver.reverse_dict.getlist(name):
        for _path, parameters in possibilities:
            wanted = set(parameters) - known
            if keywords and wanted - set(defaults) <= keywords <= wanted | set(defaults) | known:
                return True
            if not keywords and positional == len(wanted):
                return True
    return False


if __name__ == "__main__":
    raise SystemExit(main())
