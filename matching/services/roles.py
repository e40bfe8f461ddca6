"""The groups of the desk, made to say what the table of roles says."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps as current_apps
from django.db import transaction

from matching.roles import HOUSE, ROLES


class UnknownRight(Exception):
    """The table of roles names a right that no model has."""


@transaction.atomic
def write_roles(*, apps: Any = current_apps) -> int:
    """Give each role's group exactly the rights of the table, and return how many groups there are.

    A repetition changes nothing, and whoever is in a group stays in it. `apps` are those of a migration while it runs: the
    rows of rights, which Django makes only after the last migration, are made here. Raise UnknownRight.
    """
    groups = apps.get_model("auth", "Group").objects
    known = {right: (model, words) for right, model, words in _known_rights()}
    rows: dict[str, Any] = {}
    for role in ROLES:
        group, _made = groups.get_or_create(name=role.name)
        for right in role.rights():
            if right not in known:
                raise UnknownRight(right)
            if right not in rows:
                rows[right] = _permission(apps, right, *known[right])
        group.permissions.set([rows[right] for right in role.rights()])
    return len(ROLES)


def _known_rights() -> Iterator[tuple[str, str, str]]:
    """Yield each right of the house's models, the model's name and Django's words for it."""
    for app in HOUSE:
        for model in current_apps.get_app_config(app).get_models():
            meta = model._meta
            for action in meta.default_permissions:
                words = f"Can {action} {meta.verbose_name_raw}"
                yield f"{app}.{action}_{meta.model_name}", str(meta.model_name), words
            for codename, words in meta.permissions:
                yield f"{app}.{codename}", str(meta.model_name), str(words)


def _permission(apps: Any, right: str, model: str, words: str) -> Any:
    """Return the row of a right, made if it is not there yet."""
    app, codename = right.split(".")
    kinds = apps.get_model("contenttypes", "ContentType").objects
    kind, _made = kinds.get_or_create(app_label=app, model=model)
    rights = apps.get_model("auth", "Permission").objects
    return rights.get_or_create(content_type=kind, codename=codename, defaults={"name": words})[0]
