"""What was handed in stays as it was: versions, their numbers, their fingerprints, and what differs between them."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import User
from calls.content import content_of, told
from calls.models import Application, ApplicationEvent, ApplicationVersion, Call
from calls.services import (
    ApplicationChanged,
    WindowOver,
    digest_of,
    save_step,
    submit_application,
    take_back_application,
    withdraw_application,
)
from calls.version_differences import differences_between
from tests.factories import edit_body, make_application, make_call, make_draft_application, make_organization

What = ApplicationEvent.What


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return an application that was handed in."""
    return make_application(call=call, organization=make_organization(user=organizer))


def changed(application: Application, **fields: object) -> Application:
    """Take an application back, change it, and hand it in again."""
    by, now = application.author, timezone.now()
    take_back_application(application=application, by=by, now=now)
    save_step(application=application, key="project", values=fields, by=by, now=now)
    return submit_application(application=application, by=by, now=now)


def test_submit_application_keeps_a_version_under_its_own_number(application: Application) -> None:
    version = application.versions.get()

    assert version.protocol_number == application.protocol_number
    assert (version.number, version.sequence, version.kind) == (1, 1, "submission")
    assert (version.filed_at, version.filed_by) == (application.submitted_at, application.author)
    assert version.session == application.session
    assert version.content == json.loads(json.dumps(content_of(application)))
    assert len(version.code) == 16


def test_fingerprint_is_that_of_the_bytes_that_can_be_downloaded(application: Application) -> None:
    version = ApplicationVersion.objects.get()

    assert version.digest == hashlib.sha256(version.text).hexdigest() == digest_of(application)
    assert version.is_whole
    version.content["title"] = "Un forno di quartiere."
    assert not version.is_whole


def test_version_keeps_what_its_body_was_called(application: Application) -> None:
    name = application.organization.legal_name
    edit_body(organization=application.organization, legal_name="Un altro nome")

    assert application.versions.get().body_name == name


def test_resubmission_has_a_number_of_its_own_and_only_the_last_counts(application: Application) -> None:
    first = application.protocol_number

    again = changed(application, title="Due forni")

    versions = list(again.versions.order_by("number"))
    assert [version.number for version in versions] == [1, 2]
    assert [version.protocol_number[-4:] for version in versions] == ["0001", "0002"]
    assert versions[0].protocol_number == first
    assert again.protocol_number == versions[1].protocol_number
    assert [version.title for version in versions] == ["Un forno di quartiere", "Due forni"]
    assert [event.what for event in again.events.all()] == ["submitted", "taken_back", "submitted"]


def test_take_back_application_makes_a_draft_that_does_not_count(application: Application) -> None:
    taken = take_back_application(application=application, by=application.author, now=timezone.now())

    assert taken.status == Application.Status.DRAFT
    assert (taken.protocol_number, taken.submitted_at, taken.session) == (None, None, None)
    assert taken.events.latest("pk").version == taken.versions.get()


def test_take_back_application_to_the_last_second_of_the_window(application: Application) -> None:
    closes_at = application.session.closes_at

    with pytest.raises(WindowOver):
        take_back_application(application=application, by=application.author, now=closes_at)
    application.refresh_from_db()
    assert application.status == Application.Status.SUBMITTED

    last = closes_at - timedelta(seconds=1)
    assert take_back_application(application=application, by=application.author, now=last).status == "draft"


def test_withdraw_application_for_good_after_the_window(application: Application) -> None:
    late = application.session.closes_at + timedelta(days=1)

    withdrawn = withdraw_application(application=application, by=application.author, now=late)

    assert withdrawn.status == Application.Status.WITHDRAWN
    assert withdrawn.events.latest("pk").what == What.WITHDRAWN
    assert withdrawn.versions.count() == 1


def test_submit_application_of_something_else_than_was_read(call: Call, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    read, now = digest_of(draft), timezone.now()
    save_step(
        application=draft,
        key="project",
        values={"title": "Cambiato in un'altra finestra"},
        by=organizer,
        now=now,
    )

    with pytest.raises(ApplicationChanged):
        submit_application(application=draft, by=organizer, now=now, read=read)

    draft.refresh_from_db()
    assert draft.status == Application.Status.DRAFT
    assert not ApplicationVersion.objects.exists()
    assert submit_application(application=draft, by=organizer, now=now, read=digest_of(draft)).protocol_number


def test_differences_between_versions_name_what_changed_and_nothing_else(application: Application) -> None:
    changed(application, title="Due forni", campaign_text="Apriamo un forno.\n\nAnzi, due.")
    first, second = application.versions.order_by("number")

    with translation.override("en"):
        found = {d.label: (d.before, d.after) for d in differences_between(first, second)}

    assert found == {
        "Title": (["Un forno di quartiere"], ["Due forni"]),
        "Text for the citizens": ([], ["Anzi, due."]),
    }


def test_differences_between_versions_show_another_file_of_the_same_name(application: Application) -> None:
    file = {"requirement": "Statuto", "name": "statuto.pdf", "size": 2048}
    before = ApplicationVersion(content={}, files=[{**file, "sha256": "a" * 64}])
    after = ApplicationVersion(content={}, files=[{**file, "sha256": "b" * 64}])

    (only,) = differences_between(before, after)

    assert only.before[0].startswith("Statuto: statuto.pdf")
    assert only.before != only.after


def test_content_of_an_older_form_is_told_without_the_parts_it_did_not_have() -> None:
    with translation.override("en"):
        assert [(part.key, part.lines) for part in told({"title": "Un forno", "borough": 2})] == [
            ("title", ["Un forno"]),
            ("borough", ["Municipio 2"]),
        ]


@pytest.mark.parametrize("changes", [{"digest": "0" * 64}, {"content": {}}, {"protocol_number": "X"}])
def test_version_is_never_changed(application: Application, changes: dict) -> None:
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        application.versions.update(**changes)


def test_version_and_events_are_never_deleted(application: Application) -> None:
    for rows in (application.events.all(), application.versions.all()):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows._raw_delete("default")
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        application.events.update(reason="Altro")


def version_like(version: ApplicationVersion, **changes: object) -> ApplicationVersion:
    """Return an unsaved version that follows another one."""
    fields = {field.attname: getattr(version, field.attname) for field in version._meta.concrete_fields}
    follows = {"id": None, "number": 2, "sequence": 2, "protocol_number": "2027-01-9999", "code": "X" * 16}
    return ApplicationVersion(**{**fields, **follows, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sequence": 3}, "after the last"),
        ({"sequence": 1}, "after the last"),
        ({"number": 3}, "after the last"),
        ({"digest": "kurz"}, "version_digest_is_sha256"),
        ({"code": None}, "code"),
    ],
)
def test_version_constraints(application: Application, changes: dict, told: str) -> None:
    version = application.versions.get()

    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        version_like(version, **changes).save()
    version_like(version).save()


def test_version_belongs_to_the_call_of_its_application(application: Application, officer: User) -> None:
    other = make_call(officer=officer)

    with pytest.raises(IntegrityError, match="belongs to the call"), transaction.atomic():
        version_like(application.versions.get(), call_id=other.pk, sequence=1).save()


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("event_of_a_deposit_names_its_version", {"what": What.SUBMITTED}),
        ("event_of_a_deposit_names_its_version", {"what": What.TAKEN_BACK}),
        ("event_of_the_office_has_a_reason", {"what": What.ASKED}),
        ("event_of_the_office_has_a_reason", {"what": What.DESK_WROTE}),
    ],
)
def test_event_constraints(application: Application, constraint: str, fields: dict) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ApplicationEvent.objects.create(application=application, at=timezone.now(), **fields)
