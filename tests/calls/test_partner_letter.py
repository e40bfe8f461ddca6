"""Signed letters of mandate: asked for by the call, sent by the partner or the lead partner, kept with the application."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call, Partner, PartnerConsent, PartnerLetter, Upload
from calls.services import (
    ApplicationRefused,
    LetterNotAsked,
    MayOnlyRead,
    TooManyLetters,
    begin_letter_upload,
    edit_partner,
    keep_letter,
    submit_application,
)
from calls.services.partner_letter import MOST_LETTERS, MOST_UPLOADS
from civicfund.papers import Unusable
from tests.calls.partnering import answer, invite, last_token, make_confirmed, make_partner
from tests.desk import desk_of, row_url, text_of
from tests.factories import make_call, make_draft_application, make_organization
from tests.pages import browser_of
from tests.papers import make_pdf, make_picture

SIGNED = make_pdf(mark=b"firmata")


@pytest.fixture
def signing(officer: User, db: None) -> Call:
    """Return a call that asks for signed letters."""
    return make_call(officer=officer, partner_letter=PartnerConsent.SIGNED)


@pytest.fixture
def draft(signing: Call, organizer: User) -> Application:
    """Return a draft that could be handed in but for its partners."""
    return make_draft_application(call=signing, organization=make_organization(user=organizer))


def keep(partner: Partner, by: User | None = None, content: bytes = SIGNED, **changes: Any) -> PartnerLetter:
    """Keep a letter."""
    fields = {"partner": partner, "pieces": [content], "name": "mandato firmato.pdf", "by": by}
    return keep_letter(**{**fields, "now": timezone.now(), **changes})


def faults_of(application: Application) -> list[str]:
    """Return what keeps an application from being handed in."""
    with pytest.raises(ApplicationRefused) as refused:
        submit_application(application=application, by=application.author, now=timezone.now())
    return refused.value.faults


def test_submission_names_the_partner_whose_letter_is_missing(draft: Application, organizer: User) -> None:
    first, second = make_confirmed(draft, 1), make_confirmed(draft, 2)
    keep(first, organizer)

    assert faults_of(draft) == [
        "Manca la lettera di mandato firmata di “Cooperativa 2”: caricala, o chiedi al partner di caricarla."
    ]

    keep(second)
    handed = submit_application(application=draft, by=organizer, now=timezone.now())
    files = handed.versions.get().files
    assert [file["requirement"] for file in files] == [
        "Lettera di mandato firmata: Cooperativa 1",
        "Lettera di mandato firmata: Cooperativa 2",
    ]
    assert [file["sha256"] for file in files] == [first.letters.get().sha256, second.letters.get().sha256]


def test_a_letter_holds_for_the_part_that_was_signed(draft: Application, organizer: User) -> None:
    partner = make_confirmed(draft)
    keep(partner, organizer)

    edit_partner(partner=partner, by=organizer, now=timezone.now(), part="Tiene anche la cassa.")
    answer(last_token(partner), version=2)

    assert len(faults_of(draft)) == 1
    assert PartnerLetter.objects.count() == 1 and not PartnerLetter.objects.current().exists()


def test_a_letter_takes_the_place_of_the_one_before(draft: Application, organizer: User) -> None:
    partner = make_confirmed(draft)
    first = keep(partner, organizer)

    second = keep(partner, None, make_picture("PNG"), name="foto.png")

    first.refresh_from_db()
    assert first.replaced_at == second.kept_at and PartnerLetter.objects.current().get() == second
    assert (second.kind, second.kept_by) == ("png", None)
    with second.file.open() as kept:
        assert second.sha256 == hashlib.sha256(kept.read()).hexdigest()


def test_keep_letter_again_changes_nothing(draft: Application, organizer: User) -> None:
    partner = make_confirmed(draft)
    kept = keep(partner, organizer)

    assert keep(partner, organizer, public_id=kept.public_id) == kept
    assert PartnerLetter.objects.count() == 1


def test_keep_letter_refuses(draft: Application, organizer: User, stranger: User) -> None:
    partner, no = make_confirmed(draft), answer(invite(make_partner(draft, 2)), takes_part=False)

    with pytest.raises(Unusable):
        keep(partner, organizer, b"MZ" + bytes(500))
    with pytest.raises(MayOnlyRead):
        keep(partner, stranger)
    with pytest.raises(LetterNotAsked):
        keep(no, organizer)
    assert not PartnerLetter.objects.exists()


@pytest.mark.parametrize(
    ("consent", "named", "confirmed"), [("none", 0, 0), ("online", 1, 0), ("signed", 2, 1)]
)
def test_call_says_what_each_partner_gives(
    officer: User, organizer: User, consent: str, named: int, confirmed: int
) -> None:
    call = make_call(officer=officer, partner_letter=consent)
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    partner = make_partner(draft)
    if named:
        assert len(faults_of(draft)) == named
        answer(invite(partner))
    if confirmed:
        assert len(faults_of(draft)) == confirmed
        keep(partner, organizer)
    elif consent != "signed":
        with pytest.raises(LetterNotAsked):
            keep(partner, organizer)

    submit_application(application=draft, by=organizer, now=timezone.now())


def test_a_named_partner_counts_for_the_limit_where_no_answer_is_asked(
    officer: User, organizer: User, stranger: User
) -> None:
    call = make_call(officer=officer, partner_letter=PartnerConsent.NONE, partner_applications_max=1)
    first = make_draft_application(call=call, organization=make_organization(user=organizer))
    second = make_draft_application(call=call, organization=make_organization(user=stranger))
    make_partner(first)
    make_partner(second)
    submit_application(application=first, by=organizer, now=timezone.now())

    assert "Cooperativa 1" in faults_of(second)[0]


def test_a_letter_that_was_on_its_way_at_the_deadline_counts(draft: Application, organizer: User) -> None:
    partner = make_confirmed(draft)
    deadline = draft.call.sessions.get().closes_at
    begun, late = deadline - timedelta(minutes=1), deadline + timedelta(minutes=2)
    keep(partner, organizer, begun_at=begun, now=late)

    handed = submit_application(application=draft, by=organizer, now=late)

    assert handed.status == Application.Status.SUBMITTED


def test_a_letter_begun_after_the_deadline_does_not_count(draft: Application, organizer: User) -> None:
    partner = make_confirmed(draft)
    deadline = draft.call.sessions.get().closes_at
    keep(partner, organizer, begun_at=deadline, now=deadline + timedelta(minutes=2))

    with pytest.raises(ApplicationRefused):
        submit_application(application=draft, by=organizer, now=deadline + timedelta(minutes=3))


def test_begin_letter_upload_goes_on_and_fills_no_disk(draft: Application) -> None:
    partner = make_confirmed(draft)
    told: dict[str, Any] = {"partner": partner, "name": "a.pdf", "size_bytes": 9, "by": None}
    now = timezone.now()

    first = begin_letter_upload(**told, mark="1", now=now)
    assert begin_letter_upload(**told, mark="1", now=now) == first
    for number in range(2, MOST_UPLOADS + 1):
        begin_letter_upload(**told, mark=str(number), now=now)
    with pytest.raises(TooManyLetters):
        begin_letter_upload(**told, mark="x", now=now)
    rows = [
        PartnerLetter(**letter_row(partner, replaced_at=now + timedelta(days=1)))
        for _one in range(MOST_LETTERS)
    ]
    for letter in rows:
        letter.save()
    with pytest.raises(TooManyLetters):
        keep(partner)


def in_pieces(browser: Client, begin: str, content: bytes = SIGNED) -> HttpResponse:
    """Send a letter as the page's script does."""
    told = {"name": "mandato.pdf", "size_bytes": len(content), "mark": "m", "replaces": ""}
    begun = browser.post(begin, json.dumps(told), "application/json")
    assert begun.status_code == 201, begun.content
    address, half = begun.json()["address"], len(content) // 2
    for start, end in ((0, half), (half, len(content))):
        piece = browser.put(address, content[start:end], headers={"upload-offset": str(start)})
        assert piece.json() == {"offset": end}
    again = browser.put(address, b"x", headers={"upload-offset": "0"})
    assert (again.status_code, again.json()) == (409, {"offset": len(content)})
    return browser.post(address)


