"""The audit is green on a whole life, and each of its checks turns red when its promise is broken."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from donations.services import claim_reversals, owe_offline_return, owe_refund, send_refund, sync_payment
from matching.audit import CHECKS, MOST_ROWS_SHOWN, WAITING, examine, run_checks
from matching.services import close_campaign, increase_fund, release_grant, settle_campaign
from tests.donations.at_stripe import refund_at_stripe
from tests.factories import enter_outside, give, give_outside, make_campaign, make_donation
from tests.matching.outside import return_outside
from tests.matching.short import accept, act, offered, reached, release, short_call

TABLES = (
    "calls_call",
    "calls_fund",
    "campaigns_campaign",
    "donations_donation",
    "donations_offlinedonation",
    "donations_reversal",
    "ledger_account",
    "ledger_entry",
    "ledger_posting",
    "matching_grant",
    "matching_grantoffer",
    "matching_grantcompletion",
    "matching_fundmovement",
)

SETTLED_AGAIN = """
    UPDATE donations_donation SET status = 'settled', refund_due_at = NULL, refunded_at = NULL WHERE status = 'refunded'
"""

NOTHING_COUNTS = """
    UPDATE donations_donation SET status = 'refund_due', refund_due_at = now(), counted_cents = 0
    WHERE status = 'settled'
"""

TWO_GRANTS = """
    ALTER TABLE matching_grant DROP CONSTRAINT matching_grant_campaign_id_key;
    UPDATE matching_grant SET campaign_id = (SELECT min(campaign_id) FROM matching_grant);
"""

CONTEST = """
    INSERT INTO donations_dispute (donation_id, stripe_dispute_id, amount_cents, held_cents, owed_cents,
                                   recovered_cents, reason, status, opened_at, booked_at, closed_at)
    SELECT id, 'du_1', 100, 100, 0, 0, '', '{status}', now(), now(), {closed} FROM donations_donation
    WHERE status = 'settled' LIMIT 1
"""

PAYOUT = """
    INSERT INTO donations_outgoing (kind, campaign_id, stripe_account_id, stripe_transfer_id, amount_cents, status,
                                    stripe_id, failure, created_at, next_attempt_at, attempts, actor_id)
    SELECT 'payout', c.id, 'acct_1', '', 5, '{status}', {stripe_id}, '', {when}, now(), 1, c.approved_by_id
    FROM campaigns_campaign c LIMIT 1
"""

RETURNED_UNSEEN = """
    UPDATE donations_offlinedonation SET status = 'returned', ended_at = now(), ended_by_id = verified_by_id
    WHERE status = 'return_due'
"""

WAITS_FOR_AN_OFFICER = """
    ALTER TABLE donations_offlinedonation DISABLE TRIGGER USER;
    UPDATE donations_offlinedonation SET entered_at = %s - interval '4 days' WHERE status = 'entered'
"""

OWED_AGAIN = """
    UPDATE donations_offlinedonation SET status = 'return_due', ended_at = NULL, ended_by_id = NULL
    WHERE status = 'returned'
