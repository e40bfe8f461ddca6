"""Each posting is chained to the one before it on its account."""

import importlib

from django.db import connection
from django.utils import timezone

from calls.models import Fund
from campaigns.models import Campaign
from ledger.models import Account, Entry, Posting
from ledger.services import account, allocate_fund, post

Kind = Account.Kind


def reserve(fund: Fund, project: Campaign, cents: int, key: str) -> Entry:
    """Set some money of a fund aside."""
    postings = [
        (account(Kind.RESERVED, fund=fund, campaign=project), cents),
        (account(Kind.AVAILABLE, fund=fund), -cents),
    ]
    return post(key=key, kind=Entry.Kind.RESERVATION, postings=postings, now=timezone.now())


def test_posting_takes_the_next_place_on_its_account(fund: Fund, project: Campaign) -> None:
    reserve(fund, project, 100, "one")
    reserve(fund, project, 200, "two")

    places = Posting.objects.filter(account__kind=Kind.RESERVED).order_by("position")
    assert list(places.values_list("position", "amount_cents")) == [(1, 100), (2, 200)]
    assert Account.objects.get(kind=Kind.RESERVED).length == 2


def test_posting_carries_a_digest_of_the_one_before(fund: Fund, project: Campaign) -> None:
    reserve(fund, project, 100, "one")
    reserve(fund, project, 200, "two")

    first, second = Posting.objects.filter(account__kind=Kind.RESERVED).order_by("position")
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT sha256(%s || convert_to(concat_ws('|', key, kind, reason, actor_id,
                      extract(epoch FROM created_at), 200), 'UTF8')) FROM ledger_entry WHERE key = 'two'""",
            [bytes(first.chain)],
        )
        assert bytes(cursor.fetchone()[0]) == bytes(second.chain)
    assert bytes(Account.objects.get(kind=Kind.RESERVED).head) == bytes(second.chain)
    assert bytes(first.chain) != bytes(second.chain)


def test_post_repeated_leaves_the_chain_alone(fund: Fund, project: Campaign) -> None:
    allocate_fund(fund=fund, now=timezone.now())
    before = bytes(Account.objects.get(kind=Kind.AVAILABLE, fund=fund).head)

    allocate_fund(fund=fund, now=timezone.now())

    assert bytes(Account.objects.get(kind=Kind.AVAILABLE, fund=fund).head) == before


def test_migration_chains_what_was_written_before_as_the_trigger_would_have(
    fund: Fund, project: Campaign
) -> None:
    reserve(fund, project, 100, "one")
    reserve(fund, project, 200, "two")
    chain = importlib.import_module("ledger.migrations.0003_chained_postings").CHAIN
    fields = ("pk", "position", "chain")
    before = [(row[0], row[1], bytes(row[2])) for row in Posting.objects.order_by("pk").values_list(*fields)]
    heads = [(one.pk, one.length, bytes(one.head)) for one in Account.objects.order_by("pk")]

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # As it was before: nothing chained, and the accounts' guard not yet made again.
        for table in ("ledger_posting", "ledger_account"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_posting SET position = id + 1000, chain = ''")
        cursor.execute("UPDATE ledger_account SET length = 0, head = ''")
        cursor.execute(chain)
        cursor.execute("ALTER TABLE ledger_account ENABLE TRIGGER USER")

    assert [
        (row[0], row[1], bytes(row[2])) for row in Posting.objects.order_by("pk").values_list(*fields)
    ] == before
    assert [(one.pk, one.length, bytes(one.head)) for one in Account.objects.order_by("pk")] == heads
