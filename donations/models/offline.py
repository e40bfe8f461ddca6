import uuid
from datetime import datetime, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from donations.models.evidence import Evidence
from donations.models.party import Party

#: States of a gift that an officer has verified.
VERIFIED_STATES = ["verified", "return_due", "returned", "annulled"]
#: States that end a gift's life.
ENDED_STATES = ["refused", "withdrawn", "lapsed", "annulled", "returned"]
SIGNED_STATES = ["refused", "withdrawn", "annulled", "returned"]
REASONED_STATES = ["refused", "annulled"]
#: What stands for the name of a donor who was forgotten.
FORGOTTEN = "–"


def only_in(states: list[str], filled: Q, empty: Q) -> Q:
    """Return the condition that some columns are filled in these states and empty in all others."""
    return Q(status__in=states) & filled | ~Q(status__in=states) & empty


class OfflineDonationQuerySet(models.QuerySet["OfflineDonation"]):
    """Questions about gifts outside the site."""

    def entered(self) -> Self:
        """Keep those that wait for an officer."""
        return self.filter(status=OfflineDonation.Status.ENTERED)

    def verified(self) -> Self:
        """Keep those whose money is the campaign's."""
        return self.filter(status=OfflineDonation.Status.VERIFIED)

    def return_due(self) -> Self:
        """Keep those the promoter still has to give back."""
        return self.filter(status=OfflineDonation.Status.RETURN_DUE)

    def without_proof(self) -> Self:
        """Keep those to be given back of which no proof waits for an officer."""
        return self.return_due().exclude(returns__status="given")

    def reminder_due(self, now: datetime) -> Self:
        """Keep those not given back for so long that the promoter's next reminder is due."""
        due = Q(pk=None)
        for sent, wait in enumerate(OfflineDonation.REMINDERS):
            due |= Q(reminders=sent, return_due_at__lte=now - wait)
        return self.without_proof().filter(due)

    def overdue(self, now: datetime) -> Self:
        """Keep those not given back although the promoter has had every reminder: an officer has to ask."""
        return self.without_proof().filter(return_due_at__lte=now - OfflineDonation.REMINDERS[-1])


