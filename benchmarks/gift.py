"""What one gift costs in processor time, part by part: `python -m demo.engines -m benchmarks.gift 100`.

The form, Stripe's messages, their application, the receipt and the mail run in this process one after the other, as web
and workers run them; the local Stripe runs in one of its own. PostgreSQL's share is what its one backend has worked.
`--profile form` prints where the time of one part goes.
"""

import argparse
import cProfile
import json
import os
import pstats
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from demo.lifetime import free_port

SECRET = "whsec_only_for_benchmarks"  # noqa: S105 - of the local Stripe
PORT = free_port()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
for name, value in {
    "DEBUG": "false",
    "SECURE": "false",
    "SITE_URL": "http://testserver",
    "ALLOWED_HOSTS": "testserver",
    "STRIPE_API_BASE": f"http://127.0.0.1:{PORT}",
    "STRIPE_WEBHOOK_SECRETS": SECRET,
    "STRIPE_SECRET_KEY": "sk_test_benchmarks",
    "GIFT_FORM_LEAST_SECONDS": "0",
    # All gifts come from one place; they are counted all the same.
    "GIFT_LIMITS_PER_NETWORK": "1000000/600",
    "GIFT_LIMITS_PER_CAMPAIGN": "1000000/600",
    "GIFT_LIMITS_OF_SITE": "1000000/600",
    "EMAIL_URL": "memory://",
    "LOG_LEVEL": "WARNING",
}.items():
    os.environ[name] = value
django.setup()

# The models can be imported only now.
import psutil  # noqa: E402
from django.core import mail  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.tasks import send_mails  # noqa: E402
from civicfund.celery import app  # noqa: E402
from civicfund.rubbish import keep_what_is_loaded  # noqa: E402
from donations import proof  # noqa: E402
from donations.models import Donation  # noqa: E402
from donations.tasks import apply_events, send_receipts  # noqa: E402
from stripe_twin.webhooks import signature  # noqa: E402
from tests import factories  # noqa: E402
from tests.migrated import migrated  # noqa: E402

WARM = 5


@dataclass
class Part:
    """What one part of all gifts has cost: seconds of processor of each process, and questions to the database."""

    own: float = 0
    database: float = 0
    stripe: float = 0
    queries: int = 0
    profile: cProfile.Profile = field(default_factory=cProfile.Profile)


