"""The trail: what is written about a change, who is named, and that nobody rewrites it."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.models import Organization, User
from calls.models import Application, Call
from campaigns.models import Campaign
from civicfund.models import Change, ListExport
from civicfund.trail.context import command, page_of, program
from civicfund.turns import one_at_a_time
from donations.models import Donation
from tests import factories
from tests.desk import desk_of, row_url, take_step

pytestmark = pytest.mark.django_db


def last_of(row: Any) -> Change:
    """Return the last change of a row."""
    return Change.objects.of(row).select_related("actor")[0]


def test_a_step_of_the_desk_is_written_with_its_officer_its_reason_and_its_page(
    campaign: Campaign, officer: User
) -> None:
    take_step(desk_of(officer), row_url(campaign, "suspend"), reason="Manca un permesso.")

    change = last_of(campaign)
    assert (change.kind, change.model, change.row) == ("U", "campaigns.campaign", str(campaign.pk))
    assert (change.old["status"], change.new["status"]) == ("open", "suspended")
    assert (change.actor, change.reason, change.step) == (
        officer,
        "Manca un permesso.",
        "Suspend the campaign",
    )
    assert change.page == f"POST {row_url(campaign, 'suspend')}"
    assert change.program == "" and change.request is not None
    assert abs(timezone.now() - change.at).total_seconds() < 60


def test_changes_of_one_request_carry_its_number_and_another_request_has_another(
    officer: User, organizer: User
) -> None:
    desk = desk_of(officer)
    url = reverse("admin:accounts_user_change", args=[organizer.pk])
    inlines = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    fields = {"email": organizer.email, "full_name": organizer.full_name, "language": "en", "is_active": "on"}

    for groups in ([], [Group.objects.create(name="Un ruolo").pk]):
        answer = desk.post(url, {**fields, **inlines, "is_staff": "on", "groups": groups})
        assert answer.status_code == 302

    role, person = Change.objects.of(organizer).filter(actor=officer)
    assert (role.model, role.kind, person.new) == (
        "accounts.user_groups",
        "I",
        {"language": "en", "is_staff": True},
    )
    assert None is not role.request != person.request is not None


def test_a_task_is_written_by_its_name(campaign: Campaign) -> None:
    def rename() -> None:
        Campaign.objects.filter(pk=campaign.pk).update(title="Un altro titolo")

    one_at_a_time(rename)()

    change = last_of(campaign)
    assert change.program == f"{__name__}.rename"
    assert (change.actor, change.page) == (None, "")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (["manage.py", "forget_second_factor", "anna@example.org"], "manage.py forget_second_factor"),
        (["manage.py", "migrate"], ""),
    ],
)
def test_a_command_is_written_by_its_name_alone(donor: User, arguments: list[str], name: str) -> None:
    with command(arguments):
        User.objects.filter(pk=donor.pk).update(language="en")

    assert last_of(donor).program == name


def test_a_change_without_any_edge_is_written_too(donor: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_user SET language = 'en' WHERE id = %s", [donor.pk])

    change = last_of(donor)
    assert change.new == {"language": "en"}
    assert (change.actor, change.page, change.program, change.request) == (None, "", "", None)


def test_secrets_are_named_and_not_kept(donor: User) -> None:
    donor.set_password("una-parola-nuova")
    donor.email, donor.full_name = "nuova@example.org", "Nome Nuovo"
    donor.save()
    User.objects.filter(pk=donor.pk).update(last_login=timezone.now())

    change = last_of(donor)
    assert change.new == change.old == {"password": None, "email": None, "full_name": None}


def test_a_removed_row_leaves_what_it_said(call: Call, officer: User) -> None:
    draft = factories.make_draft_call()
    theme = draft.themes.create(name="Sport")
    theme_number = theme.pk

    theme.delete()

    change = last_of(draft)
    assert (change.kind, change.model, change.row) == ("D", "calls.theme", str(theme_number))
    assert change.old["name"] == "Sport"


def test_a_draft_is_its_authors_alone(call: Call, organizer: User) -> None:
    body = factories.make_organization(user=organizer)
    draft = factories.make_draft_application(call=call, organization=body)

    Application.objects.filter(pk=draft.pk).update(title="Una bozza segreta")

    assert not any("segreta" in json.dumps(change.new) for change in Change.objects.of(draft))
    assert {change.kind for change in Change.objects.of(draft).filter(model="calls.application")} == {"I"}


def test_of_gifts_only_what_people_change_is_written(campaign: Campaign) -> None:
    gift = factories.give(campaign=campaign, amount_cents=5000)
    before = Change.objects.of(gift).count()

    Donation.objects.filter(pk=gift.pk).update(show_name=not gift.show_name, checkout_url="x")
    with program("donations.tasks.apply_events"):
        Donation.objects.filter(pk=gift.pk).update(show_name=gift.show_name)

    assert Change.objects.of(gift).count() == before + 1
    assert set(last_of(gift).new) == {"show_name"}
    assert not Change.objects.of(gift).filter(kind="I").exists()


def test_the_address_of_a_page_that_is_a_key_is_not_kept(rf: RequestFactory) -> None:
    address = reverse("accounts:invitation", args=["un-segreto-lungo"])
    request = rf.post(address + "?x=altro")
    request.resolver_match = resolve(address)

    assert "segreto" not in page_of(request) and "altro" not in page_of(request)
    desk = rf.post("/gestione/calls/call/7/change/?next=x")
    desk.resolver_match = resolve("/gestione/calls/call/7/change/")
    assert page_of(desk) == "/gestione/calls/call/7/change/"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE civicfund_change SET reason = 'x'",
        "DELETE FROM civicfund_change",
        "TRUNCATE civicfund_change",
        "INSERT INTO civicfund_change (at, kind, model, row, old, new) VALUES (now(), 'U', 'x', '1', '{}', '{}')",
        "UPDATE civicfund_listexport SET row_count = 0",
        "DELETE FROM civicfund_listexport",
        "TRUNCATE civicfund_listexport",
        "ALTER TABLE civicfund_change DISABLE TRIGGER ALL",
        "ALTER TABLE campaigns_campaign DISABLE TRIGGER trail_of_changes",
        "DROP TRIGGER trail_of_changes ON campaigns_campaign",
        "CREATE OR REPLACE FUNCTION trail_writes() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql",
    ],
)
def test_the_application_can_neither_forge_nor_change_nor_stop_the_trail(donor: User, statement: str) -> None:
    call_command("prepare_database", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE civicfund_app")
        with pytest.raises(ProgrammingError, match=r"permission|must be owner"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")


def test_the_trail_is_written_for_the_applications_own_role(donor: User) -> None:
    call_command("prepare_database", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE civicfund_app")
        User.objects.filter(pk=donor.pk).update(language="en")
        cursor.execute("RESET ROLE")

    assert last_of(donor).new == {"language": "en"}


def test_not_even_the_owner_changes_a_line_in_passing(donor: User) -> None:
    ListExport.objects.create(by=donor, at=timezone.now(), model="calls.call", row_count=1, format="csv")

    for rows in (Change.objects.all(), ListExport.objects.all()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("civicfund_change", "civicfund_listexport"):
        with (
            pytest.raises(DatabaseError, match="kept for ever"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"TRUNCATE {table}")


def test_organizations_are_tracked_with_their_parts(organizer: User) -> None:
    body = factories.make_organization(user=organizer)
    Organization.objects.filter(pk=body.pk).update(website="https://example.org")

    assert last_of(body).new == {"website": "https://example.org"}
    assert Change.objects.of(body).filter(model="accounts.membership", kind="I").exists()
