"""What changes of a body's record and among its people is kept, and officers correct a record with a reason."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Membership, Organization, OrganizationChange, User
from accounts.services import (
    NothingCorrected,
    NotNeutral,
    OrganizationExists,
    ReasonMissing,
    accept_invitation,
    change_role,
    correct_organization,
    edit_organization,
    invite_person,
    leave_organization,
    remove_member,
)
from tests.accounts.acting import confirmed, link_to, member, token_of
from tests.desk import desk_of, officer_with, row_url, take_step, text_of
from tests.factories import make_organization, make_user, tax_code_of
from tests.pages import browser_of

What = OrganizationChange.What
RIGHTS = ("accounts.view_organization", "accounts.correct_organization")


@pytest.fixture
def body(organizer: User) -> Organization:
    """Return a body with one owner."""
    return make_organization(user=organizer)


@pytest.fixture
def clerk(db: None) -> User:
    """Return an officer who may correct records and nothing else."""
    return officer_with(*RIGHTS)


def correct(body: Organization, clerk: User, **changes: Any) -> Organization:
    """Correct the record."""
    fields = {"organization": body, "reason": "Come nel RUNTS.", "by": clerk, "now": timezone.now()}
    return correct_organization(**{**fields, **changes})


def changes_of(body: Organization) -> list[tuple[str, str, str, str]]:
    """Return the changes of a body after its founding, the oldest first."""
    rows = body.changes.exclude(what=What.FOUNDED).order_by("pk")
    return [(row.what, str(row.person or row.column), row.old, row.new) for row in rows]


def test_every_way_in_and_out_is_kept(body: Organization, organizer: User) -> None:
    now, ada = timezone.now(), confirmed(make_user("ada"))
    invite_person(organization=body, email=ada.email, role="editor", by=organizer, now=now)
    membership = accept_invitation(token=token_of(link_to(ada.email)), by=ada, now=now)
    change_role(membership=membership, role=Membership.Role.READER, by=organizer, now=now)
    leave_organization(organization=body, by=ada, now=now)
    bea = member(body, "editor", "bea")
    remove_member(membership=body.memberships.get(user=bea), by=organizer, now=now)

    founded = body.changes.get(what=What.FOUNDED)

    assert (founded.person, founded.new) == (organizer, "owner")
    assert changes_of(body) == [
        ("joined", "Ada", "", "editor"),
        ("role", "Ada", "editor", "reader"),
        ("left", "Ada", "reader", ""),
        ("removed", "Bea", "editor", ""),
    ]
    assert body.changes.get(what=What.REMOVED).by == organizer


def test_what_an_owner_edits_is_kept_datum_by_datum(body: Organization, organizer: User) -> None:
    edit_organization(
        organization=body, by=organizer, now=timezone.now(), address="Via Nuova 2", city="Milano"
    )

    assert changes_of(body) == [("edited", "address", "Via Padova 1", "Via Nuova 2")]


def test_an_officer_corrects_a_record_and_the_members_read_why(
    body: Organization, clerk: User, organizer: User
) -> None:
    code, other = tax_code_of(800_001), member(body, "reader", "bea")
    before = body.tax_code

    correct(body, clerk, tax_code=code, kind="odv", city="Milano")

    body.refresh_from_db()
    assert (body.tax_code, body.kind) == (code, "odv")
    assert changes_of(body) == [("corrected", "tax_code", before, code), ("corrected", "kind", "aps", "odv")]
    assert {row.reason for row in body.changes.filter(what=What.CORRECTED)} == {"Come nel RUNTS."}
    mails = Mail.objects.filter(key__startswith="organization_corrected:")
    assert {mail.recipient for mail in mails} == {organizer.email, other.email}
    assert all(word in mails[0].body for word in (before, code, "Come nel RUNTS.", str(clerk)))


def test_correct_organization_refuses(body: Organization, clerk: User, organizer: User) -> None:
    taken = make_organization(user=organizer)
    Membership.objects.create(
        organization=taken, user=clerk, role=Membership.Role.READER, created_at=timezone.now()
    )

    with pytest.raises(ReasonMissing):
        correct(body, clerk, reason=" ", city="Roma")
    with pytest.raises(NothingCorrected):
        correct(body, clerk, city=body.city)
    with pytest.raises(OrganizationExists):
        correct(body, clerk, tax_code=taken.tax_code)
    for who, whose in ((clerk, taken), (organizer, body), (make_user("other", is_staff=True), body)):
        with pytest.raises(NotNeutral):
            correct(whose, who, city="Roma")
    assert changes_of(body) == changes_of(taken) == []
    assert not Mail.objects.filter(key__startswith="organization_corrected:").exists()


def typed(body: Organization, **changes: str) -> dict[str, str]:
    """Return the step's page as a browser sends it."""
    names = ("legal_name", "kind", "tax_code", "address", "city", "pec", "email", "rea_number")
    return {**{name: getattr(body, name) for name in names}, "reason": "Refuso nel codice.", **changes}