"""

#: A way to break each promise, by the beginning of its check's name.
BROKEN = [
    (
        "all postings together",
        "UPDATE ledger_posting SET amount_cents = amount_cents + 1 WHERE amount_cents > 0",
    ),
    ("every movement has a key", "UPDATE ledger_entry SET transaction_id = 0"),
    ("every guard of the ledger", "ALTER TABLE ledger_posting DISABLE TRIGGER USER"),
    (
        "every outcome is what",
        "UPDATE campaigns_campaign SET outcome_raised_cents = outcome_raised_cents + 1 WHERE status = 'refunded'",
    ),
    ("every posting carries", "UPDATE ledger_entry SET reason = 'otherwise'"),
    ("every posting carries", "UPDATE ledger_posting SET chain = 'x' WHERE position = 2"),
    ("every posting carries", "UPDATE ledger_posting SET position = position + 100"),
    ("every account ends", "UPDATE ledger_account SET length = length - 1 WHERE length > 1"),
    ("every account ends", "UPDATE ledger_account SET head = 'x' WHERE length = 1"),
    ("what stands contested", CONTEST.format(status="open", closed="NULL")),
    ("every lost dispute", CONTEST.format(status="lost", closed="now()")),
    (
        "a gift is contested",
        "UPDATE donations_donation SET status = 'disputed', disputed_at = now(), counted_cents = 0 WHERE status = 'settled'",
    ),
    (
        "what is paid out",
        PAYOUT.format(status="sent", stripe_id="'po_1'", when="now()"),
    ),
    ("every fee the gifts", "UPDATE donations_donation SET fee_cents = fee_cents + 1000000"),
    (
        "every gift given back",
        "UPDATE donations_reversal SET amount_cents = amount_cents - 1 WHERE status = 'succeeded'",
    ),
    (
        "every gift is a positive",
        "UPDATE donations_donation SET stripe_session_id = 'cs_live_' || id WHERE amount_cents = 3000",
    ),
    (
        "no campaign holds two",
        TWO_GRANTS,
    ),
    (
        "every entry's postings",
        "UPDATE ledger_posting SET amount_cents = amount_cents + 1 WHERE amount_cents > 0",
    ),
    ("every entry's postings", "DELETE FROM ledger_posting WHERE amount_cents < 0"),
    ("every entry's postings", "DELETE FROM ledger_posting"),
    (
        "no fund has given more",
        (
            "ALTER TABLE ledger_account DROP CONSTRAINT account_never_overdrawn;"
            "UPDATE ledger_account SET balance_cents = -1 WHERE kind = 'available'"
        ),
    ),
    (
        "every balance is the sum",
        "UPDATE ledger_account SET balance_cents = balance_cents + 1 WHERE kind = 'stripe'",
    ),
    ("every balance is the sum", "DELETE FROM ledger_posting"),
    ("every balance is the sum", "UPDATE ledger_account SET length = length + 1 WHERE kind = 'stripe'"),
    ("every paid gift", "UPDATE donations_donation SET stripe_payment_intent_id = 'pi_' || id"),
    ("every paid gift", "DELETE FROM donations_donation WHERE amount_cents = 3000"),
    (
        "what counts for a campaign",
        NOTHING_COUNTS,
    ),
    (
        "what counts for a campaign",
        "UPDATE donations_donation SET counted_cents = 0, uncounted_cents = amount_cents WHERE amount_cents = 3000",
    ),
    (
        "what is kept of every gift",
        "UPDATE donations_donation SET counted_cents = 1 WHERE amount_cents = 3000",
    ),
    ("nothing counts that", "UPDATE calls_call SET excludes_related_parties = true"),
    (
        "no address counts for more",
        "UPDATE calls_call SET donor_limit_cents = 4_999_999, donor_limit_bp = 5000",
    ),
    (
        "what a campaign owes back",
        "UPDATE donations_donation SET status = 'refunded', refunded_at = now() WHERE status = 'refund_due'",
    ),
    ("no gift is given back more", "UPDATE donations_reversal SET amount_cents = amount_cents + 1"),
    ("every fund is allocated", "UPDATE calls_fund SET allocation_cents = allocation_cents + 1"),
    ("every fund is allocated", "UPDATE ledger_account SET balance_cents = 0 WHERE kind = 'available'"),
    (
        "every grant stands",
        "UPDATE matching_grant SET amount_cents = amount_cents - 1 WHERE state = 'reserved'",
    ),
    (
        "every grant stands",
        "UPDATE matching_grant SET amount_cents = amount_cents - 1 WHERE state = 'awarded'",
    ),
    (
        "every award was earned",
        "UPDATE matching_grant SET evidence_id = (SELECT min(id) FROM ledger_entry) WHERE state = 'awarded'",
    ),
    ("every award follows its formula", "UPDATE matching_grant SET grant_bp = 4999 WHERE state = 'awarded'"),
    (
        "every award follows its formula",
        "UPDATE matching_grant SET threshold_bp = 5001 WHERE state = 'awarded'",
    ),
    (
        "no failed campaign keeps",
        SETTLED_AGAIN,
    ),
    (
        "no failed campaign keeps",
        "UPDATE donations_donation SET status = 'refund_due', refunded_at = NULL WHERE status = 'refunded'",
    ),
    (
        "every grant taken back",
        "UPDATE matching_grant SET state = 'revoked', revoked_at = now() WHERE state = 'awarded'",
    ),
    (
        "no campaign says",
        "UPDATE campaigns_campaign SET reached_at = now(), first_reached_at = now() WHERE status = 'open'",
    ),
    (
        "every movement of a fund",
        "UPDATE matching_fundmovement SET amount_cents = amount_cents + 1",
    ),
    ("every movement of a fund", "UPDATE ledger_entry SET actor_id = NULL WHERE kind = 'increase'"),
    ("every fund is allocated", "DELETE FROM matching_fundmovement"),
    (
        "every offered part",
        "UPDATE matching_grantoffer SET status = 'lapsed', ended_at = now() WHERE status = 'open'",
    ),
    ("no completion carries", "UPDATE matching_grant SET due_cents = 999999 WHERE amount_cents = 500000"),
    ("every grant stands", "UPDATE matching_grantcompletion SET amount_cents = amount_cents - 1"),
    (
        "every verified gift outside",
        "UPDATE donations_offlinedonation SET verified_cents = verified_cents - 1 WHERE status = 'returned'",
    ),
    ("every verified gift outside", "UPDATE ledger_entry SET key = 'x' || key WHERE kind = 'offline'"),
    (
        "every gift outside the site that counts",
        "UPDATE ledger_entry SET actor_id = NULL WHERE kind = 'offline'",
    ),
    ("gifts outside the site count", "UPDATE calls_call SET offline_share_bp = 0"),
    ("what stands at promoters'", RETURNED_UNSEEN),
    ("what promoters owe", RETURNED_UNSEEN),
    ("every gift outside the site that is given back", RETURNED_UNSEEN),
    (
        "what counts for a campaign",
        "UPDATE donations_offlinedonation SET counted_cents = 0, uncounted_cents = verified_cents WHERE status = 'verified'",
    ),
    ("no decided campaign waits", OWED_AGAIN),
]


@pytest.fixture
def life(stripe: str, call: Call, officer: User, organizer: User) -> list[Campaign]:
    """Live a campaign that is awarded, one that has failed and is refunded, and one on its way with a refund owed."""
    campaigns = [
        make_campaign(officer=officer, promoter=organizer, call=call, cost_cents=cost)
        for cost in (10_000_000, 2_000_000, 2_000_000)
    ]
    awarded, failed, on_its_way = campaigns
    give(campaign=awarded, amount_cents=5_000_000)
    release_grant(campaign=awarded, now=timezone.now())
    gift = give(campaign=failed, amount_cents=5000)
    refund_at_stripe(gift, 700)
    sync_payment(donation=gift, now=timezone.now())
    outside = give_outside(campaign=failed, officer=officer, amount_cents=600)
    close_campaign(campaign=failed, now=failed.closes_at)
    settle_campaign(campaign=failed, now=failed.closes_at)
    for reversal in claim_reversals(now=failed.closes_at + timedelta(days=1)):
        send_refund(reversal=reversal, now=timezone.now())
    return_outside(outside, officer=officer)
    enter_outside(campaign=on_its_way)
    give_outside(campaign=on_its_way, officer=officer, amount_cents=1500)
    owe_offline_return(
        gift=give_outside(campaign=on_its_way, officer=officer, amount_cents=1700),
        reason="Richiesta del donatore",
        by=officer,
        now=timezone.now(),
    )
    give(campaign=on_its_way, amount_cents=3000)
    give(campaign=on_its_way, amount_cents=2500, email=organizer.email)
    give_back = give(campaign=on_its_way, amount_cents=4000)
    owe_refund(donation=give_back, by=officer, reason="Richiesta del donatore", now=timezone.now())
    make_donation(campaign=on_its_way)
    live_on_a_short_fund(officer, organizer)
    return campaigns


def live_on_a_short_fund(officer: User, organizer: User) -> None:
    """Award one grant whole, one in part and completed afterwards, and offer a part of the third."""
    call = short_call(officer, 1_500_000)
    first, second, third = (reached(call, officer, organizer) for _number in range(3))
    release(first)
    accept(offered(second), organizer)
    fund = call.funds.get()
    increase_fund(
        fund=fund, amount_cents=700_000, act=act(), reason="Risorse.", by=officer, now=timezone.now()
    )
    assert release(third).amount_cents == 200_000


def unguarded(statement: str) -> None:
    """Run a statement as only the owner of the tables can: with their triggers switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        assert cursor.rowcount > 0 or "TRIGGER" in statement
        # Every guard stands again, but for the one a statement may have taken away.
        if "TRIGGER" not in statement:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def broken_line(line: str, check: str) -> bool:
    """Say whether a line of the command tells that a check is broken."""
    return line.startswith("BROKEN") and line[13:].startswith(check)


