"""Break the money on purpose, one way after the other, and see that a test notices: `make mutants`.

Each mutant is a mistake that has been made in real platforms of this kind. It is put into a copy of the project, the tests
named with it run, and at least one of them has to fail. A mutant that survives is a rule without a test.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from checks.architecture import ROOT

#: What is made at installation and is not copied.
MADE = (".venv", "node_modules", "static/dist")


@dataclass(frozen=True)
class Mutant:
    """A mistake: in which file, what stands there, what stands there instead, and the tests that have to notice."""

    name: str
    path: str
    right: str
    wrong: str
    tests: tuple[str, ...]


MUTANTS = (
    Mutant(
        "a payment counts without asking whether it was paid",
        "donations/stripe_readings.py",
        'paid = bool(intent and intent.status == "succeeded" and charge)',
        "paid = bool(intent and charge)",
        ("tests/donations/test_services_payment.py", "tests/donations/test_services_dispute.py"),
    ),
    Mutant(
        "a refund of a part is booked as the whole gift",
        "donations/services/reversal.py",
        "(account(Kind.REFUNDS_OWED, campaign=campaign), reversal.amount_cents),\n"
        "            (account(Kind.STRIPE, campaign=campaign), -reversal.amount_cents),",
        "(account(Kind.REFUNDS_OWED, campaign=campaign), donation.amount_cents),\n"
        "            (account(Kind.STRIPE, campaign=campaign), -donation.amount_cents),",
        ("tests/donations/test_services_reversal.py",),
    ),
    Mutant(
        "an entry's key is not the same for the same fact",
        "ledger/services.py",
        "        key=key, defaults=",
        '        key=f"{key}:{now.timestamp()}", defaults=',
        ("tests/ledger/test_services.py",),
    ),
    Mutant(
        "the threshold is reached too early",
        "campaigns/rules.py",
        "return raised_cents >= threshold_cents and",
        "return raised_cents * 2 >= threshold_cents and",
        ("tests/donations/test_services_payment.py", "tests/matching/test_services_release.py"),
    ),
    Mutant(
        "a grant is not limited by what the fund has",
        "matching/rules.py",
        "if available_cents >= due_cents:",
        "if available_cents >= 0:",
        ("tests/matching/test_rules.py", "tests/matching/test_services_release.py"),
    ),
    Mutant(
        "the fund is not locked",
        "matching/services/campaign.py",
        "fund = Fund.objects.select_for_update(no_key=True).get(",
        "fund = Fund.objects.get(",
        ("tests/matching/test_concurrency.py",),
    ),
    Mutant(
        "a form that comes twice is two gifts",
        "donations/services/gift.py",
        "Donation.objects.filter(public_id=public_id).first() if public_id else None",
        "None",
        ("tests/donations/test_services_gift.py",),
    ),
    Mutant(
        "a comparison is an assignment: every gift that is given back counts as settled",
        "donations/services/refund.py",
        "if donation.status not in (Donation.Status.SETTLED, Donation.Status.QUARANTINED)",
        "if not (donation.status == donation.status)",
        ("tests/donations/test_services_refund.py",),
    ),
    Mutant(
        "the key of a refund is its amount",
        "donations/stripe_gateway.py",
        '{"idempotency_key": f"refund:{reversal.pk}:{attempt}"}',
        '{"idempotency_key": f"refund:{reversal.donation_id}:{reversal.amount_cents}"}',
        ("tests/donations/test_services_refund_source.py", "tests/donations/test_stripe_gateway.py"),
    ),
    Mutant(
        "what went back already is refunded again",
        "donations/services/standing.py",
        "return _charged_less_lost(donation) - contested - _sum(reversals)",
        "return _charged_less_lost(donation) - contested",
        ("tests/donations/test_services_reversal.py", "tests/donations/test_services_refund_source.py"),
    ),
    Mutant(
        "an event is done although Stripe did not answer",
        "donations/services/event.py",
        "        outcome = _apply_to_gift(event, now, claimed)",
        "        try:\n            outcome = _apply_to_gift(event, now, claimed)\n        except Exception:\n            pass",
        ("tests/donations/test_services_event.py", "tests/donations/test_tasks.py"),
    ),
    Mutant(
        "the worker is not woken by a webhook",
        "donations/views/webhook.py",
        "tasks.apply_events.delay_on_commit()",
        "None",
        ("tests/donations/test_views_webhook.py",),
    ),
    Mutant(
        "a payment after the deadline counts",
        "donations/services/payment.py",
        "return payment.charged_at >= campaign.gifts_until",
        "return False",
        ("tests/donations/test_services_payment.py",),
    ),
    Mutant(
        "a mail is sent again by itself",
        "accounts/models/mail.py",
        "return self.filter(status=Mail.Status.QUEUED)",
        "return self.exclude(status=Mail.Status.SENT)",
        ("tests/accounts/test_tasks.py", "tests/accounts/test_services.py"),
    ),
    Mutant(
        "a gift its donor contests is paid back twice",
        "donations/services/refund.py",
        " or donation.status == Donation.Status.DISPUTED",
        "",
        ("tests/donations/test_services_dispute.py", "tests/donations/test_services_refund.py"),
    ),
    Mutant(
        "what left without an answer leaves again after a day",
        "donations/services/outgoing.py",
        "if outgoing.attempts > 1 else None",
        "if outgoing.attempts > 99 else None",
        ("tests/donations/test_services_outgoing.py",),
    ),
    Mutant(
        "an old answer of Stripe takes a refund back",
        "donations/services/reversal.py",
        "order.index(target) <= order.index(",
        "order.index(target) < 0 * order.index(",
        ("tests/donations/test_services_refund.py", "tests/proof/test_orders.py"),
    ),
    Mutant(
        "the door takes messages of any account",
        "donations/services/event.py",
        "if not is_ours or",
        "if",
        ("tests/proof/test_signatures.py",),
    ),
    Mutant(
        "who looks for messages does not say so, and is not woken again",
        "donations/tasks.py",
        "        begin_to_look(apply_events.name)\n",
        "",
        ("tests/donations/test_views_webhook.py",),
    ),
    Mutant(
        "a payment of which nobody has told for days is a difference and no gift",
        "donations/services/balances.py",
        "healed = _catch_up(cutoff, now)",
        "healed = 0",
        ("tests/donations/test_services_balances.py",),
    ),
    Mutant(
        "of a payment of nobody that is going back only the first half is seen",
        "donations/services/balances.py",
        "max(max(created_at)) OVER (PARTITION BY COALESCE(NULLIF(max(payment_id), ''), subject)) AS newest",
        "max(created_at) AS newest",
        ("tests/donations/test_services_balances.py",),
    ),
    Mutant(
        "what a bank has decided is not asked for when its message is lost",
        "donations/services/gift.py",
        " | without_fee | contested",
        " | without_fee",
        ("tests/donations/test_services_waiting.py",),
    ),
)


def main() -> int:
    """Let every mutant loose, say which are killed, and return 1 when one survives."""
    wanted = sys.argv[1:]
    mutants = [one for one in MUTANTS if not wanted or any(word in one.name for word in wanted)]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy_project(Path(folder))
        for mutant in mutants:
            began = time.monotonic()
            killed = is_killed(mutant, Path(folder))
            survivors += [] if killed else [mutant]
            print(
                f"{'killed' if killed else 'SURVIVES':9} {mutant.name} ({time.monotonic() - began:.0f} s)",
                flush=True,
            )
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants killed")
    return 1 if survivors else 0


def copy_project(folder: Path) -> None:
    """Copy what git knows or would add, and link what an installation has made."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for catalog in ROOT.glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy(catalog, folder / catalog.relative_to(ROOT))
    for name in MADE:
        (folder / name).symlink_to((ROOT / name).resolve())
    # The engines' folders are reached by a user without rights.
    folder.chmod(0o755)


def is_killed(mutant: Mutant, folder: Path) -> bool:
    """Put a mutant in place, run its tests and say whether one failed; the copy is whole again afterwards."""
    path = folder / mutant.path
    whole = path.read_text()
    path.write_text(mutate(mutant, whole))
    try:
        tests = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests]
        done = subprocess.run(tests, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    finally:
        path.write_text(whole)
    if done.returncode not in (0, 1):
        raise SystemExit(
            f"The tests of “{mutant.name}” do not run:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        )
    return done.returncode == 1


def mutate(mutant: Mutant, text: str) -> str:
    """Return a source with the mistake in it; raise SystemExit when its place is not there, or not only there."""
    if text.count(mutant.right) != 1:
        raise SystemExit(
            f"“{mutant.name}” has no place of its own in {mutant.path}: bring the mutant up to date."
        )
    return text.replace(mutant.right, mutant.wrong)


if __name__ == "__main__":
    raise SystemExit(main())
