"""Lists that leave the desk: what stands in the file, for whom, and the line about it in the log."""

import csv
import io
import resource
import zipfile
from datetime import UTC, date, datetime
from typing import IO, Any

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organization, User
from calls.models import Call
from campaigns.models import Campaign
from civicfund.desk import DeskAdmin
from civicfund.models import ListExport
from civicfund.tables import Cents
from civicfund.trail.files import csv_file, xlsx_file
from civicfund.trail.services import EXPORTS_IN_AN_HOUR, TooManyExports, check_exports, record_export
from tests import factories
from tests.desk import desk_of, officer_with, text_of

pytestmark = pytest.mark.django_db

INJECTIONS = ["=1+1", "+39 02", "-1+1", "@SUM(A1)", "\tx", "\rx", " =1+1", "=HYPERLINK(1)"]


def export_url(model: Any) -> str:
    """Return the address that takes a list away."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")


def take(user: User, model: Any, chosen: str = "csv", **filters: str) -> bytes:
    """Take a list away and return the file."""
    answer = desk_of(user).post(export_url(model), {"format": chosen}, query_params=filters)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def lines_of(content: bytes) -> list[list[str]]:
    """Return the cells of a CSV."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def read(file: IO[bytes], number: int, *, rows: int = 1) -> bytes:
    """Return what stands in a file of so many rows."""
    with file:
        assert number == rows
        return file.read()


def sheet_of(content: bytes) -> str:
    """Return the sheet of an XLSX as it is written."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_every_list_of_the_desk_offers_its_export(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicfund.trail.services.EXPORTS_IN_AN_HOUR", 1_000)
    desk = desk_of(officer)

    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, DeskAdmin), model
        answer = desk.post(export_url(model), {"format": "csv"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv"), model
        assert len(lines_of(b"".join(answer.streaming_content))[0]) > 1, model
    assert ListExport.objects.count() == len(admin.site._registry)


def test_the_list_leads_to_its_export_with_its_filters(call: Call, officer: User) -> None:
    desk = desk_of(officer)

    page = desk.get(reverse("admin:calls_call_changelist"), {"q": call.title})
    asked = desk.get(export_url(Call), {"q": call.title})

    assert f"{export_url(Call)}?q=" in page.content.decode()
    assert "narrowed by filters" in text_of(asked) and "CSV" in text_of(asked)
    assert not ListExport.objects.exists()


def test_amounts_and_days_leave_as_such(campaign: Campaign, officer: User) -> None:
    factories.give(campaign=campaign, amount_cents=123_450)

    heading, row = lines_of(take(officer, Campaign, queue="all"))
    sheet = sheet_of(take(officer, Campaign, "xlsx", queue="all"))

    assert row[0].startswith(campaign.title) and "1234.50" in row
    assert "<v>1234.5" in sheet and campaign.title in sheet
    assert all(heading)


def test_what_a_filter_leaves_out_does_not_leave(officer: User, organizer: User, donor: User) -> None:
    kept, other = (factories.make_organization(user=user) for user in (organizer, donor))
    Organization.objects.filter(pk=kept.pk).update(legal_name="Associazione Prima")
    Organization.objects.filter(pk=other.pk).update(legal_name="Associazione Seconda")

    content = take(officer, Organization, q="Prima").decode()

    assert "Associazione Prima" in content and "Associazione Seconda" not in content


def test_an_export_is_written_down_with_who_when_what_and_how_many(call: Call, officer: User) -> None:
    take(officer, Call, "xlsx", q=call.title)

    export = ListExport.objects.get()
    assert (export.by, export.model, export.format, export.row_count) == (officer, "calls.call", "xlsx", 1)
    assert export.narrowed == "q=…"
    words = text_of(desk_of(officer).get(reverse("admin:civicfund_listexport_changelist")))
    assert "Calls" in words and str(officer) in words


def test_an_export_is_for_who_may_see_the_list(call: Call, stranger: User) -> None:
    seeing, other = officer_with("calls.view_call"), officer_with("campaigns.view_campaign")

    assert take(seeing, Call)
    assert desk_of(other).post(export_url(Call), {"format": "csv"}).status_code == 403
    assert desk_of(stranger).post(export_url(Call), {"format": "csv"}).status_code == 302
    assert ListExport.objects.count() == 1


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    heading, row = lines_of(read(*csv_file([text], [[text]])))
    written = sheet_of(read(*xlsx_file([text], [[text]])))

    assert heading[0].startswith("'") and row[0].startswith("'")
    assert "<f>" not in written and written.count("'") >= 2


def test_injected_words_of_a_body_leave_as_words(officer: User, organizer: User) -> None:
    body = factories.make_organization(user=organizer)
    Organization.objects.filter(pk=body.pk).update(legal_name='=cmd|"/c calc"!A1')

    assert any(cell.startswith("'=cmd") for row in lines_of(take(officer, Organization)) for cell in row)


def test_files_write_values_as_what_they_are() -> None:
    row = [
        Cents(-5),
        datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        date(2026, 7, 1),
        7,
        None,
        "x" * 40_000,
    ]

    sheet = sheet_of(read(*xlsx_file(list("abcdef"), [row])))

    assert "<v>-0.05</v>" in sheet and "<v>7</v>" in sheet
    # The second of July 2026 at half past midnight in Rome.
    assert "<v>46205.02083" in sheet and "<v>46204</v>" in sheet
    assert "x" * 32_767 in sheet and "x" * 32_768 not in sheet


@pytest.mark.parametrize("write", [csv_file, xlsx_file])
def test_files_of_many_rows_take_little_memory(write: Any) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    content = read(*write(["a", "b"], ([number, "parole " * 5] for number in range(30_000))), rows=30_000)

    assert content
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 12_000


def test_a_list_that_is_too_long_stays(call: Call, officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("civicfund.trail.export_page.ROWS_MOST", 0)

    answer = desk_of(officer).post(export_url(Call), {"format": "csv"}, follow=True)

    assert "too long for one file" in text_of(answer)
    assert not ListExport.objects.exists()


def test_nobody_takes_lists_all_day(call: Call, officer: User, donor: User) -> None:
    now = timezone.now()
    for _number in range(EXPORTS_IN_AN_HOUR):
        record_export(
            by=officer, model="calls.call", narrowed="", row_count=1, chosen=ListExport.Format.CSV, now=now
        )

    with pytest.raises(TooManyExports):
        check_exports(by=officer, now=now)
    check_exports(by=donor, now=now)
    answer = desk_of(officer).post(export_url(Call), {"format": "csv"}, follow=True)
    assert "come back later" in text_of(answer)
