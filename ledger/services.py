"""Every movement of money happens in a function of this module.

`post` is the one door; the upper apps call it in the same transaction as the state that causes the movement. Locks are
taken in one order everywhere: fund, campaign, donation.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import User
from calls.models import Fund
from campaigns.models import Campaign
from ledger.models import Account, Entry, Posting

Kind = Account.Kind


class EntryConflict(Exception):
    """Say that a key was used before for another movement."""


def account(kind: Account.Kind, *, campaign: Campaign | None = None, fund: Fund | None = None) -> Account:
    """Return the one account of this kind, making it empty the first time."""
    found, _created = Account.objects.get_or_create(kind=kind, campaign=campaign, fund=fund)
    return found


def accounts(*kinds: Account.Kind, campaign: Campaign) -> list[Account]:
    """Return several accounts of a campaign by one question, each made empty the first time."""
    there = {one.kind: one for one in Account.objects.filter(kind__in=kinds, campaign=campaign, fund=None)}
    return [there.get(kind) or account(kind, campaign=campaign) for kind in kinds]


def balance(kind: Account.Kind, *, campaign: Campaign | None = None, fund: Fund | None = None) -> int:
    """Return the balance of an account in cents, debit positive; zero when it does not exist."""
    return Account.objects.filter(kind=kind, campaign=campaign, fund=fund).balance()


def raised_cents(campaign: Campaign) -> int:
    """Return what citizens have given to a campaign and what counts for its threshold, in cents."""
    return -Account.objects.filter(kind__in=[Kind.DONORS, Kind.PROMOTER], campaign=campaign).balance()


@transaction.atomic
def post(
    *,
    key: str,
    kind: Entry.Kind,
    postings: Sequence[tuple[Account, int]],
    now: datetime,
    by: User | None = None,
    reason: str = "",
) -> Entry:
    """Write one balanced movement: pairs of account and signed cents, debit positive, that sum to zero.

    The key names the fact, so the same call again returns the same entry. Raise EntryConflict when the key stands for
    other postings; PostgreSQL raises IntegrityError when a guarded account would be overdrawn.
    """
    entry, created = Entry.objects.get_or_create(
        key=key, defaults={"kind": kind, "created_at": now, "actor": by, "reason": reason}
    )
    wanted = sorted((account.pk, cents) for account, cents in postings)
    if not created:
        if sorted(entry.postings.values_list("account_id", "amount_cents")) != wanted:
            raise EntryConflict(key)
        return entry
    # One order for the rows whose balances move, so that two movements never wait for each other in a circle.
    Posting.objects.bulk_create(
        [Posting(entry=entry, account_id=account_id, amount_cents=cents) for account_id, cents in wanted]
    )
    return entry


@transaction.atomic
def allocate_fund(*, fund: Fund, now: datetime) -> Entry:
    """Put a published fund's money at its disposal; a repetition changes nothing."""
    return post(
        key=f"allocation:{fund.pk}",
        kind=Entry.Kind.ALLOCATION,
        postings=[
            (account(Kind.AVAILABLE, fund=fund), fund.allocation_cents),
            (account(Kind.ALLOCATED, fund=fund), -fund.allocation_cents),
        ],
        now=now,
    )
