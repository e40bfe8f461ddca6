"""The step of the documents: with and without the page's script, for members, readers, strangers and officers."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from calls import services
from calls.models import Application, Attachment, Upload
from tests.factories import make_call, make_draft_application, make_organization, make_user
from tests.pages import browser_of, words_of
from tests.papers import make_pdf, make_picture, make_zip


@pytest.fixture
def draft(officer: User, organizer: User) -> Application:
    """Return an application of a call that asks for two documents."""
    call = make_call(officer=officer, documents=[{"name": "Statuto"}, {"name": "Lettere", "required": False}])
    return make_draft_application(call=call, organization=make_organization(user=organizer))


@pytest.fixture
def reader(draft: Application) -> User:
    """Return a member who may only read."""
    person = make_user("rita")
    Membership.objects.create(
        organization=draft.organization, user=person, role=Membership.Role.READER, created_at=timezone.now()
    )
    return person


def page(draft: Application) -> str:
    """Return the address of the step."""
    return reverse("calls:step_documents", args=[draft.public_id])


def sent(draft: Application, content: bytes, name: str = "statuto.pdf", **changes: Any) -> dict[str, Any]:
    """Return what a plain form sends."""
    asked = draft.call.document_requirements.first()
    return {"requirement": asked.pk, "replaces": "", "file": SimpleUploadedFile(name, content), **changes}


def begin(browser: Client, draft: Application, content: bytes, **changes: Any) -> Any:
    """Begin an upload as the page's script does."""
    asked = draft.call.document_requirements.first()
    about = {
        "requirement": asked.pk,
        "replaces": "",
        "name": "statuto.pdf",
        "size_bytes": len(content),
        "mark": "1",
        **changes,
    }
    return browser.post(
        reverse("calls:upload_begin", args=[draft.public_id]),
        json.dumps(about),
        content_type="application/json",
    )


def put(browser: Client, address: str, offset: int | str, piece: bytes) -> Any:
    """Send a piece."""
    return browser.put(
        address, piece, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)}
    )


def test_step_documents_asks_for_what_the_call_asks_for(draft: Application, organizer: User) -> None:
    answer = browser_of(organizer).get(page(draft))

    said = words_of(answer)
    assert "Statuto" in said and "Lettere" in said
    assert f'id="id_document_{draft.call.document_requirements.first().pk}"' in answer.content.decode()


def test_plain_form_keeps_the_file_and_shows_it(draft: Application, organizer: User) -> None:
    answer = browser_of(organizer).post(page(draft), sent(draft, make_pdf()), follow=True)

    kept = Attachment.objects.get()
    assert "«statuto.pdf» è arrivato ed è conservato." in words_of(answer)
    assert kept.sha256 in answer.content.decode()
    assert reverse("calls:document", args=[draft.public_id, kept.public_id]) in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"file": ""}, "Scegli un file."),
        ({"file": SimpleUploadedFile("a.pdf", make_zip("word/document.xml"))}, "documento di testo"),
        ({"requirement": "999999"}, ""),
        ({"requirement": "a"}, ""),
        ({"replaces": "00000000-0000-0000-0000-000000000000"}, "non c’è più"),
        ({"replaces": "x"}, ""),
    ],
)
def test_plain_form_that_is_wrong_says_why_and_keeps_what_is_there(
    draft: Application, organizer: User, changes: dict[str, Any], words: str
) -> None:
    browser = browser_of(organizer)
    browser.post(page(draft), sent(draft, make_picture(), "prima.jpg"))

    answer = browser.post(page(draft), sent(draft, make_pdf(), **changes))

    assert answer.status_code == 422
    assert words in words_of(answer) and "prima.jpg" in words_of(answer)
    assert Attachment.objects.count() == 1


def test_document_is_a_download_that_no_browser_makes_a_page_of(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    browser.post(page(draft), sent(draft, make_pdf(), "Perché no €.pdf"))
    kept = Attachment.objects.get()

    answer = browser.get(reverse("calls:document", args=[draft.public_id, kept.public_id]))

    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Perch%C3%A9%20no%20%E2%82%AC.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]


def test_document_belongs_to_members_and_officers(
    draft: Application, organizer: User, officer: User, reader: User, donor: User
) -> None:
    browser_of(organizer).post(page(draft), sent(draft, make_pdf()))
    address = reverse("calls:document", args=[draft.public_id, Attachment.objects.get().public_id])

    found = []
    for person in (organizer, reader, officer, donor, None):
        answer = browser_of(person).get(address)
        found.append(answer.status_code)
        # Read to its end, which closes the file.
        list(answer)

    assert found == [200, 200, 200, 404, 302]


def test_reader_writes_nothing_and_sees_no_form(draft: Application, organizer: User, reader: User) -> None:
    browser_of(organizer).post(page(draft), sent(draft, make_pdf()))
    kept = Attachment.objects.get()
    browser = browser_of(reader)

    assert 'type="file"' not in browser.get(page(draft)).content.decode()
    assert browser.post(page(draft), sent(draft, make_pdf())).status_code == 403
    for name in ("document_remove", "document_restore"):
        assert (
            browser.post(reverse(f"calls:{name}", args=[draft.public_id, kept.public_id])).status_code == 403
        )
    assert begin(browser, draft, b"x").status_code == 403
    assert Attachment.objects.get().is_current


