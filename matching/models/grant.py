import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Fund
from campaigns.models import Campaign
from ledger.models import Entry


class Grant(models.Model):
    """The municipality's share for one campaign, with everything needed to compute it again."""

    class State(models.TextChoices):
        #: Set aside in the fund since the campaign opened.
        RESERVED = "reserved", _("set aside")
        #: The threshold is reached, the fund is short; served in order of reaching as soon as there is money.
        WAITLISTED = "waitlisted", _("waiting: the fund is used up")
        #: The fund covers only a part of it: that part is set aside until the promoter accepts it or not.
        OFFERED = "offered", _("a part is offered")
        #: Awarded: the threshold was reached and the money has left the fund for this campaign.
        AWARDED = "awarded", _("awarded")
        #: The campaign failed: what was set aside is the fund's again.
        RETURNED = "returned", _("returned to the fund")
        #: Refused before its award by a reasoned act, although the threshold was reached.
        REFUSED = "refused", _("refused")
        #: Taken back after its award by a reasoned act.
        REVOKED = "revoked", _("revoked")

    #: The campaign has no grant any more, and never will.
    OVER = (State.RETURNED, State.REFUSED, State.REVOKED)

    campaign = models.OneToOneField(
        Campaign, on_delete=models.PROTECT, related_name="grant", verbose_name=_("campaign")
    )
    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="grants", verbose_name=_("fund"))
    state = models.CharField(_("state"), max_length=12, choices=State)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    reserved_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    #: The threshold is reached, but the promoter is a group that is no body yet; kept when the body exists.
    held_at = models.DateTimeField(_("kept for a group's body since"), null=True, blank=True)
    waitlisted_at = models.DateTimeField(_("waiting since"), null=True, blank=True)
    awarded_at = models.DateTimeField(_("awarded at"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    # The inputs of the formula when it was awarded.
    rule_version = models.CharField(_("version of the rule"), max_length=10, blank=True)
    cost_cents = models.PositiveBigIntegerField(_("admitted cost (cents)"))
    threshold_bp = models.PositiveIntegerField(_("citizens' share (basis points)"))
    grant_bp = models.PositiveIntegerField(_("municipality's share (basis points)"))
    cap_cents = models.PositiveBigIntegerField(_("cap (cents)"))
    threshold_cents = models.PositiveBigIntegerField(_("threshold (cents)"))
    due_cents = models.PositiveBigIntegerField(_("grant due (cents)"))
    raised_cents = models.PositiveBigIntegerField(_("raised when awarded (cents)"), null=True, blank=True)
    available_cents = models.PositiveBigIntegerField(
        _("fund available when awarded (cents)"), null=True, blank=True
    )
    reached_at = models.DateTimeField(_("threshold reached at"), null=True, blank=True)
    #: The last entry on the campaign's gifts when the grant was awarded: entries up to it prove the threshold.
    evidence = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_cents__lte=F("due_cents"), due_cents__lte=F("cap_cents")),
                name="grant_within_cap",
            ),
            models.CheckConstraint(
                condition=Q(due_cents__lte=F("cost_cents") - F("threshold_cents")), name="grant_within_cost"
            ),
            models.CheckConstraint(
                condition=Q(state="reserved", reserved_at__isnull=False, awarded_at=None, returned_at=None)
                | Q(
                    state="waitlisted",
                    waitlisted_at__isnull=False,
                    awarded_at=None,
                    returned_at=None,
                    amount_cents=0,
                )
                | Q(
                    state="offered",
                    waitlisted_at__isnull=False,
                    awarded_at=None,
                    returned_at=None,
                    amount_cents__gt=0,
                    amount_cents__lt=F("due_cents"),
                )
                | Q(state="awarded", awarded_at__isnull=False, returned_at=None, amount_cents__gt=0)
                | Q(state="returned", returned_at__isnull=False, awarded_at=None)
                | Q(state="refused", refused_at__isnull=False, awarded_at=None, returned_at=None)
                | Q(state="revoked", revoked_at__isnull=False, awarded_at__isnull=False, returned_at=None),
                name="grant_times_match_state",
            ),
            models.CheckConstraint(
                condition=(Q(state="refused") | Q(refused_at=None))
                & (Q(state="revoked") | Q(revoked_at=None)),
                name="grant_is_ended_by_an_act_only",
            ),
            models.CheckConstraint(
                condition=~Q(state="awarded")
                | Q(
                    # A comparison with nothing is not false, and a check passes unless it is false.
                    raised_cents__isnull=False,
                    raised_cents__gte=F("threshold_cents"),
                    available_cents__isnull=False,
                    available_cents__gte=F("amount_cents"),
                    reached_at__isnull=False,
                    evidence__isnull=False,
                )
                & ~Q(rule_version=""),
                name="grant_award_has_evidence",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="award_is_not_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__awarded_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="award_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__awarded_at__isnull=False),
                # A confirmed revocation, and nothing else, takes an award back; it leaves what was awarded readable.
                func="""
                    IF OLD.state = 'awarded' AND NEW.state = 'revoked'
                       AND to_jsonb(NEW) - '{state,revoked_at}'::text[] = to_jsonb(OLD) - '{state,revoked_at}'::text[]
                       AND EXISTS (SELECT 1 FROM matching_revocation r
                                   WHERE r.grant_id = OLD.id AND r.state = 'confirmed') THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION 'the award of grant % is kept', OLD.id USING ERRCODE = '23514';
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.get_state_display()}"

    @property
    def total_cents(self) -> int:
        """Return what is awarded, or set aside, in cents, later completions included; they should have been fetched."""
        return self.amount_cents + sum(completion.amount_cents for completion in self.completions.all())

    @property
    def is_partial(self) -> bool:
        """Say whether it is awarded and less than what is due."""
        return self.state == self.State.AWARDED and self.total_cents < self.due_cents
