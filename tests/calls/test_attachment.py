"""Documents of an application: kept at once, in pieces or whole, with their history and their deadlines."""

import hashlib
import tracemalloc
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from calls import services, tasks
from calls.models import Application, Attachment, Call, Upload
from calls.services.application_faults import application_faults
from civicfund.papers import Unusable, private_files
from civicfund.papers.examination import _write
from tests.factories import make_call, make_draft_application, make_organization
from tests.papers import make_pdf

HALF = 100


@pytest.fixture
def asking(officer: User) -> Call:
    """Return a call that asks for one document and would like another."""
    return make_call(officer=officer, documents=[{"name": "Statuto"}, {"name": "Lettere", "required": False}])


@pytest.fixture
def draft(asking: Call, organizer: User) -> Application:
    """Return an application without documents."""
    return make_draft_application(call=asking, organization=make_organization(user=organizer))


def keep(draft: Application, by: User, **changes: Any) -> Attachment:
    """Keep a document of an application."""
    fields = {
        "pieces": [make_pdf(mark=uuid.uuid4().hex.encode())],
        "name": "statuto.pdf",
        "now": timezone.now(),
        **changes,
    }
    return services.keep_attachment(
        application=draft, requirement=draft.call.document_requirements.first(), by=by, **fields
    )


def begin(draft: Application, by: User, content: bytes, **changes: Any) -> Upload:
    """Begin to send a document in pieces."""
    fields = {
        "name": "statuto.pdf",
        "mark": "1-statuto.pdf",
        "now": timezone.now(),
        "size_bytes": len(content),
        **changes,
    }
    return services.begin_upload(
        application=draft, requirement=draft.call.document_requirements.first(), by=by, **fields
    )


def faults(draft: Application) -> list[str]:
    """Return for which fields of the documents something is missing."""
    found = application_faults(Application.objects.get(pk=draft.pk), draft.call)
    return [fault.field for fault in found if fault.step == "documents"]


def pieces_of(upload: Upload) -> list[str]:
    """Return the names of the pieces that lie in the storage."""
    try:
        return sorted(private_files().listdir(f"uploads/{upload.public_id}")[1])
    except FileNotFoundError:
        return []


def test_document_that_is_required_is_missing_until_it_is_there(draft: Application, organizer: User) -> None:
    asked = draft.call.document_requirements.first()
    assert faults(draft) == [f"document_{asked.pk}"]

    kept = keep(draft, organizer)
    assert faults(draft) == []

    services.remove_attachment(attachment=kept, by=organizer, now=timezone.now())
    assert faults(draft) == [f"document_{asked.pk}"]


def test_keep_attachment_keeps_both_fingerprints_and_the_file(draft: Application, organizer: User) -> None:
    content = make_pdf()

    kept = keep(draft, organizer, pieces=[content[:50], content[50:]])

    with kept.file.open("rb") as opened:
        assert hashlib.sha256(opened.read()).hexdigest() == kept.sha256
    assert kept.came_sha256 == hashlib.sha256(content).hexdigest()
    assert str(kept.public_id) in kept.file.name and "statuto" not in kept.file.name


