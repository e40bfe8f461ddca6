"""What the application's own database role may not do, however hard it tries."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from calls.models import Call, Fund
from ledger.models import Account, Entry, Posting
from ledger.services import account, allocate_fund, balance

Kind = Account.Kind


def execute(statement: str) -> None:
    """Run one statement on the test's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def fund(call: Call) -> Iterator[Fund]:
    """Return a filled fund, with the restricted role at work."""
    fund = call.funds.get()
    call_command("prepare_database", verbosity=0)
    execute("SET ROLE civicfund_app")
    allocate_fund(fund=fund, now=timezone.now())
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute("SET CONSTRAINTS ALL DEFERRED")
    yield fund
    execute("RESET ROLE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET reason = 'changed'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE",
        "UPDATE ledger_posting SET amount_cents = 1",
        "DELETE FROM ledger_posting",
        "TRUNCATE ledger_posting",
        "DELETE FROM ledger_account",
        "TRUNCATE ledger_account CASCADE",
    ],
)
def test_prepare_database_lets_the_application_only_add_to_the_ledger(fund: Fund, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute(statement)

    assert balance(Kind.AVAILABLE, fund=fund) == 60_000_000


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "ALTER TABLE ledger_posting DISABLE TRIGGER ALL",
        "ALTER TABLE ledger_account DISABLE TRIGGER USER",
        "ALTER TABLE ledger_account DROP CONSTRAINT account_never_overdrawn",
        "ALTER TABLE donations_donation DISABLE TRIGGER USER",
        "ALTER TABLE matching_grant DISABLE TRIGGER USER",
        "DROP TABLE ledger_posting",
        "DROP FUNCTION _pgtrigger_should_ignore CASCADE",
        "SET session_replication_role = replica",
        "CREATE TEMP TABLE mine (id int)",
        "CREATE TRIGGER mine AFTER DELETE ON donations_decline FOR EACH ROW EXECUTE FUNCTION trail_writes()",
    ],
)
def test_prepare_database_gives_the_application_no_way_round_the_triggers(fund: Fund, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"must be owner|permission denied"), transaction.atomic():
        execute(statement)


def test_prepare_database_takes_the_session_setting_that_silences_triggers_out_of_use(fund: Fund) -> None:
    names = ",".join(trigger_names("ledger_entry", "ledger_posting", "ledger_account"))
    execute(f"SET LOCAL pgtrigger.ignore = '{{{names}}}'")

    with pytest.raises(IntegrityError, match="is not balanced"):
        write_unbalanced(fund)
    with pytest.raises(DatabaseError, match="moves only with its postings"), transaction.atomic():
        execute("UPDATE ledger_account SET balance_cents = 0")


def test_prepare_database_lets_the_application_do_its_daily_work(fund: Fund) -> None:
    assert balance(Kind.AVAILABLE, fund=fund) == 60_000_000
    assert Entry.objects.count() == 1


def test_prepare_database_may_be_repeated(fund: Fund) -> None:
    execute("RESET ROLE")

    call_command("prepare_database", verbosity=0)

    execute("SET ROLE civicfund_app")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        execute("DELETE FROM ledger_posting")


@transaction.atomic
def write_unbalanced(fund: Fund) -> None:
    """Write an entry that makes a cent out of nothing."""
    entry = Entry.objects.create(key="odd", kind="allocation", created_at=timezone.now())
    Posting.objects.create(entry=entry, account=account(Kind.AVAILABLE, fund=fund), amount_cents=5)
    Posting.objects.create(entry=entry, account=account(Kind.ALLOCATED, fund=fund), amount_cents=-4)
    execute("SET CONSTRAINTS ALL IMMEDIATE")


def trigger_names(*tables: str) -> list[str]:
    """Return the names of the triggers of some tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE c.relname = ANY(%s) AND NOT t.tgisinternal",
            [list(tables)],
        )
        return [row[0] for row in cursor.fetchall()]
