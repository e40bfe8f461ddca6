"""A fund that covers only a part of a grant: the part is offered, and completed when there is money again."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from ledger.models import Entry
from matching.models.grant import Grant


class GrantOfferQuerySet(models.QuerySet["GrantOffer"]):
    """Questions about offers of a part."""

    def open(self) -> Self:
        """Keep those nobody has answered and that have not ended otherwise."""
        return self.filter(status=GrantOffer.Status.OPEN)

    def to_close(self, now: datetime) -> Self:
        """Keep the open offers whose days are over, or whose campaign has no threshold any more or is over."""
        over = ~Q(grant__campaign__status__in=GrantOffer.ALIVE) | Q(grant__campaign__reached_at=None)
        return self.open().filter(over | Q(expires_at__lte=now))

    def not_taken(self) -> Self:
        """Keep the offers a promoter has declined or let expire."""
        return self.filter(status__in=[GrantOffer.Status.DECLINED, GrantOffer.Status.EXPIRED])


class GrantOffer(models.Model):
    """A part of a grant, set aside for some days until its promoter says in writing how the rest is covered."""

    class Status(models.TextChoices):
        OPEN = "open", _("waiting for the promoter's answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("not answered in time")
        #: There was money for the whole grant before the promoter answered.
        OVERTAKEN = "overtaken", _("the whole grant was awarded instead")
        #: The campaign fell below its threshold or ended before the promoter answered.
        LAPSED = "lapsed", _("the campaign has no right to it any more")

    class Cover(models.TextChoices):
        OWN_FUNDS = "own_funds", _("with our own funds")
        CONTINUED = "continued", _("the campaign goes on until its deadline")
        REDUCED = "reduced", _("a smaller project, which the city has to approve")

    #: States of a campaign in which a part may be accepted.
    ALIVE = (
        Campaign.Status.OPEN,
        Campaign.Status.CLOSING,
        Campaign.Status.SUCCEEDED,
        Campaign.Status.SUSPENDED,
    )

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="offers", verbose_name=_("grant"))
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    available_cents = models.PositiveBigIntegerField(_("left of the fund (cents)"))
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.OPEN)
    offered_at = models.DateTimeField(_("offered at"))
    expires_at = models.DateTimeField(_("to be answered until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    cover = models.CharField(_("how the rest is covered"), max_length=10, choices=Cover, blank=True)
    words = models.TextField(_("in the promoter's words"), max_length=2000, blank=True)
    #: The promoter cannot cover what is missing: the project changes, and its donors have to know.
    leaves_gap = models.BooleanField(_("the rest cannot be covered"), default=False)

    objects = GrantOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a partial grant")
        verbose_name_plural = _("offers of partial grants")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["grant"], name="offer_one_at_a_time", condition=Q(status="open")),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, amount_cents__lte=F("available_cents")),
                name="offer_within_the_fund",
            ),
            models.CheckConstraint(condition=Q(offered_at__lt=F("expires_at")), name="offer_lasts"),
            models.CheckConstraint(
                condition=Q(status="open", ended_at=None) | ~Q(status="open") & Q(ended_at__isnull=False),
                name="offer_ended_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(leaves_gap=False) | Q(status="declined") & ~Q(words=""),
                name="offer_gap_is_explained",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", answered_by__isnull=False) & ~Q(cover="") & ~Q(words="")
                | Q(status="declined", answered_by__isnull=False, cover="")
                | Q(
                    status__in=["open", "expired", "overtaken", "lapsed"],
                    answered_by=None,
                    cover="",
                    words="",
                ),
                name="offer_answer_matches_status",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="offer_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ended_offer_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="open"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant.campaign} · {self.get_status_display()}"


class GrantCompletion(models.Model):
    """What a partial award gets later, when there is money again; the award itself stays as it was written."""

    grant = models.ForeignKey(
        Grant, on_delete=models.PROTECT, related_name="completions", verbose_name=_("grant")
    )
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    available_cents = models.PositiveBigIntegerField(_("left of the fund (cents)"))
    rule_version = models.CharField(_("version of the rule"), max_length=10)
    completed_at = models.DateTimeField(_("completed at"))
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="+", verbose_name=_("ledger entry")
    )

    class Meta:
        verbose_name = _("completion of a grant")
        verbose_name_plural = _("completions of grants")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, amount_cents__lte=F("available_cents")) & ~Q(rule_version=""),
                name="completion_within_the_fund",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="completion_is_kept", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="completion_within_what_is_due",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("room", "bigint")],
                func="""
                    SELECT g.due_cents - g.amount_cents - COALESCE(
                        (SELECT sum(c.amount_cents) FROM matching_grantcompletion c WHERE c.grant_id = g.id), 0)
                    INTO room FROM matching_grant g WHERE g.id = NEW.grant_id AND g.state = 'awarded';
                    IF room IS NULL OR room < NEW.amount_cents THEN
                        RAISE EXCEPTION 'a completion never exceeds what is due' USING ERRCODE = '23514';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant}: {self.amount_cents}"
