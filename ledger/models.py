"""Every cent, once: accounts, entries and postings; debits are positive, credits negative.

PostgreSQL keeps the promises, so no bug in Python can break them: postings and entries are neither updated nor deleted;
an entry's postings sum to zero and are written in the entry's own transaction; a balance moves only with its postings;
each posting carries a digest of the one before it on its account; a fund's available money and a campaign's raised money
never go below zero.
"""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import Fund
from campaigns.models import Campaign


def never_truncated(name: str) -> pgtrigger.Trigger:
    """Return the trigger that refuses to empty a table."""
    return pgtrigger.Trigger(
        name=f"{name}_not_truncated",
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        func="RAISE EXCEPTION 'the ledger is kept for ever' USING ERRCODE = '42501';",
    )


def kept_for_ever(name: str) -> list[pgtrigger.Trigger]:
    """Return the triggers that refuse every change to rows already written."""
    return [
        pgtrigger.Protect(name=f"{name}_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        never_truncated(name),
    ]


#: Whose accounts these kinds are; every other kind belongs to a campaign.
OF_FUND = ["allocated", "available"]
OF_BOTH = ["reserved", "awarded", "paid"]
#: Kinds whose balance is never negative; the others' is never positive.
DEBIT = ["stripe", "offline", "fees", "paid_out", "available", "reserved", "awarded", "paid"]


class AccountQuerySet(models.QuerySet["Account"]):
    """Questions about accounts."""

    def balance(self) -> int:
        """Return the sum of the balances in cents."""
        return self.aggregate(total=models.Sum("balance_cents", default=0))["total"]


class Account(models.Model):
    """One place where money stands, of one campaign, of one fund, or of a fund's share for one campaign."""

    class Kind(models.TextChoices):
        #: What Stripe holds of a campaign's gifts; debit.
        STRIPE = "stripe", _("held by Stripe")
        #: Gifts that count for the threshold; credit.
        DONORS = "donors", _("given by citizens")
        #: What has to go back to donors; credit.
        REFUNDS_OWED = "refunds_owed", _("to be given back")
        #: Money that arrived and cannot be explained; an officer decides; credit.
        QUARANTINE = "quarantine", _("in quarantine")
        #: A successful campaign's gifts, the promoter's from then on; credit.
        PROMOTER = "promoter", _("of the promoter")
        #: Gifts the call takes but does not count: over a donor's limit, or from somebody it excludes; credit.
        UNCOUNTED = "uncounted", _("given, but not counted")
        #: Contested by a donor's bank: it may come back or be lost; credit.
        DISPUTES = "disputes", _("contested by a bank")
        #: Verified gifts that went straight to the promoter's bank; debit.
        OFFLINE = "offline", _("received outside the site")
        #: Gifts received outside the site that the promoter has to give back; credit.
        OFFLINE_OWED = "offline_owed", _("to be given back by the promoter")
        #: What Stripe has kept for its work; debit.
        FEES = "fees", _("kept by Stripe as fees")
        #: What the platform's own balance has paid for a campaign; credit.
        PLATFORM = "platform", _("paid by the platform")
        #: A successful campaign's gifts that Stripe has paid out to the promoter's bank; debit.
        PAID_OUT = "paid_out", _("paid out to the promoter")
        #: What a municipality has put into a fund, seen from outside; credit.
        ALLOCATED = "allocated", _("allocated")
        #: What is left of a fund; debit.
        AVAILABLE = "available", _("available")
        #: Set aside for a campaign; debit.
        RESERVED = "reserved", _("set aside")
        #: Awarded to a campaign; debit.
        AWARDED = "awarded", _("awarded")
        #: Paid to a campaign's promoter by the treasury; debit.
        PAID = "paid", _("paid")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
    campaign = models.ForeignKey(
        Campaign,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accounts",
        verbose_name=_("campaign"),
    )
    fund = models.ForeignKey(
        Fund, on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("fund")
    )
    balance_cents = models.BigIntegerField(_("balance (cents)"), default=0)
    #: How many postings it has, and the digest of the last one: each posting is chained to the one before it.
    length = models.PositiveBigIntegerField(_("number of postings"), default=0, editable=False)
    head = models.BinaryField(default=b"", editable=False)

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "campaign", "fund"], name="account_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[*OF_FUND, *OF_BOTH]) & Q(campaign__isnull=False, fund=None)
                | Q(kind__in=OF_FUND, campaign=None, fund__isnull=False)
                | Q(kind__in=OF_BOTH, campaign__isnull=False, fund__isnull=False),
                name="account_owner_matches_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=DEBIT, balance_cents__gte=0)
                | (~Q(kind__in=DEBIT) & Q(balance_cents__lte=0)),
                name="account_never_overdrawn",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="balance_moves_with_postings",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND (NEW.balance_cents <> 0 OR NEW.length <> 0 OR NEW.head <> '')
                       OR TG_OP = 'UPDATE' AND pg_trigger_depth() < 2 THEN
                        RAISE EXCEPTION 'a balance moves only with its postings' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="account_is_kept", operation=pgtrigger.Delete),
            never_truncated("account"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.campaign or self.fund}"


