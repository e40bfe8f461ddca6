"""A body that never registered comes to the counter: registered with a reason, written for, later taken over by its people."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Claim, Mail, Organization, OrganizationChange, User
from accounts.services import OrganizationExists, ReasonMissing, create_organization
from calls.models import Applicant, Application, Call
from calls.services import NotAnOfficer, register_at_counter
from tests.desk import desk_of, officer_with, row_url, seen_on, take_step, text_of
from tests.factories import make_user, tax_code_of
from tests.pages import browser_of, words_of
from tests.papers import make_pdf

RIGHTS = ("calls.change_draft", "calls.change_applicant")
REASON = "La presidente è venuta allo sportello con lo statuto."
RECORD = {
    "legal_name": "Circolo delle Rose",
    "kind": "non_profit",
    "tax_code": tax_code_of(880_001),
    "address": "Via delle Rose 3",
    "postcode": "20127",
    "city": "Milano",
    "province": "MI",
    "representative_name": "Ada Verdi",
    "representative_tax_code": "RSSMRA85T10A562S",
    "representative_since": "2024-05-02",
    "pec": "rose@pec.example.org",
    "email": "circolo@example.org",
}
ADD = "admin:calls_applicant_add"


@pytest.fixture
def clerk(db: None) -> User:
    """Return an officer who may write for bodies and nothing else."""
    return officer_with(*RIGHTS)


def register(clerk: User, **changes: Any) -> Organization:
    """Register the body at the counter."""
    given = {**RECORD, "reason": REASON, "by": clerk, "now": timezone.now(), **changes}
    return register_at_counter(**given)


def test_counter_registers_marks_and_tells_the_body_itself(clerk: User) -> None:
    body = register(clerk)

    assert (body.registered_by, body.members.count()) == (clerk, 0)
    change = body.changes.get()
    assert (change.what, change.by, change.reason) == (OrganizationChange.What.COUNTER, clerk, REASON)
    mails = Mail.objects.filter(key__startswith="organization_registered:")
    assert sorted(mail.recipient for mail in mails) == ["circolo@example.org", "rose@pec.example.org"]
    assert REASON in mails[0].body and str(body.public_id) in mails[0].body


def test_counter_refuses(clerk: User, organizer: User) -> None:
    with pytest.raises(NotAnOfficer):
        register(officer_with("calls.change_draft"))
    with pytest.raises(ReasonMissing):
        register(clerk, reason=" ")
    create_organization(user=organizer, now=timezone.now(), **RECORD)
    with pytest.raises(OrganizationExists):
        register(clerk)


def test_the_desk_registers_begins_and_the_people_take_over(call: Call, clerk: User, officer: User) -> None:
    desk = desk_of(clerk)
    add = reverse(ADD)
    assert add in desk.get(reverse("admin:calls_applicant_changelist")).content.decode()
    empty = desk.post(add, {**RECORD, "reason": "", "tax_code": "1"})
    assert empty.status_code == 200 and not Organization.objects.exists()

    page = desk.post(add, {**RECORD, "website": "", "description": "", "reason": REASON}, follow=True)

    body = Organization.objects.get()
    assert body.registered_by == clerk and str(clerk) in text_of(page), text_of(page)
    begin = row_url(Applicant.objects.get(), "begin")
    told = text_of(desk.get(begin))
    assert "Nobody acts for this organization yet" in told
    typed = {"call": call.pk, "title": "Le rose", "reason": REASON}
    desk.post(begin, {**typed, "seen": seen_on(desk.get(begin))})
    draft = Application.objects.get()
    assert Mail.objects.filter(key__startswith="desk_wrote:", recipient=body.email).count() == 1

    # One of its people registers later, is told that the body is there, and shows the proof.
    person = make_user("rosa@example.org")
    browser = browser_of(person)
    taken = browser.post(reverse("accounts:organization_create"), RECORD)
    claim = reverse("accounts:claim_create", args=[body.public_id])
    assert claim in taken.content.decode()
    proof = SimpleUploadedFile("verbale.pdf", make_pdf())
    browser.post(claim, {"words": "Sono la presidente dal 2024.", "proof": proof})
    asked = Claim.objects.get()
    desk = desk_of(officer)
    decision = desk.get(row_url(asked, "accept"))
    assert decision.context["form"]["role"].value() == "owner" and str(clerk) in text_of(decision)
    take_step(desk, row_url(asked, "accept"), role="owner", reason="Verbale di nomina.")
    assert body.memberships.get().is_owner
    assert draft.title in words_of(browser.get(reverse("calls:application_list")))
    story = words_of(browser.get(reverse("accounts:organization_changes", args=[body.public_id])))
    assert "allo sportello" in story and REASON in story


def test_a_claim_on_a_body_with_owners_begins_with_the_editor(organizer: User, officer: User) -> None:
    body = create_organization(user=organizer, now=timezone.now(), **RECORD)
    browser = browser_of(make_user("rosa@example.org"))
    proof = SimpleUploadedFile("verbale.pdf", make_pdf())
    claim = reverse("accounts:claim_create", args=[body.public_id])
    browser.post(claim, {"words": "Sono la segretaria.", "proof": proof})

    page = desk_of(officer).get(row_url(Claim.objects.get(), "accept"))

    assert page.context["form"]["role"].value() == "editor"


def test_registering_at_the_counter_has_a_reason(clerk: User) -> None:
    body = register(clerk)

    with pytest.raises(IntegrityError, match="has_reason"), transaction.atomic():
        OrganizationChange.objects.create(
            organization=body, what="counter", at=timezone.now(), by=clerk, person=clerk
        )