def audit() -> tuple[int, str]:
    """Return the exit code of the command and what it printed."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("audit", books_only=True, stdout=out, stderr=err)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def test_audit_is_balanced_on_a_whole_life(life: list[Campaign]) -> None:
    code, text = audit()

    assert (code, text.splitlines()[-1]) == (0, "balanced")
    statuses = [campaign.status for campaign in Campaign.objects.order_by("pk")]
    assert statuses == ["open", "refunded", "open", "open", "open", "open"]
    assert text.count("ok ") == len(CHECKS) + len(WAITING)
    assert "late" not in text


@pytest.mark.django_db
def test_audit_is_balanced_on_nothing() -> None:
    assert audit()[0] == 0


def test_audit_shows_what_breaks_a_promise(life: list[Campaign]) -> None:
    for check, statement in BROKEN:
        with transaction.atomic():
            unguarded(statement)
            code, text = audit()
            transaction.set_rollback(True)

        lines = text.splitlines()
        (place,) = [place for place, line in enumerate(lines) if broken_line(line, check)]
        assert (code, lines[place + 1][:8]) == (1, " " * 8), statement
        assert "balanced" not in lines
    assert audit()[0] == 0


def test_audit_has_a_way_to_break_every_check() -> None:
    for check in CHECKS:
        assert [begin for begin, _statement in BROKEN if check.name.startswith(begin)], check.name


def test_run_checks_shows_a_few_rows_only(campaign: Campaign) -> None:
    for _number in range(MOST_ROWS_SHOWN + 2):
        make_donation(campaign=campaign)
    unguarded(
        "UPDATE donations_donation SET status = 'settled', settled_at = now(), charged_at = now(),"
        " stripe_charge_id = 'ch_' || id, charged_cents = amount_cents"
    )

    found = run_checks(now=timezone.now())[
        "every paid gift has exactly one posting of its amount at Stripe, and every such posting a gift"
    ]

    assert Donation.objects.count() > MOST_ROWS_SHOWN
    assert len(found) == MOST_ROWS_SHOWN


MESSAGE = """
    INSERT INTO donations_stripeevent (stripe_id, type, object_id, reference, payment_intent_id, received_at,
                                       next_attempt_at, attempts, outcome)
    VALUES ('evt_1', 'refund.updated', '', '', '', %s, %s, 0, '')
