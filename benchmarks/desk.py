"""How the desk's lists behave after years: `make bench` writes their part of docs/benchmarks.md.

2,000 applications, 1,000 campaigns and 100,000 gifts with their books, receipts, mails, messages and movements at Stripe are
written past the services, in plain SQL. Then the desk's first page, which counts whatever waits anew, and every list are
opened by an officer who may do everything: each list as it opens by itself, each of its queues, and a search. The menu's
numbers are kept for a moment, as for an officer who goes from page to page; the questions are counted when they are not, and
one list is measured once more as it opens right after a step.

`python -m demo.engines -m benchmarks.desk --only /` measures one address below the desk's, and writes nothing.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
for setting, value in {
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver",
    "DEBUG": "true",
}.items():
    os.environ[setting] = value
os.environ["STAFF_SECOND_FACTOR"] = "false"
django.setup()

# The models can be imported only now.
from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Mail, User  # noqa: E402
from benchmarks.audit import execute, first_gift, write_gifts  # noqa: E402
from calls.models import Application  # noqa: E402
from civicfund.desk.menu import forget_numbers  # noqa: E402
from donations.models import Donation, Receipt, StripeEvent  # noqa: E402
from donations.models.reconciliation import StripeTransaction  # noqa: E402
from tests import factories  # noqa: E402
from tests.desk import desk_of, list_url  # noqa: E402
from tests.migrated import migrated  # noqa: E402
from vetting.services.eligibility import begin_check  # noqa: E402

APPLICATIONS, CAMPAIGNS, GIFTS = 2_000, 1_000, 100_000
TIMES = 3
MOST_QUERIES, MOST_MILLISECONDS = 20, 400
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
TITLE = "## The desk's lists\n"

#: Some tables' own triggers number row by row.
SILENCE = "ALTER TABLE {table} {how} TRIGGER USER"
COPY = """
    INSERT INTO {table} ({columns}) SELECT {columns} FROM (
        SELECT (jsonb_populate_record(mould, jsonb_build_object({changes}))).*
        FROM {table} mould, generate_series(1, %(number)s) n WHERE mould.id = %(mould)s OFFSET 0) copies
"""


class Measure(NamedTuple):
    """How one page of the desk behaves."""

    name: str
    address: str
    queries: int
    milliseconds: int
    processor: int

    @property
    def is_kept(self) -> bool:
        """Say whether the page keeps both bounds."""
        return self.queries <= MOST_QUERIES and self.milliseconds <= MOST_MILLISECONDS


def main() -> None:
    """Fill an empty database, open every list, print, and write the page's part."""
    asked = _asked()
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated(os.environ["DATABASE_URL"], dict(os.environ))
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    settings.DEBUG = False
    began = time.monotonic()
    fill(*asked.size)
    print(f"written in {time.monotonic() - began:.0f} s", flush=True)
    officer = User.objects.create_user("desk@example.org", is_staff=True, is_superuser=True)
    measured = list(measure(desk_of(officer), asked.only))
    text = _part(measured)
    # A smaller city tried out, or a part of the desk, is not what the page says.
    if not asked.size and asked.only is None:
        before, _title, after = PAGE.read_text().partition(TITLE)
        rest = after.partition("\n## ")[2]
        PAGE.write_text(before.rstrip() + "\n\n" + text + (f"\n## {rest}" if rest else ""))
    print(text)


def _asked() -> argparse.Namespace:
    """Return what the command line asks for: applications, campaigns and gifts, and one address alone."""
    parser = argparse.ArgumentParser(description="Measure the officers' desk.")
    parser.add_argument("size", nargs="*", type=int, help="applications, campaigns and gifts to write")
    parser.add_argument("--only", help="one address below the desk's, like / or /calls/application/")
    return parser.parse_args()