def test_stranger_finds_nothing(draft: Application, donor: User) -> None:
    browser = browser_of(donor)

    assert browser.get(page(draft)).status_code == 404
    assert begin(browser, draft, b"x").status_code == 404
    assert begin(browser_of(None), draft, b"x").status_code == 401


def test_document_is_taken_away_and_put_back(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    browser.post(page(draft), sent(draft, make_pdf()))
    kept = Attachment.objects.get()

    gone = browser.post(reverse("calls:document_remove", args=[draft.public_id, kept.public_id]), follow=True)
    assert "1 file precedente" in words_of(gone)

    back = browser.post(
        reverse("calls:document_restore", args=[draft.public_id, kept.public_id]), follow=True
    )
    assert "è di nuovo presente" in words_of(back)
    assert Attachment.objects.get().is_current


def test_upload_in_pieces_is_asked_about_and_kept_once(draft: Application, organizer: User) -> None:
    browser, content = browser_of(organizer), make_pdf()
    begun = begin(browser, draft, content)
    address = begun.json()["address"]

    assert put(browser, address, 0, content[:100]).json() == {"offset": 100}
    wrong = put(browser, address, 0, content[:100])
    assert (wrong.status_code, wrong.json()) == (409, {"offset": 100})
    assert browser.post(address).json() == {"offset": 100}
    assert begin(browser, draft, content).json()["offset"] == 100
    assert "scegli di nuovo lo stesso file" in words_of(browser.get(page(draft)))
    assert put(browser, address, 100, content[100:]).json() == {"offset": len(content)}
    assert browser.post(address).json() == {"kept": True}
    assert [browser.get(address).json(), browser.post(address).json()] == [{"kept": True}, {"kept": True}]
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("offset", ["", "-1", "x", "1e3"])
def test_upload_with_an_offset_that_is_no_number_is_told_the_right_one(
    draft: Application, organizer: User, offset: str
) -> None:
    browser = browser_of(organizer)
    address = begin(browser, draft, make_pdf()).json()["address"]

    assert put(browser, address, offset, b"x").json() == {"offset": 0}


def test_piece_that_was_cut_on_its_way_does_not_count(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    address = begin(browser, draft, make_pdf()).json()["address"]

    answer = browser.generic(
        "PUT", address, b"abcdefghi", headers={"Upload-Offset": "0"}, **{"wsgi.input": io.BytesIO(b"abc")}
    )

    assert (answer.status_code, answer.json()) == (409, {"offset": 0})


def test_upload_is_given_up(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    address = begin(browser, draft, make_pdf()).json()["address"]

    browser.delete(address)

    assert not Upload.objects.exists()
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"requirement": 0}, {"size_bytes": "x"}, {"size_bytes": 0}, {"name": "\0"}, {"mark": "x" * 200}],
)
def test_upload_begin_with_nonsense_is_refused_with_words(
    draft: Application, organizer: User, changes: dict[str, Any]
) -> None:
    answer = begin(browser_of(organizer), draft, b"x", **changes)

    assert answer.status_code == 422 and answer.json()["words"]


def test_upload_that_has_stopped_is_given_up_without_the_script(
    draft: Application, organizer: User, reader: User
) -> None:
    begin(browser_of(organizer), draft, make_pdf())
    address = reverse("calls:upload_drop", args=[draft.public_id, Upload.objects.get().public_id])

    assert browser_of(reader).post(address).status_code == 403
    said = words_of(browser_of(organizer).post(address, follow=True))

    assert "Il caricamento di «statuto.pdf» è annullato." in said
    assert not Upload.objects.exists()


def test_upload_begin_without_json_is_refused(draft: Application, organizer: User) -> None:
    answer = browser_of(organizer).post(reverse("calls:upload_begin", args=[draft.public_id]), {"a": "b"})

    assert answer.status_code == 422


def test_wrong_file_in_pieces_says_why(draft: Application, organizer: User) -> None:
    browser, content = browser_of(organizer), make_zip("word/document.xml")
    address = begin(browser, draft, content).json()["address"]
    put(browser, address, 0, content)

    answer = browser.post(address)

    assert answer.status_code == 422
    assert "documento di testo" in answer.json()["words"] and "finisce in .pdf" in answer.json()["words"]


def test_submitted_application_is_read_only(draft: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    browser.post(page(draft), sent(draft, make_pdf()))
    services.submit_application(application=draft, by=organizer, now=timezone.now())
    kept = Attachment.objects.get()

    browser.post(page(draft), sent(draft, make_pdf()))
    browser.post(reverse("calls:document_remove", args=[draft.public_id, kept.public_id]))
    assert begin(browser, draft, b"x").status_code == 422

    assert Attachment.objects.get().is_current