def test_keep_attachment_leaves_no_file_when_its_row_cannot_be_written(
    draft: Application, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = uuid.uuid4()
    monkeypatch.setattr(Attachment, "save", lambda self: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        keep(draft, organizer, public_id=number)

    assert not private_files().exists(f"documents/{number}.pdf")


def test_replaced_document_stays_in_the_history_and_can_be_put_back(
    draft: Application, organizer: User
) -> None:
    first = keep(draft, organizer)

    second = keep(draft, organizer, replaces=first)

    first.refresh_from_db()
    assert (first.is_current, first.removed_by, second.is_current) == (False, organizer, True)
    assert first.file.storage.exists(first.file.name)
    assert services.restore_attachment(attachment=first, by=organizer, now=timezone.now()).is_current


def test_documents_are_fixed_once_the_application_is_handed_in(draft: Application, organizer: User) -> None:
    kept = keep(draft, organizer)
    upload = begin(draft, organizer, make_pdf())
    services.submit_application(application=draft, by=organizer, now=timezone.now())

    for change in (
        lambda: keep(draft, organizer),
        lambda: begin(draft, organizer, b"x"),
        lambda: services.append_piece(upload=upload, offset=0, piece=b"x", now=timezone.now()),
        lambda: services.remove_attachment(attachment=kept, by=organizer, now=timezone.now()),
        lambda: services.restore_attachment(attachment=kept, by=organizer, now=timezone.now()),
    ):
        with pytest.raises(services.ApplicationClosed):
            change()


def test_application_takes_no_more_files_than_it_may(
    draft: Application, organizer: User, settings: Any
) -> None:
    settings.DOCUMENTS_MOST = 1
    first = keep(draft, organizer)

    with pytest.raises(services.TooManyDocuments):
        keep(draft, organizer)
    with pytest.raises(services.TooManyDocuments):
        begin(draft, organizer, b"x")
    assert keep(draft, organizer, replaces=first).is_current


def test_upload_arrives_in_pieces_and_is_what_was_sent(draft: Application, organizer: User) -> None:
    content = make_pdf()
    upload = begin(draft, organizer, content)

    for offset in range(0, len(content), HALF):
        upload = services.append_piece(
            upload=upload, offset=offset, piece=content[offset : offset + HALF], now=timezone.now()
        )
    kept = services.finish_upload(upload=upload, by=organizer, now=timezone.now())

    assert kept.came_sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.public_id, kept.begun_at) == (upload.public_id, upload.begun_at)
    assert not Upload.objects.exists()
    assert pieces_of(upload) == []


def test_upload_goes_on_after_a_reload_and_in_two_windows(draft: Application, organizer: User) -> None:
    content = make_pdf()
    here = begin(draft, organizer, content)
    services.append_piece(upload=here, offset=0, piece=content[:HALF], now=timezone.now())

    there = begin(draft, organizer, content)

    assert (there.pk, there.received_bytes) == (here.pk, HALF)
    with pytest.raises(services.WrongOffset) as wrong:
        services.append_piece(upload=here, offset=0, piece=content[:HALF], now=timezone.now())
    assert wrong.value.received_bytes == HALF


@pytest.mark.parametrize("offset", [1, 99, 10_000])
def test_piece_at_a_wrong_offset_changes_nothing(draft: Application, organizer: User, offset: int) -> None:
    upload = begin(draft, organizer, make_pdf())

    with pytest.raises(services.WrongOffset):
        services.append_piece(upload=upload, offset=offset, piece=b"x", now=timezone.now())

    upload.refresh_from_db()
    assert (upload.received_bytes, pieces_of(upload)) == (0, [])


def test_more_than_was_announced_is_refused(draft: Application, organizer: User) -> None:
    upload = begin(draft, organizer, b"%PDF-", size_bytes=5)

    with pytest.raises(Unusable):
        services.append_piece(upload=upload, offset=0, piece=b"%PDF-1", now=timezone.now())


@pytest.mark.parametrize("size", [0, 10 * 1024 * 1024 + 1])
def test_upload_of_nothing_or_too_much_is_not_begun(draft: Application, organizer: User, size: int) -> None:
    with pytest.raises(Unusable):
        begin(draft, organizer, b"", size_bytes=size)


def test_piece_that_a_crash_left_is_replaced(
    draft: Application, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = make_pdf()
    upload = begin(draft, organizer, content)
    with monkeypatch.context() as crash:
        crash.setattr(Upload, "save", lambda self, **fields: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            services.append_piece(upload=upload, offset=0, piece=b"half a pie", now=timezone.now())
    assert pieces_of(upload) == ["0"]

    upload = services.append_piece(upload=upload, offset=0, piece=content, now=timezone.now())

    kept = services.finish_upload(upload=upload, by=organizer, now=timezone.now())
    assert kept.came_sha256 == hashlib.sha256(content).hexdigest()


def test_finish_upload_repeated_or_from_two_windows_keeps_one_file(
    draft: Application, organizer: User
) -> None:
    content = make_pdf()
    upload = services.append_piece(
        upload=begin(draft, organizer, content), offset=0, piece=content, now=timezone.now()
    )
    first = services.finish_upload(upload=upload, by=organizer, now=timezone.now())

    again = keep(draft, organizer, public_id=upload.public_id)

    assert again == first
    assert Attachment.objects.count() == 1


def test_finish_upload_waits_for_the_last_byte(draft: Application, organizer: User) -> None:
    upload = begin(draft, organizer, make_pdf())

    with pytest.raises(services.WrongOffset):
        services.finish_upload(upload=upload, by=organizer, now=timezone.now())


def test_upload_that_turns_out_wrong_says_why_and_leaves_nothing(draft: Application, organizer: User) -> None:
    upload = begin(draft, organizer, b"MZ program")
    upload = services.append_piece(upload=upload, offset=0, piece=b"MZ program", now=timezone.now())

    with pytest.raises(Unusable, match="programma"):
        services.finish_upload(upload=upload, by=organizer, now=timezone.now())

    assert (Upload.objects.count(), Attachment.objects.count(), pieces_of(upload)) == (0, 0, [])


def test_forget_uploads_removes_only_what_nobody_goes_on_with(draft: Application, organizer: User) -> None:
    long_ago = timezone.now() - Upload.WAITS - timedelta(minutes=1)
    old = begin(draft, organizer, make_pdf(), mark="old", now=long_ago)
    services.append_piece(upload=old, offset=0, piece=b"%PDF", now=long_ago)
    fresh = begin(draft, organizer, make_pdf(), mark="fresh")

    tasks.forget_uploads()

    assert list(Upload.objects.all()) == [fresh]
    assert pieces_of(old) == []


@pytest.mark.parametrize(
    ("begun", "kept", "asked", "counts"),
    [
        (-1, 1, 2, True),
        (-1, 14, 14.9, True),
        (-1, 1, 15, False),
        (0, 1, 2, False),
        (-2, -1, 2, False),
        (-1, 15, 15, False),
    ],
)
def test_begun_before_counts_for_a_quarter_of_an_hour(
    draft: Application, organizer: User, begun: int, kept: int, asked: float, counts: bool
) -> None:
    deadline = timezone.now()
    keep(
        draft,
        organizer,
        begun_at=deadline + timedelta(minutes=begun),
        now=deadline + timedelta(minutes=kept),
    )

    found = services.begun_before(
        application=draft, deadline=deadline, now=deadline + timedelta(minutes=asked)
    )

    assert found is counts


def test_taking_a_file_in_needs_no_more_memory_for_a_larger_one(tmp_path: Any) -> None:
    def sent(megabytes: int) -> Iterator[bytes]:
        for _number in range(megabytes):
            yield b"x" * 1024 * 1024

    peaks = []
    for megabytes in (5, 50):
        tracemalloc.start()
        _write(sent(megabytes), tmp_path / "came", 64 * 1024 * 1024)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert max(peaks) < 4 * 1024 * 1024


def test_pieces_of_an_upload_are_read_one_at_a_time(
    draft: Application, organizer: User, settings: Any
) -> None:
    settings.DOCUMENT_LARGEST_MB = 64
    megabyte = b"\0" * 1024 * 1024
    upload = begin(draft, organizer, b"", size_bytes=50 * len(megabyte))
    tracemalloc.start()

    for number in range(50):
        upload = services.append_piece(
            upload=upload, offset=number * len(megabyte), piece=megabyte, now=timezone.now()
        )
    with pytest.raises(Unusable):
        services.finish_upload(upload=upload, by=organizer, now=timezone.now())

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * 1024 * 1024


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("attachment_not_empty", {"size_bytes": 0}),
        ("attachment_of_a_known_kind", {"kind": "exe"}),
        ("attachment_begun_before_kept", {"begun_at": timezone.now() + timedelta(days=9)}),
        ("attachment_removed_at_and_by", {"removed_at": timezone.now()}),
    ],
)
def test_constraint_of_attachments(
    draft: Application, organizer: User, constraint: str, changes: Any
) -> None:
    kept = keep(draft, organizer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).update(**changes)


def test_constraint_upload_within_its_size(draft: Application, organizer: User) -> None:
    upload = begin(draft, organizer, b"x")

    with pytest.raises(IntegrityError, match="upload_within_its_size"), transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(received_bytes=2)


def test_constraint_upload_of_one_file_once(draft: Application, organizer: User) -> None:
    begin(draft, organizer, b"x")

    with pytest.raises(IntegrityError, match="upload_of_one_file_once"), transaction.atomic():
        begin(draft, organizer, b"xy")
