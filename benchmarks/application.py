"""How a large application behaves: `make bench` writes docs/benchmarks.md.

An application with 40 budget lines and 10 partners is written through the services, its 15 documents of 10 MB are sent in
pieces as a browser sends them, and each of its steps is opened and saved several times. The database is one of its own.
"""

import gc
import os
import platform
import secrets
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
for name, value in {
    "DEBUG": "true",
    "SECURE": "false",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver",
}.items():
    os.environ[name] = value
django.setup()

# The models can be imported only now.
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.sending import MEGABYTE, scan, values_of  # noqa: E402
from calls.models import Application  # noqa: E402
from calls.steps import STEPS, step_states  # noqa: E402
from calls.views.upload import PIECE_BYTES  # noqa: E402
from demo.applying import line, write_application  # noqa: E402
from tests import factories  # noqa: E402
from tests.calls.partnering import make_confirmed  # noqa: E402
from tests.migrated import migrated  # noqa: E402

LINES, PARTNERS, DOCUMENTS, TIMES = 40, 10, 15, 15
MOST_QUERIES, MOST_MILLISECONDS = 30, 300
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
#: What another benchmark writes on the same page.
OTHERS = "\n## The desk's lists\n"
#: How much more memory the largest document may take than one of half its size.
CONSTANT = 1.2


class Measure(NamedTuple):
    """How a step behaves: its questions, and the medians of its milliseconds and of the processor's."""

    title: str
    queries: int
    milliseconds: int
    processor: int


class Upload(NamedTuple):
    """How a document was sent: its megabytes, the milliseconds it took, and the peak of memory in megabytes."""

    megabytes: int
    milliseconds: int
    peak: float


def main() -> None:
    """Measure, print, and write the page."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"], dict(os.environ))
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.DEBUG = False
    person = factories.make_user("promoter")
    application = _application(person)
    browser = Client()
    browser.force_login(person)
    asked = application.call.document_requirements.all()
    uploads = [_watched(browser, application, megabytes) for megabytes in (1, 5, 10)]
    # What was sent to watch memory is not one of the fifteen.
    for document in application.attachments.all():
        browser.post(f"/candidature/{application.public_id}/documenti/{document.public_id}/togli/")
    for requirement in asked:
        _send(browser, application, requirement.pk, scan(10))
    for number in range(1, PARTNERS + 1):
        make_confirmed(application, number, share_cents=10_000)
    _require_all(application)
    states = step_states(_whole(application))
    opened = [_open(browser, state.url, str(state.title)) for state in states]
    saved = [made for state in states for made in _save(browser, state.url, str(state.title))]
    text = _page(opened, saved, uploads)
    PAGE.write_text(text + "".join(PAGE.read_text().partition(OTHERS)[1:]))
    print(text)


def _require_all(application: Application) -> None:
    """Stop when the application is not as large as the page will say."""
    kept = [one.size_bytes for one in application.attachments.filter(removed_at=None)]
    there = (application.budget_lines.count(), application.partners.count(), len(kept))
    if there != (LINES, PARTNERS, DOCUMENTS) or min(kept) < 10 * MEGABYTE - 8192:
        raise SystemExit(f"lines, partners, documents: {there}, of {kept} bytes")


def _application(person: User) -> Application:
    """Write an application with many budget lines to a call that asks for many documents."""
    officer = factories.make_user("officer", is_staff=True, is_superuser=True)
    documents = [{"name": f"Documento {number}"} for number in range(1, DOCUMENTS + 1)]
    call = factories.make_call(officer=officer, documents=documents)
    lines = [line("goods", f"Voce di spesa {number}", 50_000) for number in range(1, LINES + 1)]
    return write_application(
        call=call,
        organization=factories.make_organization(user=person),
        by=person,
        now=timezone.now(),
        lines=lines,
        **factories.application_fields(call),
    )


def _whole(application: Application) -> Application:
    """Return an application with its parts."""
    return Application.objects.with_story().with_parts().get(pk=application.pk)


def _watched(browser: Client, application: Application, megabytes: int) -> Upload:
    """Send a document while memory is watched, which takes its time too."""
    content, requirement = scan(megabytes), application.call.document_requirements.first()
    tracemalloc.start()
    began = time.perf_counter()
    _send(browser, application, requirement.pk, content)
    took = round((time.perf_counter() - began) * 1000)
    peak = tracemalloc.get_traced_memory()[1] / MEGABYTE
    tracemalloc.stop()
    return Upload(megabytes, took, peak)


def _send(browser: Client, application: Application, requirement: int, content: bytes) -> None:
    """Send a document in pieces, as a browser does."""
    told = {
        "requirement": requirement,
        "name": "scansione.pdf",
        "size_bytes": len(content),
        "mark": secrets.token_hex(8),
    }
    address = f"/candidature/{application.public_id}/caricamenti/"
    begun = browser.post(address, told, content_type="application/json").json()
    for start in range(0, len(content), PIECE_BYTES):
        piece = content[start : start + PIECE_BYTES]
        kind = "application/octet-stream"
        browser.put(begun["address"], piece, content_type=kind, headers={"Upload-Offset": str(start)})
        # The test browser keeps what it has sent until it is told to forget; a server does not.
        gc.collect()
    done = browser.post(begun["address"])
    if done.status_code != 201:
        raise SystemExit(f"an upload of {len(content)} bytes failed: {done.content!r}")


def _save(browser: Client, address: str, title: str) -> Iterator[Measure]:
    """Save a step again and again as its page does by itself, if it has something to save."""

    def once() -> None:
        sent.update(values_of(browser.get(address).content.decode(), "step-form"))

    sent: dict[str, list[str]] = {}
    once()
    if not sent:
        return
    # Somebody types: what is as it was would not be written.
    words = next((name for name in ("summary", "place", "title", "description") if name in sent), None)
    took, asked = [], 0
    for time_ in range(TIMES):
        once()
        if words:
            sent[words][0] = f"{sent[words][0].rstrip('0123456789 ')} {time_}"
        with CaptureQueriesContext(connection) as captured:
            took.append(_milliseconds(lambda: _saved(browser, address, sent)))
        asked = max(asked, len(captured))
    wall, busy = (round(statistics.median(times)) for times in zip(*took, strict=True))
    yield Measure(title, asked, wall, busy)


def _saved(browser: Client, address: str, sent: dict[str, list[str]]) -> None:
    """Save a step by htmx."""
    answer = browser.post(address, sent, headers={"HX-Request": "true"})
    if answer.status_code != 200:
        raise SystemExit(f"{address} does not save: {answer.status_code}")


def _open(browser: Client, address: str, title: str) -> Measure:
    """Open a step again and again."""
    with CaptureQueriesContext(connection) as captured:
        if browser.get(address).status_code != 200:
            raise SystemExit(f"{address} does not open")
    # Counted at once: the next request forgets them.
    asked = len(captured)
    took = [_milliseconds(lambda: browser.get(address)) for _time in range(TIMES)]
    wall, busy = (round(statistics.median(times)) for times in zip(*took, strict=True))
    return Measure(title, asked, wall, busy)


def _milliseconds(act: Callable[[], object]) -> tuple[float, float]:
    """Return how long something takes, and how long this process itself worked on it."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000