def fill(applications: int = APPLICATIONS, campaigns: int = CAMPAIGNS, gifts: int = GIFTS) -> None:
    """Write applications, half of them with a campaign, and gifts with whatever comes with a gift."""
    now = timezone.now()
    write_gifts(first_gift(campaigns), 0, gifts)
    # The rows so far have brought their own keys.
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        execute(statement)
    _write_applications(applications - campaigns)
    times = {"created_at": now, "claimed_at": now, "sent_at": now}
    mail = Mail.objects.create(
        key="x", recipient="a@example.org", subject="Grazie", body="Ciao", status="sent", **times
    )
    copy(mail, gifts, key="'donation_receipt:' || n", recipient="'donor' || n || '@example.org'")
    done = {"received_at": now, "next_attempt_at": now, "processed_at": now}
    event = StripeEvent.objects.create(
        stripe_id="x", type="checkout.session.completed", outcome="applied", **done
    )
    copy(event, 2 * gifts, stripe_id="'evt_' || n", received_at="now() - make_interval(mins => n::int)")
    movement = StripeTransaction.objects.create(
        stripe_id="x",
        account_id="acct_b",
        type="charge",
        is_own=False,
        amount_cents=2000,
        fee_cents=0,
        created_at=now,
    )
    copy(movement, gifts, stripe_id="'txn_' || n", subject="'ch_' || n")
    _write_receipts(gifts * 9 // 10)
    execute("ANALYZE")


def _write_receipts(number: int) -> None:
    """Give a receipt for every gift that was not given back."""
    gift = Donation.objects.select_related("campaign__application__organization").get(pk=1)
    payee = gift.campaign.organization
    receipt = Receipt.objects.create(
        donation=gift,
        payee=payee,
        year=2026,
        number=1,
        amount_cents=gift.amount_cents,
        payee_name=payee.legal_name,
        payee_seat="Milano",
        issued_at=timezone.now(),
    )
    # Every tenth gift has gone back.
    copy(receipt, number - 1, donation_id="n + 1 + n / 9", number="n + 1")


def _write_applications(number: int) -> None:
    """Hand in applications of new bodies to a second call, each with its version and its formal check."""
    officer = User.objects.get(email="officer@example.org")
    body = factories.make_organization(user=factories.make_user("applicant"))
    application = factories.make_application(
        call=factories.make_call(officer=officer, check_days=30), organization=body
    )
    version = application.versions.get()
    check = begin_check(application=application, now=timezone.now())
    unique = {"public_id": "gen_random_uuid()"}
    own = {"application_id": f"{application.pk} + n"}
    numbers = {"sequence": "1 + n", "protocol_number": "'C' || n", "code": "'K' || n"}
    copy(body, number - 1, **unique, tax_code="lpad((500000 + n)::text, 11, '0')")
    copy(application, number - 1, **unique, protocol_number="'C' || n", organization_id=f"{body.pk} + n")
    copy(version, number - 1, **own, **numbers)
    copy(check, number - 1, **own, version_id=f"{version.pk} + n")


def copy(row: models.Model, often: int, /, **changes: str) -> None:
    """Copy a row as often as said; `changes` are expressions of the number n of the copy, and the keys follow the row's."""
    meta = row._meta
    changes = {meta.pk.column: f"{row.pk} + n", **changes}
    execute(SILENCE.format(table=meta.db_table, how="DISABLE"))
    execute(
        COPY.format(
            table=meta.db_table,
            # PostgreSQL itself fills the columns that are made from others.
            columns=", ".join(field.column for field in meta.concrete_fields if not field.generated),
            changes=", ".join(f"'{column}', {made}" for column, made in changes.items()),
        ),
        number=often,
        mould=row.pk,
    )
    execute(SILENCE.format(table=meta.db_table, how="ENABLE"))


def pages() -> Iterator[tuple[str, str, bool]]:
    """Yield the first page and every list: as it opens, each of its queues, and a search; and whether a step came before."""
    yield "the first page", reverse("admin:index"), False
    yield "a list right after a step", list_url(Application), True
    for model, page in admin.site._registry.items():
        name = str(model._meta.verbose_name_plural)
        yield name, list_url(model), False
        for queue in getattr(page, "queues", ()):
            yield name, list_url(model, queue=queue.key), False
        if page.search_fields:
            yield name, list_url(model, q="zebra"), False


def measure(desk: Client, only: str | None = None) -> Iterator[Measure]:
    """Open every page, or those at one address below the desk's, several times."""
    for name, address, after_step in pages():
        if only is not None and address.partition("/gestione")[2] != only:
            continue
        forget_numbers()
        with CaptureQueriesContext(connection) as captured:
            if desk.get(address).status_code != 200:
                raise SystemExit(f"{address} does not open")
        # Counted at once: the next request forgets them.
        asked = len(captured)
        took = []
        for _time in range(TIMES):
            if after_step:
                forget_numbers()
            began, worked = time.perf_counter(), time.process_time()
            desk.get(address)
            took.append((time.perf_counter() - began, time.process_time() - worked))
        wall, busy = (round(1000 * statistics.median(times)) for times in zip(*took, strict=True))
        seen = Measure(name, address.partition("/gestione")[2], asked, wall, busy)
        print(f"{seen.address}: {asked} queries, {wall} ms, {busy} ms of processor", flush=True)
        yield seen


def _part(measured: list[Measure]) -> str:
    """Return the part of the page: each list's slowest and most asking address, and all that keep no bound."""
    rows = []
    for name in dict.fromkeys(one.name for one in measured):
        own = [one for one in measured if one.name == name]
        queries, slowest = max(one.queries for one in own), max(own, key=lambda one: one.milliseconds)
        rows.append(
            f"| {name} | {len(own)} | {queries} | {slowest.milliseconds} | {slowest.processor} | `{slowest.address}` |"
        )
    missed = [
        f"- `{one.address}`: {one.queries} queries, {one.milliseconds} ms"
        for one in measured
        if not one.is_kept
    ]
    kept = "NOT kept" if missed else "kept"
    load = f"a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    filled = f"{APPLICATIONS:,} applications, {CAMPAIGNS:,} campaigns, {GIFTS:,} gifts"
    return "\n".join(
        [
            TITLE,
            f"- When: {timezone.localdate().isoformat()}, with {load}",
            f"- What: {filled}; {len(measured)} addresses, each opened {TIMES} times; all campaigns run at once",
            f"- Bound: at most {MOST_QUERIES} queries and {MOST_MILLISECONDS} ms a page at the median: {kept}",
            *missed,
            "",
            "Of each list the most queries of any of its addresses, and the median of the slowest one: by the wall clock, and",
            "what of it the site's process worked itself. The menu's numbers are kept for some seconds until anybody takes a",
            "step, as on the desk; the queries are counted, and the first two rows measured, when all of them are asked for.",
            "",
            "| List | Addresses | Queries | ms | of which processor | Slowest |",
            "|---|---:|---:|---:|---:|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
