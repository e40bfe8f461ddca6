import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from civicfund.templatetags.money import euro
from donations.models.own import OwnQuerySet
from donations.models.party import Party

TOKEN = signing.Signer(salt="donation")
#: The states of a gift that Stripe has charged.
PAID_STATES = ["settled", "quarantined", "refund_due", "refunded", "disputed", "lost"]


class DonationQuerySet(OwnQuerySet):
    """Questions about gifts."""

    def settled(self) -> Self:
        """Keep the gifts whose money is with the campaign."""
        return self.filter(status=Donation.Status.SETTLED)

    def pending(self) -> Self:
        """Keep the gifts of which Stripe has not yet said whether they are paid."""
        return self.filter(status__in=[Donation.Status.CREATED, Donation.Status.OPEN])

    def receipt_due(self) -> Self:
        """Keep the settled gifts without a valid receipt."""
        valid = FilteredRelation("receipts", condition=Q(receipts__voided_at=None))
        return self.settled().alias(valid_one=valid).filter(valid_one=None)

    def with_campaign(self) -> Self:
        """Fetch what a page about a gift shows."""
        return self.select_related(
            "campaign__application__call", "campaign__application__organization", "dedication"
        ).prefetch_related("reversals", "receipts")

    def by_token(self, token: str) -> Self:
        """Keep the gift a signed link names; none when the link is not ours, or its donor has erased the own data."""
        try:
            return self.filter(public_id=TOKEN.unsign(token), forgotten__done_at=None)
        except signing.BadSignature:
            return self.none()