def test_desk_tells_what_changes_before_it_corrects(body: Organization, clerk: User) -> None:
    desk, url, code = desk_of(clerk), row_url(body, "correct"), tax_code_of(800_002)
    before = body.tax_code

    told = desk.post(url, {**typed(body, tax_code=code), "runts_number": "123456", "preview": "1"})
    assert f"{before} → {code}" in text_of(told)
    body.refresh_from_db()
    assert body.tax_code == before
    done = take_step(desk, url, **typed(body, tax_code=code, runts_number="123456"))

    body.refresh_from_db()
    assert body.tax_code == code, text_of(done)
    assert code in text_of(done) and "Refuso nel codice." in text_of(done)


@pytest.mark.parametrize(
    "wrong", [{"tax_code": "12345678901"}, {"reason": ""}, {"legal_name": ""}, {"kind": "msme"}, {"pec": "x"}]
)
def test_desk_corrects_nothing_into_a_record_that_could_not_be_registered(
    body: Organization, clerk: User, wrong: dict[str, str]
) -> None:
    sent = {**typed(body, runts_number="123456", city="Roma"), **wrong}

    answer = desk_of(clerk).post(row_url(body, "correct"), {**sent, "seen": "x"})

    assert answer.status_code == 200 and changes_of(body) == []


def test_desk_offers_the_step_to_those_who_may(body: Organization) -> None:
    reader = desk_of(officer_with("accounts.view_organization"))

    assert row_url(body, "correct") not in reader.get(row_url(body)).content.decode()
    assert reader.post(row_url(body, "correct"), typed(body)).status_code in (302, 403)
    assert changes_of(body) == []


def test_every_member_reads_what_has_changed(body: Organization, clerk: User, organizer: User) -> None:
    reader = member(body, "reader", "bea")
    correct(body, clerk, address="Via Nuova 2", representative_tax_code="RSSMRA80A01F205X")
    address = reverse("accounts:organization_changes", args=[body.public_id])

    pages = {who: browser_of(who).get(address).content.decode() for who in (organizer, reader)}

    for page in pages.values():
        assert "Via Padova 1" in page and "Via Nuova 2" in page and "Come nel RUNTS." in page
    assert "RSSMRA80A01F205X" in pages[organizer] and "RSSMRA80A01F205X" not in pages[reader]
    assert address in browser_of(reader).get(body.get_absolute_url()).content.decode()


def row(body: Organization, by: User, **changes: Any) -> OrganizationChange:
    """Write a change past the services."""
    fields = {
        "organization": body,
        "what": "edited",
        "at": timezone.now(),
        "by": by,
        "column": "city",
        "new": "x",
    }
    return OrganizationChange.objects.create(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"column": ""}, "is_of_a_datum_or_a_person"),
        ({"new": ""}, "is_of_a_datum_or_a_person"),
        ({"what": "left"}, "is_of_a_datum_or_a_person"),
        ({"what": "corrected"}, "correction_has_reason"),
    ],
)
def test_database_refuses_a_change_that(
    body: Organization, organizer: User, changes: dict[str, Any], broken: str
) -> None:
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        row(body, organizer, **changes)


def test_database_keeps_changes_as_they_were_written(body: Organization, organizer: User) -> None:
    kept = row(body, organizer)

    for change in (lambda rows: rows.update(new="y"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(OrganizationChange.objects.filter(pk=kept.pk))
