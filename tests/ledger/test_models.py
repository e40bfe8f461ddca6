"""What PostgreSQL itself refuses, whatever the code above it does."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from calls.models import Call, Fund
from campaigns.models import Campaign
from ledger.models import OF_BOTH, OF_FUND, Account, Entry, Posting
from ledger.services import account, post

Kind = Account.Kind


def execute(statement: str) -> None:
    """Run one statement on the test's own connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def move(source: Account, target: Account, cents: int) -> Entry:
    """Post cents from one account to another."""
    return post(
        key=f"move:{cents}",
        kind=Entry.Kind.QUARANTINE,
        postings=[(target, cents), (source, -cents)],
        now=timezone.now(),
    )


def unfinished_entry(key: str = "test:1") -> Entry:
    """Write an entry that has no postings yet."""
    return Entry.objects.create(key=key, kind=Entry.Kind.ALLOCATION, created_at=timezone.now())


def write_pair(entry: Entry, fund: Fund, into: int, out_of: int) -> None:
    """Write two postings, without asking whether they belong together."""
    Posting.objects.create(entry=entry, account=account(Kind.AVAILABLE, fund=fund), amount_cents=into)
    Posting.objects.create(entry=entry, account=account(Kind.ALLOCATED, fund=fund), amount_cents=out_of)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE ledger_entry SET reason = 'changed'", "Cannot update"),
        ("UPDATE ledger_entry SET key = key", "Cannot update"),
        ("UPDATE ledger_posting SET amount_cents = -amount_cents", "Cannot update"),
        ("DELETE FROM ledger_posting", "or delete rows"),
        ("DELETE FROM ledger_entry", "or delete rows"),
        ("DELETE FROM ledger_account", "Cannot delete"),
        ("TRUNCATE ledger_posting", "kept for ever"),
        ("TRUNCATE ledger_entry CASCADE", "kept for ever"),
        ("TRUNCATE ledger_account CASCADE", "kept for ever"),
    ],
)
def test_ledger_is_kept_as_it_was_written(fund: Fund, statement: str, words: str) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(DatabaseError, match=words), transaction.atomic():
        execute(statement)

    assert Posting.objects.count() == 2
    assert account(Kind.AVAILABLE, fund=fund).balance_cents == 60_000_000


@pytest.mark.usefixtures("real_transactions")
def test_entry_refuses_to_be_committed_unbalanced(fund: Fund) -> None:
    with pytest.raises(IntegrityError, match="is not balanced"), transaction.atomic():
        write_pair(unfinished_entry(), fund, 100, -99)

    assert not Entry.objects.filter(key="test:1").exists()
    assert account(Kind.AVAILABLE, fund=fund).balance_cents == 60_000_000


@pytest.mark.usefixtures("real_transactions")
def test_entry_refuses_to_be_committed_without_postings(fund: Fund) -> None:
    with pytest.raises(IntegrityError, match="moves no money"), transaction.atomic():
        unfinished_entry()

    assert not Entry.objects.filter(key="test:1").exists()


@pytest.mark.usefixtures("real_transactions")
def test_entry_refuses_a_balanced_pair_of_postings_later(fund: Fund) -> None:
    entry = Entry.objects.get()

    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        write_pair(entry, fund, 100, -100)

    assert entry.postings.count() == 2


def test_entry_knows_its_own_transaction_whatever_it_was_told(fund: Fund) -> None:
    entry = Entry.objects.create(key="test:1", kind="allocation", created_at=timezone.now(), transaction_id=7)

    entry.refresh_from_db()

    assert entry.transaction_id == Entry.objects.exclude(pk=entry.pk).get().transaction_id != 7
    write_pair(entry, fund, 1, -1)


def test_entry_refuses_the_same_key_twice(fund: Fund) -> None:
    with pytest.raises(IntegrityError, match="ledger_entry_key"), transaction.atomic():
        unfinished_entry(key=Entry.objects.get().key)


def test_posting_refuses_zero(fund: Fund) -> None:
    with pytest.raises(IntegrityError, match="posting_not_zero"), transaction.atomic():
        Posting.objects.create(
            entry=unfinished_entry(), account=account(Kind.AVAILABLE, fund=fund), amount_cents=0
        )


@pytest.mark.parametrize(
    "change", [{"balance_cents": 1}, {"balance_cents": 60_000_000}, {"kind": "reserved"}]
)
def test_account_refuses_every_change_but_a_posting(fund: Fund, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="moves only with its postings"), transaction.atomic():
        Account.objects.filter(kind=Kind.AVAILABLE).update(**change)

    assert account(Kind.AVAILABLE, fund=fund).balance_cents == 60_000_000


def test_account_refuses_to_begin_with_money(project: Campaign) -> None:
    with pytest.raises(IntegrityError, match="moves only with its postings"), transaction.atomic():
        Account.objects.create(kind=Kind.STRIPE, campaign=project, balance_cents=1)


def test_account_is_one_of_its_kind(fund: Fund) -> None:
    with pytest.raises(IntegrityError, match="account_once"), transaction.atomic():
        Account.objects.create(kind=Kind.AVAILABLE, fund=fund)


@pytest.mark.parametrize("kind", Kind.values)
def test_account_belongs_to_whom_its_kind_says(call: Call, project: Campaign, kind: str) -> None:
    fund = call.funds.get()
    owners = {
        "campaign": (project, None),
        "fund": (None, fund),
        "both": (project, fund),
        "nobody": (None, None),
    }
    right = {**dict.fromkeys(OF_BOTH, "both"), **dict.fromkeys(OF_FUND, "fund")}
    campaign, of_fund = owners.pop(right.get(kind, "campaign"))

    for wrong_campaign, wrong_fund in owners.values():
        with pytest.raises(IntegrityError, match="account_owner_matches_kind"), transaction.atomic():
            Account.objects.create(kind=kind, campaign=wrong_campaign, fund=wrong_fund)

    assert Account.objects.create(kind=kind, campaign=campaign, fund=of_fund).pk


def test_account_refuses_to_overdraw_a_fund(fund: Fund, project: Campaign) -> None:
    available = account(Kind.AVAILABLE, fund=fund)
    awarded = account(Kind.AWARDED, fund=fund, campaign=project)
    move(available, awarded, 60_000_000)

    with pytest.raises(IntegrityError, match="account_never_overdrawn"), transaction.atomic():
        move(available, awarded, 1)

    available.refresh_from_db()
    assert available.balance_cents == 0


def test_account_refuses_to_raise_less_than_nothing(project: Campaign) -> None:
    held, donors = account(Kind.STRIPE, campaign=project), account(Kind.DONORS, campaign=project)
    owed = account(Kind.REFUNDS_OWED, campaign=project)
    move(donors, held, 500)

    with pytest.raises(IntegrityError, match="account_never_overdrawn"), transaction.atomic():
        move(owed, donors, 501)

    donors.refresh_from_db()
    assert donors.balance_cents == -500