"""

#: A way to be late for each thing that waits, by the beginning of its check's name.
LATE = [
    (
        "no message of Stripe",
        MESSAGE,
    ),
    (
        "no mail has been",
        "UPDATE accounts_mail SET status = 'sending', claimed_at = %s, sent_at = NULL",
    ),
    (
        "no gift outside the site waits",
        WAITS_FOR_AN_OFFICER,
    ),
    ("no refund waits to be sent", "UPDATE donations_reversal SET created_at = %s WHERE status = 'due'"),
    (
        "no refund has been without",
        "UPDATE donations_reversal SET created_at = %s, status = 'sent', stripe_refund_id = 're_1' WHERE status = 'due'",
    ),
    ("nothing that leaves", PAYOUT.format(status="due", stripe_id="NULL", when="%s")),
]


def test_audit_tells_what_is_late_and_is_balanced_all_the_same(life: list[Campaign]) -> None:
    two_days_ago = timezone.now() - timedelta(days=2)

    assert sorted(check.name for check in WAITING) == sorted(
        check.name for check in WAITING for begin, _ in LATE if check.name.startswith(begin)
    )
    for check, statement in LATE:
        with transaction.atomic():
            unguarded("UPDATE accounts_mail SET key = key")
            with connection.cursor() as cursor:
                cursor.execute(statement, [two_days_ago] * statement.count("%s"))
            code, text = audit()
            transaction.set_rollback(True)

        late = [line[13:] for line in text.splitlines() if line.startswith("late")]
        assert (code, len(late)) == (0, 1), text
        assert late[0].startswith(check)


def test_audit_numbers_every_promise() -> None:
    numbers = {check.invariant for check in [*CHECKS, *WAITING]}

    assert numbers == {f"I{number}" for number in range(1, 15)}


def test_examine_tells_how_many_rows_it_looked_at(life: list[Campaign]) -> None:
    found = {finding.check.name: finding for finding in examine(CHECKS, now=timezone.now())}

    assert found["every grant stands in the ledger as its state says"].examined == 6
    assert all(finding.is_fine for finding in found.values())