def _load() -> str:
    """Say how busy the machine was with everything else: what waits to run, for each processor."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    state = "idle but for this" if waiting < 1.5 else "busy with other work, so the wall clock says too much"
    return f"{waiting:.1f} processes for each processor: {state}"


def _machine() -> str:
    """Return what the figures were measured on."""
    parts = [f"{os.cpu_count()} processors ({platform.machine()})", f"Python {platform.python_version()}"]
    return ", ".join([*parts, f"PostgreSQL {connection.pg_version // 10_000}"])


def _page(opened: list[Measure], saved: list[Measure], uploads: list[Upload]) -> str:
    """Return the page of the measures."""
    return "\n".join(
        [
            "# How fast it is",
            "",
            "Written by `make bench`; run it on your own machine before you compare. How fast pages, messages and settlements",
            "are beside bare programs stands in [speed.md](speed.md); the pages a citizen sees are measured by",
            "`make audit-pages`, in [pages.md](pages.md).",
            "",
            *_facts(opened, saved, uploads),
            "",
            "## Opening a step",
            "",
            f"Median of {TIMES}, the whole way through the site in one process: by the wall clock, and what of it this process",
            "worked itself (the rest it waits for the database and for its turn).",
            "",
            *_table(opened),
            "",
            "## Saving a step",
            "",
            "What a page sends by itself while somebody types, with a word of it changed each time; partners and documents are",
            "kept one by one instead. Of the application only what the step writes is read again, to say what is missing now.",
            "",
            *_table(saved),
            "",
            "## Sending a document in pieces of 1 MB",
            "",
            "The peak is what Python takes while the document is sent, checked and kept. To watch it makes the sending slower.",
            "The other process that makes the harmless copy has a limit of its own.",
            "",
            "| MB | ms | peak, MB |",
            "|---:|---:|---:|",
            *(f"| {one.megabytes} | {one.milliseconds} | {one.peak:.1f} |" for one in uploads),
            "",
        ]
    )


def _facts(opened: list[Measure], saved: list[Measure], uploads: list[Upload]) -> list[str]:
    """Return when and of what the measures were taken, and whether they keep the bounds."""
    asks_little = max(one.queries for one in [*opened, *saved]) < MOST_QUERIES
    is_fast = max(one.milliseconds for one in [*opened, *saved]) < MOST_MILLISECONDS
    kept = "kept" if asks_little and is_fast else "NOT kept"
    constant = "kept" if uploads[-1].peak <= CONSTANT * uploads[-2].peak else "NOT kept"
    size = f"{LINES} budget lines, {PARTNERS} partners, {DOCUMENTS} documents of 10 MB"
    pace = f"{MOST_MILLISECONDS} ms to open or save it, at the median"
    return [
        f"- When: {timezone.localdate().isoformat()}",
        f"- Where: {_machine()}, everything on one machine",
        f"- Meanwhile: {_load()}",
        f"- What: an application of {len(STEPS)} steps with {size}, all of them sent",
        f"- Bound: fewer than {MOST_QUERIES} queries to open or to save a step, {pace}: {kept}",
        f"- Bound: the memory of an upload does not grow with the document: {constant}",
    ]


def _table(rows: list[Measure]) -> list[str]:
    """Return the lines of a table of steps."""
    head = ["| Step | Queries | ms | of which processor |", "|---|---:|---:|---:|"]
    return head + [f"| {row.title} | {row.queries} | {row.milliseconds} | {row.processor} |" for row in rows]


if __name__ == "__main__":
    main()
