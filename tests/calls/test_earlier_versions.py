"""Applications that were handed in before versions were kept get theirs by a migration."""

from importlib import import_module

from django.apps import apps
from django.db import connection
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from calls.services import submit_application, take_back_application, withdraw_application
from tests.factories import make_application, make_organization, make_user

MIGRATION = import_module("calls.migrations.0014_versions_of_earlier_applications")


def test_what_was_handed_in_before_becomes_a_version(call: Call, organizer: User) -> None:
    first = make_application(call=call, organization=make_organization(user=organizer))
    gone = make_application(call=call, organization=make_organization(user=make_user("anna")))
    withdraw_application(application=gone, by=gone.author, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE calls_applicationevent, calls_applicationversion CASCADE")

    MIGRATION.keep_versions(apps, None)
    MIGRATION.keep_versions(apps, None)

    kept = call.versions.order_by("sequence")
    assert [one.protocol_number for one in kept] == [first.protocol_number, gone.protocol_number]
    assert all(one.is_whole and one.number == 1 for one in kept)
    assert (kept[0].title, kept[0].body_name) == (first.title, first.organization.legal_name)
    assert [event.what for event in gone.events.all()] == ["submitted", "withdrawn"]
    # Life goes on: the next number follows.
    take_back_application(application=first, by=organizer, now=timezone.now())
    again = submit_application(application=first, by=organizer, now=timezone.now())
    assert again.protocol_number.endswith("-0003")
