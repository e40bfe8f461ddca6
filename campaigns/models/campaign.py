from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, Q, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from accounts.models.organization import WRITERS
from calls.models import Application, Call, Fund
from campaigns.models.gift_facts import FOR_A_GIFT
from campaigns.models.promises import CONSTRAINTS, TRIGGERS
from campaigns.models.texts import PromoterTexts
from campaigns.models.words import SearchableQuerySet


class CampaignQuerySet(SearchableQuerySet):
    """Questions about campaigns."""

    def public(self) -> Self:
        """Keep the campaigns everybody may see: from their opening on."""
        return self.filter(status__in=Campaign.PUBLIC, opened_at__isnull=False)

    def open_at(self, now: datetime) -> Self:
        """Keep the campaigns that take gifts at an instant."""
        within = Q(status=Campaign.Status.OPEN, opens_at__lte=now, closes_at__gt=now)
        return self.filter(within | Q(status=Campaign.Status.CURE, cure_until__gt=now))

    def opening_due(self, now: datetime) -> Self:
        """Keep the approved campaigns whose time has come and whose deadline has not."""
        return self.filter(status=Campaign.Status.SCHEDULED, opens_at__lte=now, closes_at__gt=now)

    def closing_due(self, now: datetime) -> Self:
        """Keep the campaigns whose deadline has passed, or whose days to restore the threshold have."""
        cured = Q(status=Campaign.Status.CURE, cure_until__lte=now)
        return self.filter(cured | Q(status=Campaign.Status.OPEN, closes_at__lte=now))

    def keeping_due(self, now: datetime) -> Self:
        """Keep the campaigns below their threshold whose promoter has not answered in time, or whose donors have."""
        silent = Q(kept_at=None, keep_until__lte=now)
        return self.filter(
            silent | Q(kept_at__isnull=False, leave_until__lte=now), status=Campaign.Status.KEEPING
        )

    def suspended_past_deadline(self, now: datetime) -> Self:
        """Keep the suspended campaigns whose deadline has passed: an officer resumes or ends them."""
        return self.filter(status=Campaign.Status.SUSPENDED, closes_at__lte=now)

    def of(self, user: models.Model) -> Self:
        """Keep the campaigns of the bodies a person acts for."""
        return self.filter(application__organization__memberships__user=user)

    def writable_by(self, user: models.Model) -> Self:
        """Keep the campaigns a person may write: who only reads a body's papers writes none."""
        return self.filter(
            application__organization__memberships__user=user,
            application__organization__memberships__role__in=WRITERS,
        )

    def near(self, campaign: "Campaign", now: datetime) -> Self:
        """Keep the other campaigns that take gifts now: those of the same borough first, then of the same theme."""
        kin = Case(
            When(application__borough=campaign.application.borough, then=0),
            When(application__theme__name=campaign.application.theme.name, then=1),
            default=2,
            output_field=IntegerField(),
        )
        return self.open_at(now).exclude(pk=campaign.pk).order_by(kin, "closes_at", "pk")

    def for_a_gift(self) -> Self:
        """Fetch what a gift that begins or is booked asks about, and no more: three hundred columns cost time too."""
        return self.select_related("application__call", "application__organization").only(*FOR_A_GIFT)

    def with_story(self) -> Self:
        """Fetch what a card or a page about a campaign shows, its money and its grant included."""
        return self.select_related(
            "application__call",
            "application__organization",
            "application__theme",
            "application__session__fund",
            "grant",
        ).prefetch_related("accounts", "grant__completions")