def test_partner_sends_its_letter_in_pieces_by_its_link(draft: Application) -> None:
    partner, browser = make_partner(draft), Client()
    token = invite(partner)
    answer(token)

    sent = in_pieces(browser, reverse("calls:partner_own_letter_begin", args=[token]))

    assert (sent.status_code, sent.json()) == (201, {"kept": True})
    letter = PartnerLetter.objects.get()
    assert (letter.kept_by, letter.partner) == (None, partner) and not Upload.objects.exists()
    page = browser.get(reverse("calls:partner_answer", args=[token]))
    assert letter.sha256 in page.content.decode()
    given = browser.get(reverse("calls:partner_own_letter", args=[token]))
    assert given["Content-Disposition"].startswith("attachment")
    assert hashlib.sha256(given.getvalue()).hexdigest() == letter.sha256


def test_link_of_another_partner_reaches_no_upload(draft: Application) -> None:
    partner, other = make_partner(draft, 1), make_partner(draft, 2)
    tokens = invite(partner), invite(other)
    told = {"name": "m.pdf", "size_bytes": 10, "mark": "m"}
    begin = reverse("calls:partner_own_letter_begin", args=[tokens[0]])
    Client().post(begin, json.dumps(told), "application/json")
    upload = Upload.objects.get()

    theirs = reverse("calls:partner_own_upload", args=[tokens[1], upload.public_id])
    spent = reverse("calls:partner_own_upload", args=["niente", upload.public_id])

    assert Client().get(theirs).status_code == 404
    assert Client().get(spent).status_code == 422


