"""How a large application behaves: `make bench` writes docs/benchmarks.md.

An application with 40 budget lines, 10 partners and 15 documents of 10 MB is written through the services, its documents are
sent in pieces as a browser sends them, and each of its steps is opened several times. The database is one of its own.
"""

import gc
import io
import os
import platform
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

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
import pikepdf  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from calls.models import Application  # noqa: E402
from calls.services import keep_attachment  # noqa: E402
from calls.steps import STEPS, step_states  # noqa: E402
from calls.views.upload import PIECE_BYTES  # noqa: E402
from demo.applying import line, write_application  # noqa: E402
from tests import factories  # noqa: E402
from tests.calls.partnering import make_confirmed  # noqa: E402

MEGABYTE = 1024 * 1024
LINES, PARTNERS, DOCUMENTS, TIMES = 40, 10, 15, 15
MOST_QUERIES, MOST_MILLISECONDS = 30, 300
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Measure, print, and write the page."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.DEBUG = False
    person = factories.make_user("promoter")
    application = _application(person)
    browser = Client()
    browser.force_login(person)
    uploads = [_send(browser, application, megabytes) for megabytes in (1, 5, 10)]
    for asked in application.call.document_requirements.all():
        _keep(application, asked, person)
    for number in range(1, PARTNERS + 1):
        make_confirmed(application, number, share_cents=10_000)
    steps = [_open(browser, state.url, str(state.title)) for state in step_states(_whole(application))]
    text = _page(steps, uploads)
    PAGE.write_text(text)
    print(text)


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


def scan(megabytes: int) -> bytes:
    """Return a PDF like a scan: one page with a picture that cannot be folded."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    noise = os.urandom(megabytes * MEGABYTE - 4096)
    picture = pikepdf.Stream(
        pdf, noise, pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image)
    )
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im1=pdf.make_indirect(picture)))
    written = io.BytesIO()
    pdf.save(written, compress_streams=False)
    return written.getvalue()


def _keep(application: Application, asked: object, person: User) -> None:
    """Keep one document of the largest size."""
    content = scan(10)
    pieces = (content[start : start + PIECE_BYTES] for start in range(0, len(content), PIECE_BYTES))
    keep_attachment(
        application=application,
        requirement=asked,
        pieces=pieces,
        name="scansione.pdf",
        by=person,
        now=timezone.now(),
    )


def _send(browser: Client, application: Application, megabytes: int) -> tuple[int, int, float]:
    """Send a document in pieces; return its megabytes, the milliseconds it took, and the peak of memory in megabytes."""
    content = scan(megabytes)
    asked = application.call.document_requirements.first()
    begun = browser.post(
        f"/candidature/{application.public_id}/caricamenti/",
        {
            "requirement": asked.pk,
            "name": "scansione.pdf",
            "size_bytes": len(content),
            "mark": str(megabytes),
        },
        content_type="application/json",
    ).json()
    tracemalloc.start()
    began = time.perf_counter()
    for start in range(0, len(content), PIECE_BYTES):
        piece = content[start : start + PIECE_BYTES]
        kind = "application/octet-stream"
        browser.put(begun["address"], piece, content_type=kind, headers={"Upload-Offset": str(start)})
        # The test browser keeps what it has sent until it is told to forget; a server does not.
        gc.collect()
    done = browser.post(begun["address"])
    took = round((time.perf_counter() - began) * 1000)
    peak = tracemalloc.get_traced_memory()[1] / MEGABYTE
    tracemalloc.stop()
    if done.status_code != 201:
        raise SystemExit(f"an upload of {megabytes} MB failed: {done.content!r}")
    return megabytes, took, peak


def _open(browser: Client, address: str, title: str) -> tuple[str, int, int, int]:
    """Open a step again and again; return its title, its queries, and the medians of its milliseconds and of the processor's."""
    with CaptureQueriesContext(connection) as captured:
        if browser.get(address).status_code != 200:
            raise SystemExit(f"{address} does not open")
    # Counted at once: the next request forgets them.
    asked = len(captured)
    took = [_milliseconds(lambda: browser.get(address)) for _time in range(TIMES)]
    wall, busy = (round(statistics.median(times)) for times in zip(*took, strict=True))
    return title, asked, wall, busy


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


def _page(steps: list[tuple[str, int, int, int]], uploads: list[tuple[int, int, float]]) -> str:
    """Return the page of the measures."""
    rows = [f"| {title} | {queries} | {wall} | {busy} |" for title, queries, wall, busy in steps]
    sent = [f"| {megabytes} | {took} | {peak:.1f} |" for megabytes, took, peak in uploads]
    worst_queries, worst_median = max(row[1] for row in steps), max(row[2] for row in steps)
    kept = "kept" if worst_queries < MOST_QUERIES and worst_median < MOST_MILLISECONDS else "NOT kept"
    return "\n".join(
        [
            "# How fast it is",
            "",
            "Written by `make bench`; run it on your own machine before you compare. The pages a citizen sees are measured by",
            "`make audit-pages`, in [pages.md](pages.md).",
            "",
            f"- When: {timezone.localdate().isoformat()}",
            f"- Where: {_machine()}, everything on one machine",
            f"- Meanwhile: {_load()}",
            f"- What: {len(STEPS)} steps, {LINES} budget lines, {PARTNERS} partners, {DOCUMENTS} documents of 10 MB",
            f"- Bound: fewer than {MOST_QUERIES} queries and {MOST_MILLISECONDS} ms a step at the median: {kept}",
            "",
            "## Opening a step",
            "",
            f"Median of {TIMES}, the whole way through the site in one process: by the wall clock, and what of it this process",
            "worked itself (the rest it waits for the database and for its turn).",
            "",
            "| Step | Queries | ms | of which processor |",
            "|---|---:|---:|---:|",
            *rows,
            "",
            "## Sending a document in pieces of 1 MB",
            "",
            "The peak is what Python takes while the document is sent, checked and kept; it does not grow with the document. The",
            "other process that makes the harmless copy has a limit of its own.",
            "",
            "| MB | ms | peak, MB |",
            "|---:|---:|---:|",
            *sent,
            "",
        ]
    )


if __name__ == "__main__":
    main()
