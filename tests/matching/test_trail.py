"""Whose changes the trail keeps: every table of the project is tracked or left out by name, and no secret gets in."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from civicfund.trail.triggers import OF_CHANGES, OF_ROWS, install
from matching.trail import KEPT, LEFT_OUT, TRACKED

#: Names of columns that hold a secret, or what a person may ask to be forgotten.
SECRET = re.compile(
    r"iban|digest|password|secret|sealed|link|token|tax_code|email|^name$|full_name|card_|holder|message"
)
#: Such columns whose values are kept, since they are no secret: a body's own data, a committee's act, a last hint.
OPEN = {
    "accounts.Organization": {"tax_code", "email"},
    "accounts.BankAccount": {"iban_last4"},
    "auth.Group": {"name"},
    "calls.Call": {"contact_email"},
    "calls.Theme": {"name"},
    "calls.Criterion": {"name"},
    "calls.DocumentRequirement": {"name"},
    "calls.SupportOffer": {"name"},
    "calls.Fund": {"name"},
    "accounts.OrganizationPaper": {"name"},
}


def test_every_model_is_tracked_or_left_out_with_its_reason() -> None:
    named = [one.model for one in TRACKED] + list(LEFT_OUT)
    models = [
        model._meta.label for model in apps.get_models(include_auto_created=True) if not model._meta.proxy
    ]

    assert sorted(named) == sorted(models)
    assert all(LEFT_OUT.values())


@pytest.mark.parametrize("label", KEPT)
def test_what_is_left_out_as_kept_refuses_every_change_itself(label: str) -> None:
    operations = {str(trigger.operation) for trigger in apps.get_model(label)._meta.triggers}

    assert "UPDATE OR DELETE" in operations


@pytest.mark.parametrize("one", TRACKED, ids=lambda one: one.model)
def test_law_names_columns_that_are_there_and_hides_secrets(one: Any) -> None:
    columns = {field.column for field in one.meta.concrete_fields}
    kept = columns - set(one.without) - set(one.hidden)

    assert set(one.without) | set(one.hidden) <= columns
    assert {name for name in kept if SECRET.search(name)} == OPEN.get(one.model, set())


@pytest.mark.django_db
def test_the_database_has_exactly_the_triggers_of_the_law() -> None:
    there = definitions()

    with connection.cursor() as cursor:
        install(cursor, TRACKED)

    assert there == definitions()
    assert len(there) == 2 * len(TRACKED)


def definitions() -> set[str]:
    """Return the triggers of the trail as PostgreSQL has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname IN (%s, %s)", [OF_CHANGES, OF_ROWS]
        )
        return {row[0] for row in cursor.fetchall()}