class Donation(models.Model):
    """One gift of one person to one campaign; the row exists before Stripe hears of it."""

    class Status(models.TextChoices):
        #: The row is written; Stripe has not answered yet.
        CREATED = "created", _("being prepared")
        #: Stripe's payment page is open; a declined card leaves it open for another try.
        OPEN = "open", _("waiting for payment")
        #: Paid, and counted in the ledger.
        SETTLED = "settled", _("received")
        #: The payment page was closed or ran out of time; nothing was paid.
        EXPIRED = "expired", _("not paid")
        #: Paid, but something does not match; an officer decides.
        QUARANTINED = "quarantined", _("being checked")
        #: Owed back to the donor.
        REFUND_DUE = "refund_due", _("being given back")
        #: Given back.
        REFUNDED = "refunded", _("given back")
        #: Contested at the donor's bank: it neither counts nor goes back until the bank decides.
        DISPUTED = "disputed", _("contested")
        #: The bank decided for the donor, who has the money.
        LOST = "lost", _("lost to a dispute")

    PAID = (
        Status.SETTLED,
        Status.QUARANTINED,
        Status.REFUND_DUE,
        Status.REFUNDED,
        Status.DISPUTED,
        Status.LOST,
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="donations", verbose_name=_("campaign")
    )
    donor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="donations"
    )
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    show_name = models.BooleanField(_("show the name"), default=False)
    message = models.CharField(_("message"), max_length=300, blank=True)
    #: The word of the link it came by, which counts gifts and names nobody.
    source = models.CharField(_("link it came by"), max_length=24, blank=True)
    wants_news = models.BooleanField(_("would like the news"), default=False, db_default=False)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="it")
    tax_reporting_opt_out = models.BooleanField(_("not in the report to the tax agency"), default=False)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    #: What Stripe has really taken; differs from the amount only in quarantine, or when accepted from there.
    charged_cents = models.PositiveBigIntegerField(_("paid (cents)"), null=True, blank=True)
    #: What Stripe keeps for the payment, paid by the platform; empty until Stripe has said so.
    fee_cents = models.PositiveBigIntegerField(_("Stripe's fee (cents)"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.CREATED)
    quarantine_reason = models.CharField(_("why it is being checked"), max_length=200, blank=True)
    #: The gift that was paid already when this payment came on top of it.
    extra_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="extras", verbose_name=_("paid on top of")
    )
    #: An officer has accepted it although something did not match; it counts with what was charged.
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    acceptance_reason = models.CharField(_("why it was accepted"), max_length=500, blank=True)
    # Whose it is, for what counts of one donor, and what of it counts.
    #: The address without what makes two out of one.
    email_key = models.CharField(max_length=254, blank=True, editable=False)
    tax_code = models.CharField(_("donor's tax code"), max_length=16, blank=True)
    #: What Stripe calls the card, the same for every gift made with it.
    card_fingerprint = models.CharField(_("card"), max_length=64, blank=True)
    party = models.CharField(_("who gives"), max_length=12, choices=Party, default=Party.CITIZEN)
    #: Of what is kept of a settled gift: what counts for the threshold, and what does not.
    counted_cents = models.PositiveBigIntegerField(_("counted (cents)"), default=0)
    uncounted_cents = models.PositiveBigIntegerField(_("not counted (cents)"), default=0)
    #: How often what counts of it has been decided anew; part of the key of each such entry.
    count_version = models.PositiveIntegerField(default=0, editable=False)
    #: What Stripe calls the means of payment; nothing of cash ever comes this way.
    payment_method = models.CharField(_("means of payment"), max_length=32, blank=True)
    #: Empty while the gifts of a campaign wait with the platform.
    stripe_account_id = models.CharField(_("paid to the account"), max_length=64, blank=True)
    stripe_session_id = models.CharField(
        _("Checkout session"), max_length=128, unique=True, null=True, blank=True
    )
    stripe_payment_intent_id = models.CharField(
        _("payment"), max_length=64, unique=True, null=True, blank=True
    )
    stripe_charge_id = models.CharField(_("charge"), max_length=64, unique=True, null=True, blank=True)
    checkout_url = models.CharField(_("payment page"), max_length=1000, blank=True)
    # Its life.
    created_at = models.DateTimeField(_("created at"))
    session_expires_at = models.DateTimeField(_("payment page open until"))
    charged_at = models.DateTimeField(_("paid at (Stripe's time)"), null=True, blank=True)
    settled_at = models.DateTimeField(_("counted at"), null=True, blank=True)
    #: When Stripe was last asked about it without having said anything.
    checked_at = models.DateTimeField(_("last asked about"), null=True, blank=True)
    expired_at = models.DateTimeField(_("expired at"), null=True, blank=True)
    refund_due_at = models.DateTimeField(_("owed back since"), null=True, blank=True)
    refunded_at = models.DateTimeField(_("given back at"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("contested since"), null=True, blank=True)
    lost_at = models.DateTimeField(_("lost at"), null=True, blank=True)

    objects = DonationQuerySet.as_manager()

    class Meta:
        verbose_name = _("donation")
        verbose_name_plural = _("donations")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="donation_newest"),
            models.Index(
                fields=["campaign", "-settled_at"], name="donation_settled", condition=Q(status="settled")
            ),
            models.Index(
                fields=["session_expires_at"],
                name="donation_pending",
                condition=Q(status__in=["created", "open"]),
            ),
            models.Index(fields=["campaign", "status"], name="donation_by_campaign"),
            models.Index(fields=["campaign", "email_key"], name="donation_by_address"),
            models.Index(
                fields=["campaign", "card_fingerprint"],
                name="donation_by_card",
                condition=~Q(card_fingerprint=""),
            ),
            models.Index(
                fields=["campaign", "tax_code"], name="donation_by_tax_code", condition=~Q(tax_code="")
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gte=50), name="donation_amount_payable"),
            models.CheckConstraint(
                condition=Q(status="created", stripe_session_id=None)
                | ~Q(status="created") & Q(stripe_session_id__isnull=False)
                | Q(status="expired"),
                name="donation_session_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=PAID_STATES)
                & Q(charged_at__isnull=False, settled_at__isnull=False, stripe_charge_id__isnull=False)
                & Q(charged_cents__isnull=False, charged_cents__gt=0)
                | ~Q(status__in=PAID_STATES)
                & Q(charged_at=None, settled_at=None, stripe_charge_id=None, charged_cents=None),
                name="donation_settled_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="expired", expired_at__isnull=False)
                | ~Q(status="expired") & Q(expired_at=None),
                name="donation_expired_at_matches_status",
            ),
            models.CheckConstraint(
                # A gift that was owed back when it was contested is owed back again if the dispute is won.
                condition=Q(status__in=["refund_due", "refunded"], refund_due_at__isnull=False)
                | Q(status__in=["disputed", "lost"])
                | ~Q(status__in=["refund_due", "refunded"]) & Q(refund_due_at=None),
                name="donation_refund_due_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="refunded", refunded_at__isnull=False)
                | ~Q(status="refunded") & Q(refunded_at=None),
                name="donation_refunded_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="disputed", disputed_at__isnull=False)
                | ~Q(status="disputed") & Q(disputed_at=None),
                name="donation_disputed_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="lost", lost_at__isnull=False) | ~Q(status="lost") & Q(lost_at=None),
                name="donation_lost_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="settled", counted_cents__lte=F("charged_cents") - F("uncounted_cents"))
                | ~Q(status="settled") & Q(counted_cents=0, uncounted_cents=0),
                name="donation_counts_only_settled",
            ),
            models.CheckConstraint(
                condition=~Q(party="public_body") | Q(counted_cents=0),
                name="donation_of_public_body_not_counted",
            ),
            models.CheckConstraint(
                condition=~Q(status="settled")
                | Q(charged_cents=F("amount_cents"))
                | Q(accepted_at__isnull=False),
                name="donation_settled_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(status="quarantined") | ~Q(quarantine_reason=""),
                name="donation_quarantine_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None, acceptance_reason="")
                | Q(accepted_at__isnull=False, accepted_by__isnull=False)
                & ~Q(acceptance_reason="")
                & ~Q(status="quarantined"),
                name="donation_accepted_by_officer_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="donation_is_what_was_given",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("campaign", "amount_cents", "public_id", "stripe_account_id"),
            ),
            pgtrigger.Protect(name="donation_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{euro(self.given_cents)} · {self.campaign} · {str(self.public_id)[:8]}"

    @property
    def public_name(self) -> str:
        """Return the name the public reads: the donor's own only if the donor chose so."""
        return self.name if self.show_name and self.name else gettext("Anonymous supporter")

    @property
    def is_unexplained(self) -> bool:
        """Say whether its money stands in quarantine: something did not match, and nobody has accepted it."""
        return bool(self.quarantine_reason) and self.accepted_at is None

    @property
    def given_cents(self) -> int:
        """Return what was given, in cents: what Stripe has taken, and before that what was asked for."""
        return self.amount_cents if self.charged_cents is None else self.charged_cents

    @property
    def kept_cents(self) -> int:
        """Return what of a settled gift is with the campaign, in cents."""
        return self.counted_cents + self.uncounted_cents

    @property
    def is_back_by_bank(self) -> bool:
        """Say whether its money goes, or went, by bank transfer since the card did not take it."""
        return any(one.method == "bank" and one.status != "superseded" for one in self.reversals.all())

    @property
    def access_token(self) -> str:
        """Return the signed part of the donor's own link."""
        return TOKEN.sign(str(self.public_id))

    @property
    def valid_receipt(self) -> "models.Model | None":
        """Return the receipt that says what is kept of the gift now, if it has been issued."""
        return next((one for one in self.receipts.all() if one.voided_at is None), None)