class Bench:
    """Gifts on their way through the house, and what each stage of it costs."""

    def __init__(self, twin: int, campaign: Any, profiled: str) -> None:
        self._twin = psutil.Process(twin)
        self._campaign = campaign
        self._profiled = profiled
        self._client = Client()
        self._queries = 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self._backend = psutil.Process(cursor.fetchone()[0])
        self.parts: dict[str, Part] = {}

    def give(self, count: int) -> None:
        """Let so many people give, stage by stage."""
        with connection.execute_wrapper(self._count):
            with self._part("form"):
                for _number in range(count):
                    self._send_form()
            gifts = list(Donation.objects.filter(status="open"))
            with self._part("payment at Stripe"):
                for gift in gifts:
                    # Stripe tells cards apart by the name on them.
                    order = {"card": factories.SUCCESS, "name": gift.email}
                    factories.twin("pay", session=gift.stripe_session_id, **order)
            with self._part("two messages"):
                for gift in gifts:
                    for kind in ("checkout.session.completed", "payment_intent.succeeded"):
                        self._tell(gift, kind)
            self._do("booking", apply_events.run)
            self._do("receipt", send_receipts.run)
            self._do("mail", send_mails.run)
        _expect(count, len(gifts))
        _expect(count, len(mail.outbox))
        mail.outbox.clear()

    def rest(self) -> None:
        """Run every periodic task once while nothing is due."""
        app.loader.import_default_modules()
        # Twice: the first time messages are found that the local Stripe has told nobody.
        for entry in [*app.conf.beat_schedule.values()] * 2:
            app.tasks[entry["task"]].run()
        with connection.execute_wrapper(self._count):
            for schedule in sorted({entry["schedule"] for entry in app.conf.beat_schedule.values()}):
                names = [
                    one["task"] for one in app.conf.beat_schedule.values() if one["schedule"] == schedule
                ]
                for task in names:
                    self._do(f"every {schedule:.0f} s", app.tasks[task].run)

    def _do(self, name: str, task: Callable[[], None]) -> None:
        with self._part(name):
            task()

    def _send_form(self) -> None:
        fields = {
            "amount_choice": "2000",
            "email": f"{secrets.token_hex(6)}@example.org",
            "name": "Ada",
            "stamp": proof.stamp(timezone.now()),
            "form_token": "".join(secrets.token_hex(16)),
        }
        answer = self._client.post(f"/progetti/{self._campaign.slug}/dona/", fields)
        _expect(302, answer.status_code)

    def _tell(self, gift: Donation, kind: str) -> None:
        name = secrets.token_hex(8)
        thing = {"object": "checkout.session", "id": gift.stripe_session_id}
        thing["client_reference_id"] = str(gift.public_id)
        body = json.dumps(
            {
                "id": f"evt_{name}",
                "object": "event",
                "type": kind,
                "livemode": False,
                "data": {"object": thing},
            }
        )
        signed = signature(body, (SECRET,), int(time.time()))
        answer = self._client.post(
            "/stripe/webhook/", body, content_type="application/json", headers={"Stripe-Signature": signed}
        )
        _expect(200, answer.status_code)

    def _count(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._queries += 1
        return execute(sql, params, many, context)

    @contextmanager
    def _part(self, name: str) -> Iterator[None]:
        part = self.parts.setdefault(name, Part())
        before = (time.process_time(), _worked(self._backend), _worked(self._twin), self._queries)
        if name == self._profiled:
            part.profile.enable()
        yield
        part.profile.disable()
        part.own += time.process_time() - before[0]
        part.database += _worked(self._backend) - before[1]
        part.stripe += _worked(self._twin) - before[2]
        part.queries += self._queries - before[3]


def _expect(wanted: int, found: int) -> None:
    if wanted != found:
        raise SystemExit(f"{found} instead of {wanted}")


def _worked(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Give, and print what each part costs."""
    # As the web server and the workers do.
    keep_what_is_loaded()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gifts", type=int, nargs="?", default=100)
    parser.add_argument("--profile", default="", help="the part whose functions are printed")
    options = parser.parse_args()
    connection.settings_dict["TEST"] |= {
        "TEMPLATE": migrated(os.environ["DATABASE_URL"], dict(os.environ)),
        # Not the one of tests that run meanwhile.
        "NAME": "test_benchmarks_gift",
    }
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with tempfile.TemporaryDirectory() as folder, _stripe(Path(folder)) as twin:
        officer = factories.make_user("officer", is_staff=True, is_superuser=True)
        campaign = factories.make_campaign(officer=officer, promoter=factories.make_user("promoter"))
        send_mails.run()
        mail.outbox.clear()
        Bench(twin, campaign, "").give(WARM)
        bench = Bench(twin, campaign, options.profile)
        bench.give(options.gifts)
        _print(bench.parts, options.gifts, "gift")
        resting = Bench(twin, campaign, options.profile)
        resting.rest()
        _print(resting.parts, 1, "tick with nothing due")
    for part in (bench.parts | resting.parts).values():
        if part.profile.getstats():
            pstats.Stats(part.profile).sort_stats("cumulative").print_stats(70)
            pstats.Stats(part.profile).sort_stats("tottime").print_stats(30)


@contextmanager
def _stripe(folder: Path) -> Iterator[int]:
    """Run the local Stripe and give its process number; it tells nobody anything."""
    words = [sys.executable, "-m", "stripe_twin", "--port", str(PORT), "--data", str(folder), "--seed", "7"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE)
    try:
        process.stdout.readline()  # type: ignore[union-attr]
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _print(parts: dict[str, Part], number: int, unit: str) -> None:
    print(f"\n| milliseconds of processor for one {unit} | here | PostgreSQL | local Stripe | questions |")
    print("|---|---:|---:|---:|---:|")
    total = Part()
    for name, part in parts.items():
        _row(name, part, number)
        for figure in ("own", "database", "stripe", "queries"):
            setattr(total, figure, getattr(total, figure) + getattr(part, figure))
    _row("together", total, number)


def _row(name: str, part: Part, number: int) -> None:
    figures = [1000 * seconds / number for seconds in (part.own, part.database, part.stripe)]
    print(f"| {name} |", " | ".join(f"{one:.1f}" for one in figures), f"| {part.queries / number:.1f} |")


if __name__ == "__main__":
    main()