def test_lead_partner_sends_a_letter_in_pieces_and_whole(draft: Application, organizer: User) -> None:
    partner, browser = make_confirmed(draft), browser_of(organizer)
    names = [draft.public_id, partner.public_id]

    sent = in_pieces(browser, reverse("calls:partner_letter_begin", args=names))
    assert sent.json() == {"kept": True}
    plain = browser.post(
        reverse("calls:partner_letter_keep", args=names), {"file": SimpleUploadedFile("b.pdf", make_pdf())}
    )

    assert plain.status_code == 302
    assert [one.kept_by for one in partner.letters.all()] == [organizer, organizer]
    page = browser.get(reverse("calls:step_partners", args=[draft.public_id])).content.decode()
    assert "b.pdf" in page and 'data-upload="/candidature/' in page
    refused = browser.post(
        reverse("calls:partner_letter_keep", args=names),
        {"file": SimpleUploadedFile("c.exe", b"MZ")},
        follow=True,
    )
    assert "c.exe" in refused.content.decode() and partner.letters.count() == 2


def test_letter_is_opened_by_members_and_officers_alone(
    draft: Application, organizer: User, stranger: User, officer: User
) -> None:
    partner = make_confirmed(draft)
    letter = keep(partner, organizer)
    address = reverse("calls:partner_letter", args=[draft.public_id, partner.public_id, letter.public_id])

    answers = {who: browser_of(who).get(address) for who in (organizer, officer, stranger)}
    assert [given.getvalue()[:4] for given in answers.values() if given.streaming] == [b"%PDF"] * 2

    assert [given.status_code for given in answers.values()] == [200, 200, 404]
    assert Client().get(address).status_code == 302
    submit_application(application=draft, by=organizer, now=timezone.now())
    assert address in desk_of(officer).get(row_url(draft)).content.decode()