class Entry(models.Model):
    """One movement of money with its reason; its key makes sure that it is written once."""

    class Kind(models.TextChoices):
        ALLOCATION = "allocation", _("the municipality fills the fund")
        RESERVATION = "reservation", _("the grant is set aside")
        RETURN = "return", _("the grant set aside goes back to the fund")
        GRANT = "grant", _("the grant is awarded")
        CHARGE = "charge", _("a citizen gives")
        LATE_CHARGE = "late_charge", _("a gift arrived too late and goes back")
        QUARANTINE = "quarantine", _("money nobody can explain")
        ACCEPTED = "accepted", _("an officer accepts money that was being checked")
        EXTRA_CHARGE = "extra_charge", _("a gift was paid twice: what came on top goes back")
        REFUND_OWED = "refund_owed", _("a gift is to be given back")
        REFUND = "refund", _("a gift is given back")
        BANK_REFUND = "bank_refund", _("a gift is given back by bank transfer")
        REFUND_FAILED = "refund_failed", _("a refund came back")
        SUCCESS = "success", _("the campaign succeeded: the gifts are the promoter's")
        FAILURE = "failure", _("the campaign failed: the gifts go back")
        RECOUNT = "recount", _("a gift counts otherwise than before")
        OFFLINE = "offline", _("a gift received outside the site is verified")
        OFFLINE_REFUND = "offline_refund", _("a gift received outside the site is given back")
        FEE = "fee", _("Stripe keeps its fee")
        DISPUTE = "dispute", _("a bank contests a gift")
        DISPUTE_WON = "dispute_won", _("a contested gift counts again")
        DISPUTE_LOST = "dispute_lost", _("a contested gift is lost")
        PAYOUT = "payout", _("the gifts are paid out to the promoter")
        PAYOUT_FAILED = "payout_failed", _("a payout came back")
        INCREASE = "increase", _("the municipality raises the fund")
        DECREASE = "decrease", _("the municipality lowers the fund")
        CARRY_OVER = "carry_over", _("what a window left over passes to the next")
        COMPLETION = "completion", _("a partial grant is completed")
        REVOCATION = "revocation", _("the grant is taken back by an act")
        GRANT_PAYMENT = "grant_payment", _("the grant is paid")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    key = models.CharField(_("key"), max_length=120, unique=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("at"))
    #: The transaction that wrote the entry; no later one may add postings to it.
    transaction_id = models.BigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-pk"]
        triggers = [
            *kept_for_ever("entry"),
            pgtrigger.Trigger(
                name="entry_knows_its_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.transaction_id = pg_current_xact_id()::text::bigint; RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="entry_has_postings",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT count(*) < 2 FROM ledger_posting WHERE entry_id = NEW.id) THEN
                        RAISE EXCEPTION 'entry % moves no money', NEW.key USING ERRCODE = '23514';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Posting(models.Model):
    """One side of an entry: signed cents on one account."""

    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="postings", verbose_name=_("entry")
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="postings", verbose_name=_("account")
    )
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    #: Its place among the postings of its account, from 1 on; PostgreSQL writes both.
    position = models.PositiveBigIntegerField(_("position"), default=0, editable=False)
    #: A digest of this posting and of the one before it on its account, so that nothing can be changed unseen.
    chain = models.BinaryField(default=b"", editable=False)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="posting_not_zero"),
            models.UniqueConstraint(fields=["account", "position"], name="posting_position_once"),
        ]
        triggers = [
            *kept_for_ever("posting"),
            pgtrigger.Trigger(
                name="posting_takes_its_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("entry", "ledger_entry%ROWTYPE")],
                func="""
                    SELECT * INTO entry FROM ledger_entry WHERE id = NEW.entry_id;
                    IF entry.transaction_id IS DISTINCT FROM pg_current_xact_id()::text::bigint THEN
                        RAISE EXCEPTION 'an entry is written once, in one transaction' USING ERRCODE = '23514';
                    END IF;
                    UPDATE ledger_account
                    SET balance_cents = balance_cents + NEW.amount_cents,
                        length = length + 1,
                        head = sha256(head || convert_to(concat_ws('|', entry.key, entry.kind, entry.reason,
                                      entry.actor_id, extract(epoch FROM entry.created_at), NEW.amount_cents), 'UTF8'))
                    WHERE id = NEW.account_id
                    RETURNING length, head INTO NEW.position, NEW.chain;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="posting_is_balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(amount_cents) <> 0 FROM ledger_posting WHERE entry_id = NEW.entry_id) THEN
                        RAISE EXCEPTION 'entry % is not balanced', NEW.entry_id USING ERRCODE = '23514';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.amount_cents}"
