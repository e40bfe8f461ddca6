"""Every cent, once: accounts, entries and postings; debits are positive, credits negative.

PostgreSQL keeps the promises, so no bug in Python can break them: postings and entries are neither updated nor deleted;
an entry's postings sum to zero and are written in the entry's own transaction; a balance moves only with its postings;
a fund's available money and a campaign's raised money never go below zero.
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
        #: What a municipality has put into a fund, seen from outside; credit.
        ALLOCATED = "allocated", _("allocated")
        #: What is left of a fund; debit.
        AVAILABLE = "available", _("available")
        #: Set aside for a campaign; debit.
        RESERVED = "reserved", _("set aside")
        #: Awarded to a campaign; debit.
        AWARDED = "awarded", _("awarded")

    OF_CAMPAIGN = ("stripe", "donors", "refunds_owed", "quarantine", "promoter")
    OF_FUND = ("allocated", "available")
    OF_BOTH = ("reserved", "awarded")
    DEBIT = ("stripe", "available", "reserved", "awarded")

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
                condition=Q(kind__in=["stripe", "donors", "refunds_owed", "quarantine", "promoter"])
                & Q(campaign__isnull=False, fund=None)
                | Q(kind__in=["allocated", "available"], campaign=None, fund__isnull=False)
                | Q(kind__in=["reserved", "awarded"], campaign__isnull=False, fund__isnull=False),
                name="account_owner_matches_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["stripe", "available", "reserved", "awarded"], balance_cents__gte=0)
                | (~Q(kind__in=["stripe", "available", "reserved", "awarded"]) & Q(balance_cents__lte=0)),
                name="account_never_overdrawn",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="balance_moves_with_postings",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND NEW.balance_cents <> 0
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
        REFUND_OWED = "refund_owed", _("a gift is to be given back")
        REFUND = "refund", _("a gift is given back")
        REFUND_FAILED = "refund_failed", _("a refund came back")
        SUCCESS = "success", _("the campaign succeeded: the gifts are the promoter's")
        FAILURE = "failure", _("the campaign failed: the gifts go back")

    kind = models.CharField(_("kind"), max_length=15, choices=Kind)
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

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(amount_cents=0), name="posting_not_zero")]
        triggers = [
            *kept_for_ever("posting"),
            pgtrigger.Trigger(
                name="posting_of_this_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (SELECT transaction_id FROM ledger_entry WHERE id = NEW.entry_id)
                       IS DISTINCT FROM pg_current_xact_id()::text::bigint THEN
                        RAISE EXCEPTION 'an entry is written once, in one transaction' USING ERRCODE = '23514';
                    END IF;
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
            pgtrigger.Trigger(
                name="posting_moves_balance",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    UPDATE ledger_account SET balance_cents = balance_cents + NEW.amount_cents
                    WHERE id = NEW.account_id;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.amount_cents}"