class OfflineDonation(models.Model):
    """One gift that went straight to the promoter's bank: entered by the promoter, verified by an officer."""

    #: After how long a promoter who has not given a gift back is written to again.
    REMINDERS = (timedelta(days=10), timedelta(days=20), timedelta(days=30))

    class Method(models.TextChoices):
        BANK_TRANSFER = "bank_transfer", _("bank transfer")
        CHEQUE = "cheque", _("cheque")

    class Status(models.TextChoices):
        #: It counts for nothing yet.
        ENTERED = "entered", _("to be verified")
        VERIFIED = "verified", _("verified")
        REFUSED = "refused", _("refused")
        #: By the promoter, before an officer looked at it.
        WITHDRAWN = "withdrawn", _("withdrawn")
        #: The outcome was decided before it was verified.
        LAPSED = "lapsed", _("not verified in time")
        #: The promoter has to give it back, and to prove it.
        RETURN_DUE = "return_due", _("to be given back")
        RETURNED = "returned", _("given back")
        #: Verified, but the money turned out not to have come: a cheque without cover.
        ANNULLED = "annulled", _("annulled")

    class ReturnReason(models.TextChoices):
        FAILURE = "failure", _("the campaign did not reach its threshold")
        WITHDRAWN = "withdrawn", _("the promoter withdrew the campaign")
        OFFICER = "officer", _("an officer decided so")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="offline_donations", verbose_name=_("campaign")
    )
    # What the promoter says.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"))
    method = models.CharField(_("means of payment"), max_length=13, choices=Method)
    name = models.CharField(_("donor's name"), max_length=100)
    email = models.EmailField(_("donor's e-mail"), blank=True)
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    tax_code = models.CharField(_("donor's tax code"), max_length=16, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    received_on = models.DateField(_("received on"))
    evidence = models.OneToOneField(
        Evidence,
        on_delete=models.PROTECT,
        related_name="offline_donation",
        verbose_name=_("proof of payment"),
    )
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.ENTERED)
    # What an officer has found.
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_cents = models.PositiveBigIntegerField(_("verified (cents)"), null=True, blank=True)
    note = models.CharField(_("what was checked"), max_length=500, blank=True)
    party = models.CharField(_("who gives"), max_length=12, choices=Party, default=Party.CITIZEN)
    #: Of what is verified: what counts for the threshold, and what does not.
    counted_cents = models.PositiveBigIntegerField(_("counted (cents)"), default=0)
    uncounted_cents = models.PositiveBigIntegerField(_("not counted (cents)"), default=0)
    count_version = models.PositiveIntegerField(default=0, editable=False)
    # How it goes back.
    return_due_at = models.DateTimeField(_("to be given back since"), null=True, blank=True)
    return_reason = models.CharField(_("why it goes back"), max_length=10, choices=ReturnReason, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    # How it ended.
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    ended_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = OfflineDonationQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift outside the site")
        verbose_name_plural = _("gifts outside the site")
        ordering = ["-entered_at", "-pk"]
        indexes = [
            models.Index(fields=["campaign", "status"], name="offline_by_campaign"),
            models.Index(fields=["entered_at"], name="offline_entered", condition=Q(status="entered")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="offline_amount_positive"),
            models.CheckConstraint(condition=~Q(name=""), name="offline_donor_has_name"),
            models.CheckConstraint(
                condition=Q(method__in=["bank_transfer", "cheque"]), name="offline_never_cash"
            ),
            models.CheckConstraint(
                condition=only_in(
                    VERIFIED_STATES,
                    Q(verified_at__isnull=False, verified_by__isnull=False, verified_cents__gt=0)
                    & Q(verified_cents__isnull=False, verified_cents__lte=F("amount_cents")),
                    Q(verified_at=None, verified_by=None, verified_cents=None),
                ),
                name="offline_verified_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | ~Q(verified_by=F("entered_by")),
                name="offline_not_verified_by_oneself",
            ),
            models.CheckConstraint(
                condition=Q(status="verified", counted_cents=F("verified_cents") - F("uncounted_cents"))
                | ~Q(status="verified") & Q(counted_cents=0, uncounted_cents=0),
                name="offline_counts_only_verified",
            ),
            models.CheckConstraint(
                condition=~Q(party="public_body") | Q(counted_cents=0),
                name="offline_of_public_body_not_counted",
            ),
            models.CheckConstraint(
                condition=only_in(
                    ["return_due", "returned"],
                    Q(return_due_at__isnull=False) & ~Q(return_reason=""),
                    Q(return_due_at=None, return_reason=""),
                ),
                name="offline_return_due_at_matches_status",
            ),
            models.CheckConstraint(
                condition=only_in(ENDED_STATES, Q(ended_at__isnull=False), Q(ended_at=None)),
                name="offline_ended_at_matches_status",
            ),
            models.CheckConstraint(
                condition=only_in(SIGNED_STATES, Q(ended_by__isnull=False), Q(ended_by=None)),
                name="offline_end_is_signed",
            ),
            models.CheckConstraint(
                condition=only_in(REASONED_STATES, ~Q(ended_reason=""), Q(ended_reason="")),
                name="offline_end_has_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="offline_is_what_was_entered",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "campaign",
                    "entered_by",
                    "entered_at",
                    "method",
                    "amount_cents",
                    "received_on",
                    "evidence",
                    "public_id",
                ),
            ),
            # What the promoter wrote about the donor is only ever forgotten, whole.
            pgtrigger.Protect(
                name="offline_donor_only_forgotten",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "ROW(NEW.name, NEW.email, NEW.tax_code) IS DISTINCT FROM ROW(OLD.name, OLD.email, OLD.tax_code)"
                    " AND NOT (NEW.name = '–' AND NEW.email = '' AND NEW.tax_code = '')"
                ),
            ),
            pgtrigger.Protect(name="offline_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.get_method_display()}"

    @property
    def kept_cents(self) -> int:
        """Return what of a verified gift is with the campaign, in cents."""
        return self.counted_cents + self.uncounted_cents

    @property
    def proved_cents(self) -> int:
        """Return what an officer has found, in cents; nothing before."""
        return self.verified_cents or 0

    def reminders_due(self, now: datetime) -> int:
        """Return how many reminders should have left at an instant."""
        since = self.return_due_at
        return 0 if since is None else sum(now >= since + wait for wait in self.REMINDERS)

    @property
    def proof_given(self) -> "models.Model | None":
        """Return the proof of its return that waits for an officer."""
        return next((one for one in self.returns.all() if one.status == "given"), None)

    @property
    def proof_refused(self) -> "models.Model | None":
        """Return the last proof of its return, if an officer has refused it."""
        last = next(iter(self.returns.all()), None)
        return last if last and last.status == "refused" else None