@pytest.mark.parametrize("has_answered", [True, False])
def test_partner_s_page_is_read_only_once_the_application_is_handed_in(
    officer: User, organizer: User, has_answered: bool
) -> None:
    call = make_call(officer=officer, partner_letter=PartnerConsent.NONE)
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    token = invite(make_partner(draft))
    if has_answered:
        answer(token)
    submit_application(application=draft, by=organizer, now=timezone.now())
    address = reverse("calls:partner_answer", args=[token])

    page = Client(headers={"accept-language": "en"}).get(address)
    words = text_of(page)

    assert "The application is no longer a draft." in words and "Tiene i laboratori." in words
    assert ("Your answer" in words) == has_answered
    assert "Take my answer back" not in words and "Do you take part?" not in words
    sent = {"choice": "decline", "answered_by": "Eva", "acts_for_body": "on", "version": "1"}
    Client().post(address, sent)
    Client().post(reverse("calls:partner_take_back", args=[token]))
    assert Partner.objects.get().status == ("confirmed" if has_answered else "invited")


def letter_row(partner: Partner, **changes: Any) -> dict[str, Any]:
    """Return a letter's columns."""
    now = timezone.now()
    known = {"name": "a.pdf", "kind": "pdf", "size_bytes": 1, "sha256": "0" * 64, "came_sha256": "0" * 64}
    return {"partner": partner, "part_version": 1, "begun_at": now, "kept_at": now, **known, **changes}


@pytest.mark.parametrize(
    ("changes", "broken"),
    [
        ({"size_bytes": 0}, "partner_letter_not_empty"),
        ({"kind": "exe"}, "partner_letter_of_a_known_kind"),
        ({"begun_at": timezone.now() + timedelta(days=1)}, "partner_letter_begun_before_kept"),
        ({"replaced_at": timezone.now() - timedelta(days=1)}, "partner_letter_replaced_after_kept"),
    ],
)
def test_database_refuses_a_letter_that(draft: Application, changes: dict[str, Any], broken: str) -> None:
    with pytest.raises(IntegrityError, match=broken), transaction.atomic():
        PartnerLetter.objects.create(**letter_row(make_partner(draft), **changes))


def test_database_keeps_letters_as_they_were_sent(draft: Application) -> None:
    partner = make_partner(draft)
    letter = PartnerLetter.objects.create(**letter_row(partner))

    with pytest.raises(IntegrityError, match="partner_letter_one_in_force"), transaction.atomic():
        PartnerLetter.objects.create(**letter_row(partner))
    for change in (lambda rows: rows.update(name="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(PartnerLetter.objects.filter(pk=letter.pk))


@pytest.mark.parametrize("of", ["nothing", "both"])
def test_database_ties_an_upload_to_a_document_or_a_letter(draft: Application, of: str) -> None:
    partner, asked = make_partner(draft), draft.call.document_requirements.get()
    now = timezone.now()
    named = {"partner": partner, "requirement": asked} if of == "both" else {}

    with pytest.raises(IntegrityError, match="upload_is_a_document_or_a_letter"), transaction.atomic():
        Upload.objects.create(
            public_id="00000000-0000-4000-8000-000000000000",
            application=draft,
            name="x",
            mark="x",
            size_bytes=1,
            begun_at=now,
            touched_at=now,
            begun_by=draft.author,
            **named,
        )


def test_database_knows_an_upload_of_a_letter_once(draft: Application) -> None:
    upload = begin_letter_upload(
        partner=make_partner(draft), name="a", size_bytes=9, mark="m", by=None, now=timezone.now()
    )
    upload.pk, upload.public_id = None, "00000000-0000-4000-8000-000000000000"

    with pytest.raises(IntegrityError, match="upload_of_one_letter_once"), transaction.atomic():
        upload.save(force_insert=True)