class Campaign(PromoterTexts):
    """An admitted project with its page, its frozen shares and its deadline."""

    class Status(models.TextChoices):
        #: The promoter writes the page.
        DRAFT = "draft", _("draft")
        #: The officers read it.
        IN_REVIEW = "in_review", _("in review")
        #: Approved; opens by itself at its time.
        SCHEDULED = "scheduled", _("scheduled")
        #: Takes gifts until its deadline.
        OPEN = "open", _("open")
        #: The deadline has passed; payments under way are being counted.
        CLOSING = "closing", _("closing")
        #: Reached its threshold; the money is the promoter's.
        SUCCEEDED = "succeeded", _("succeeded")
        #: Missed its threshold; the money is going back to the donors.
        FAILED = "failed", _("not reached")
        #: Missed its threshold; every donor has the money back.
        REFUNDED = "refunded", _("not reached, refunded")
        #: The deadline has passed and refunds or disputes have undone the threshold: some days to restore it.
        CURE = "cure", _("restoring the threshold")
        #: Missed its threshold, but its call lets a reduced project go on: the promoter says so, donors may leave.
        KEEPING = "keeping", _("below the threshold, being decided")
        #: Withdrawn by its promoter; what was given goes back.
        WITHDRAWN = "withdrawn", _("withdrawn")
        #: Stopped by an officer for a public reason; takes no gifts.
        SUSPENDED = "suspended", _("suspended")

    class OpeningRefusal(models.TextChoices):
        NONE = "", _("nothing stands in the way")
        GRANT_NOT_COVERED = (
            "grant_not_covered",
            _("what is left of the fund does not cover the municipality's share"),
        )
        PAYMENTS_NOT_READY = (
            "payments_not_ready",
            _("the organization cannot receive payments yet: connect Stripe"),
        )

    class PaymentFlow(models.TextChoices):
        #: Gifts stand in the body's own Stripe account from the first moment.
        DESTINATION = "destination", _("straight to the organization's account")
        #: Gifts stand with the platform and are transferred once the body's account can receive them.
        SEPARATE = "separate", _("through the platform, transferred afterwards")

    EDITABLE = (Status.DRAFT,)
    #: Public once they have opened; a campaign withdrawn before that never was.
    PUBLIC = (
        Status.OPEN,
        Status.CLOSING,
        Status.CURE,
        Status.KEEPING,
        Status.SUCCEEDED,
        Status.FAILED,
        Status.REFUNDED,
        Status.SUSPENDED,
        Status.WITHDRAWN,
    )

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="campaign", verbose_name=_("application")
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300)
    story = models.TextField(_("story"), max_length=20_000)
    image = models.ImageField(_("picture"), upload_to="campaigns/", blank=True)
    image_alt = models.CharField(_("what the picture shows"), max_length=200, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.DRAFT)
    payment_flow = models.CharField(
        _("way of the gifts"), max_length=12, choices=PaymentFlow, default=PaymentFlow.DESTINATION
    )
    # Frozen when the application is admitted.
    cost_cents = models.PositiveBigIntegerField(_("admitted cost (cents)"))
    threshold_cents = models.PositiveBigIntegerField(_("threshold (cents)"))
    grant_due_cents = models.PositiveBigIntegerField(_("municipality's share (cents)"))
    own_cents = models.PositiveBigIntegerField(_("promoter's own share (cents)"))
    # Its life.
    created_at = models.DateTimeField(_("created at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    remarks = models.TextField(_("officers' remarks"), blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    opening_refusal = models.CharField(
        _("why it has not opened"),
        max_length=20,
        choices=OpeningRefusal,
        blank=True,
        default=OpeningRefusal.NONE,
    )
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    reached_at = models.DateTimeField(_("threshold reached at"), null=True, blank=True)
    #: The first time; kept when refunds or disputes undo the threshold.
    first_reached_at = models.DateTimeField(_("threshold first reached at"), null=True, blank=True)
    #: When the whole cost was covered, in calls whose campaigns end with that.
    covered_at = models.DateTimeField(_("cost covered at"), null=True, blank=True)
    cure_until = models.DateTimeField(_("threshold to be restored by"), null=True, blank=True)
    # A reduced project, in calls that allow it; and the donors' right to leave when the project changes.
    keep_until = models.DateTimeField(_("reduced project to be confirmed by"), null=True, blank=True)
    kept_at = models.DateTimeField(_("reduced project confirmed at"), null=True, blank=True)
    kept_project = models.TextField(_("the reduced project"), blank=True, max_length=3000)
    keep_answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    leave_until = models.DateTimeField(_("donors may leave until"), null=True, blank=True)
    leave_reason = models.TextField(_("why donors may leave"), blank=True, max_length=2000)
    #: The officer who opened these days, or the promoter's member who confirmed a reduced project.
    leave_opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("days to leave opened by"),
    )
    #: The promoter wishes to give the campaign up and an officer has not answered: nothing leaves for its bank meanwhile.
    waiver_asked_at = models.DateTimeField(_("asked to be given up at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason of the withdrawal"), blank=True, max_length=2000)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    suspension_reason = models.TextField(_("reason of the suspension"), blank=True)
    suspension_reason_en = models.TextField(_("reason of the suspension, in English"), blank=True)
    settled_at = models.DateTimeField(_("outcome decided at"), null=True, blank=True)
    #: What counted when the outcome was decided; evidence, since failed campaigns give everything back.
    outcome_raised_cents = models.PositiveBigIntegerField(
        _("raised at the outcome (cents)"), null=True, blank=True
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["status", "closes_at"], name="campaign_by_status"),
            models.Index(
                fields=["reached_at"], name="campaign_reached", condition=Q(reached_at__isnull=False)
            ),
        ]
        constraints = CONSTRAINTS
        triggers = TRIGGERS

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign_detail", args=[self.slug])

    @property
    def call(self) -> Call:
        return self.application.call

    @property
    def organization(self) -> Organization:
        return self.application.organization

    @property
    def fund(self) -> Fund:
        """Return the fund its grant comes from: that of the window it was submitted in."""
        session = self.application.session
        if session is None or session.fund is None:
            raise ValueError(f"campaign {self.slug} belongs to no fund")
        return session.fund

    @property
    def theme(self) -> str:
        return self.application.theme.name

    @property
    def borough(self) -> str:
        return self.application.get_borough_display()

    @property
    def days(self) -> int | None:
        """Return how many calendar days the campaign takes gifts."""
        if self.opens_at is None or self.closes_at is None:
            return None
        last_instant = self.closes_at - timedelta(microseconds=1)
        # Dates are counted, not hours: the night in October that sets clocks back has one hour more.
        return (timezone.localdate(last_instant) - timezone.localdate(self.opens_at)).days + 1

    @property
    def is_public(self) -> bool:
        """Say whether everybody may see the page."""
        return self.status in self.PUBLIC and self.opened_at is not None

    @property
    def gifts_until(self) -> datetime | None:
        """Return the exclusive end of the giving: the deadline, or that of restoring the threshold."""
        return self.cure_until or self.closes_at

    def is_open(self, now: datetime) -> bool:
        """Say whether gifts are taken at an instant: half-open, opens_at <= now < closes_at or cure_until."""
        if self.status == self.Status.CURE:
            return self.cure_until is not None and now < self.cure_until
        return (
            self.status == self.Status.OPEN
            and self.opens_at is not None
            and self.closes_at is not None
            and self.opens_at <= now < self.closes_at
        )

    def donors_may_leave(self, now: datetime) -> bool:
        """Say whether donors may take their gift back at an instant because the project has changed."""
        over = (self.Status.WITHDRAWN, self.Status.FAILED, self.Status.REFUNDED)
        return self.status not in over and self.leave_until is not None and now < self.leave_until
