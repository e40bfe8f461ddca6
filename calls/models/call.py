from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import OrgKind
from calls.models.freeze import frozen_call
from calls.rules import (
    Promise,
    cost_is_admitted,
    example_costs,
    promise,
)

BOROUGHS = [(number, _("Municipio %(number)s") % {"number": number}) for number in range(1, 10)]


class CallQuerySet(models.QuerySet["Call"]):
    """Questions about calls."""

    def published(self) -> Self:
        """Keep the calls the public may see."""
        return self.filter(status=Call.Status.PUBLISHED)

    def accepting(self, now: datetime) -> Self:
        """Keep the calls with an application window open at an instant."""
        return self.published().filter(sessions__opens_at__lte=now, sessions__closes_at__gt=now).distinct()

    def with_parts(self) -> Self:
        """Fetch what a page about a call shows."""
        return self.select_related("outcome").prefetch_related(
            "sessions__fund", "funds", "themes", "criteria", "document_requirements", "support_offers"
        )


class Call(models.Model):
    """A public call for proposals: its text, and its rules as data, frozen when it is published but for amendments."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    class FundingMode(models.TextChoices):
        #: A campaign below its threshold at the deadline gives every donor the money back.
        ALL_OR_NOTHING = "all_or_nothing", _("all or nothing")
        #: The promoter may keep the gifts after confirming a reduced project; there is no grant.
        KEEP_IT_ALL = "keep_it_all", _("keep what was given, for a reduced project")

    class ReservationMode(models.TextChoices):
        #: The grant is set aside when the campaign opens.
        RESERVED = "reserved", _("the grant is set aside when the campaign opens")
        #: Nothing is set aside: the order of reaching the threshold decides, until the fund is used up.
        FIRST_REACHED = "first_reached", _("first to reach the threshold, until the fund is used up")

    class PartialPolicy(models.TextChoices):
        #: A fund that covers a part of the grant due gives that part.
        AUTO = "auto", _("what is left of the fund is granted")
        #: The part is offered; the promoter accepts it within some days and says how the gap is covered.
        OFFER = "offer", _("what is left of the fund is offered to the promoter")
        #: Only whole grants are given; a campaign waits until its whole grant is covered.
        NONE = "none", _("only whole grants; the campaign waits")

    class CountBasis(models.TextChoices):
        GROSS = "gross", _("the whole gift")
        NET = "net", _("the gift without the payment fee")

    class SettlementPolicy(models.TextChoices):
        #: Never more than what the approved cost leaves after the gifts.
        REMAINING = "remaining", _("what gifts leave of the approved cost, at most")
        #: The share promised for the cost, whatever was given.
        FIXED_HALF = "fixed_half", _("the promised share of the approved cost, whatever was given")

    # What the public reads.
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=150)
    edition = models.CharField(_("edition"), max_length=20, help_text=_("For example 2024-25."))
    summary = models.TextField(_("summary"), max_length=600)
    text = models.TextField(_("text"), help_text=_("Markdown: headings, lists, bold, links."))
    contact_email = models.EmailField(_("contact"))
    questions_until = models.DateTimeField(
        _("questions are taken until"),
        null=True,
        blank=True,
        help_text=_("Exclusive. Empty: nobody asks in public about this call."),
    )
    # Money of the European Union, where there is some: Reg. (EU) 2021/1060 art. 50 asks to say so.
    eu_programme = models.CharField(_("programme of the European Union"), max_length=150, blank=True)
    eu_project_code = models.CharField(_("project code (CUP)"), max_length=15, blank=True)
    eu_words = models.CharField(_("words beside the mark"), max_length=200, blank=True)
    # The rules.
    threshold_bp = models.PositiveIntegerField(
        _("citizens' share (basis points)"),
        default=5000,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
        help_text=_("5000 is 50 %: what citizens have to give before the municipality adds its share."),
    )
    grant_bp = models.PositiveIntegerField(
        _("municipality's share (basis points)"),
        default=5000,
        validators=[MinValueValidator(1), MaxValueValidator(9999)],
    )
    cap_cents = models.PositiveBigIntegerField(_("cap per project (cents)"), default=5_000_000)
    cost_min_cents = models.PositiveBigIntegerField(_("lowest project cost (cents)"), default=0)
    cost_max_cents = models.PositiveBigIntegerField(
        _("highest project cost (cents)"), null=True, blank=True, help_text=_("Empty: no ceiling.")
    )
    fund_cents = models.PositiveBigIntegerField(_("fund (cents)"))
    campaign_days_min = models.PositiveSmallIntegerField(_("shortest campaign (days)"), default=40)
    campaign_days_max = models.PositiveSmallIntegerField(_("longest campaign (days)"), default=60)
    project_months_max = models.PositiveSmallIntegerField(_("longest project (months)"), default=12)
    eligible_kinds = ArrayField(
        models.CharField(max_length=20, choices=OrgKind), verbose_name=_("bodies that may apply")
    )
    incorporation_days = models.PositiveSmallIntegerField(
        _("days for an admitted group of citizens to become a body"), default=90
    )
    excluded_boroughs = ArrayField(
        models.PositiveSmallIntegerField(choices=BOROUGHS),
        verbose_name=_("excluded boroughs"),
        default=list,
        blank=True,
    )
    seat_city = models.CharField(
        _("town of the seat"),
        max_length=80,
        blank=True,
        help_text=_("Bodies that apply have a seat there. Empty: anywhere."),
    )
    seat_may_be_promised = models.BooleanField(
        _("a seat may be promised: opened before the agreement is signed"), default=False
    )
    funding_mode = models.CharField(
        _("if the threshold is missed"),
        max_length=20,
        choices=FundingMode,
        default=FundingMode.ALL_OR_NOTHING,
    )
    reservation_mode = models.CharField(
        _("when the grant is set aside"),
        max_length=20,
        choices=ReservationMode,
        default=ReservationMode.RESERVED,
    )
    partial_policy = models.CharField(
        _("if the fund is short"), max_length=10, choices=PartialPolicy, default=PartialPolicy.OFFER
    )
    minimum_gift_cents = models.PositiveIntegerField(_("smallest gift (cents)"), default=200)
    check_days = models.PositiveSmallIntegerField(_("days for the formal check"), default=30)
    integration_days = models.PositiveSmallIntegerField(_("days to answer the office"), default=10)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (points)"), default=60)
    # What happens at the edges; the defaults are those a municipality starts from.
    count_basis = models.CharField(
        _("what counts of a gift"), max_length=5, choices=CountBasis, default=CountBasis.GROSS
    )
    min_donors = models.PositiveIntegerField(_("smallest number of donors"), default=0)
    donor_limit_cents = models.PositiveBigIntegerField(
        _("most that counts of one donor (cents)"),
        null=True,
        blank=True,
        help_text=_("Empty: no limit in euro. What is given above it is received but does not count."),
    )
    donor_limit_bp = models.PositiveIntegerField(
        _("most that counts of one donor (basis points of the threshold)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("Empty: no limit as a share of the threshold."),
    )
    excludes_related_parties = models.BooleanField(
        _("gifts of the promoter's own people do not count"), default=False
    )
    offline_share_bp = models.PositiveIntegerField(
        _("share of the threshold that may be given outside the site (basis points)"),
        default=3000,
        validators=[MaxValueValidator(10_000)],
        help_text=_("0: gifts outside the site are not taken."),
    )
    min_partial_cents = models.PositiveBigIntegerField(
        _("smallest partial grant (cents)"), default=1, validators=[MinValueValidator(1)]
    )
    offer_days = models.PositiveSmallIntegerField(_("days to accept a partial grant"), default=10)
    cure_days = models.PositiveSmallIntegerField(
        _("days to restore a threshold that refunds or disputes have undone"), default=10
    )
    promoter_may_cure = models.BooleanField(
        _("the promoter may restore it with a traced payment of its own"), default=False
    )
    keep_days = models.PositiveSmallIntegerField(
        _("days to confirm the reduced project of a campaign that keeps its gifts"), default=10
    )
    leave_days = models.PositiveSmallIntegerField(
        _("days in which donors may take their gift back when the project changes"), default=5
    )
    stops_when_covered = models.BooleanField(
        _("the campaign ends early when the whole cost is covered"), default=False
    )
    settlement_policy = models.CharField(
        _("the grant at the final report"),
        max_length=12,
        choices=SettlementPolicy,
        default=SettlementPolicy.REMAINING,
    )
    advance_bp = models.PositiveIntegerField(
        _("largest advance of the grant (basis points)"), default=7000, validators=[MaxValueValidator(10_000)]
    )
    advance_wait_days = models.PositiveSmallIntegerField(
        _("days after the deadline before an advance is paid"), default=14
    )
    partner_applications_max = models.PositiveSmallIntegerField(
        _("applications of one window in which a body may be a partner"),
        default=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Empty: no limit."),
    )
    # Its life.
    #: Grows by one with each amendment.
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = [F("published_at").desc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", published_at=None)
                | Q(status="published", published_at__isnull=False, published_by__isnull=False),
                name="call_published_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(threshold_bp__range=(1, 9999), grant_bp__range=(1, 9999))
                & Q(threshold_bp__lte=10_000 - F("grant_bp")),
                name="call_shares_within_cost",
                violation_error_message=_(
                    "The citizens' share and the municipality's share add up to more than 100 %: lower one."
                ),
            ),
        ]
        triggers = [frozen_call()]

    def __str__(self) -> str:
        return f"{self.title} {self.edition}"

    def get_absolute_url(self) -> str:
        return reverse("calls:call_detail", args=[self.slug])

    @property
    def mail_topic(self) -> str:
        """Return the topic under which the outbox keeps the mails of this call."""
        return f"call:{self.pk}"

    @property
    def keeps_gifts(self) -> bool:
        """Say whether a promoter below the threshold may keep the gifts for a reduced project, without a grant."""
        return self.funding_mode == self.FundingMode.KEEP_IT_ALL

    @property
    def eligible_kind_names(self) -> list[str]:
        """Return the kinds of body that may apply, in words."""
        return [str(OrgKind(kind).label) for kind in self.eligible_kinds]

    def promise(self, cost_cents: int) -> Promise:
        """Return the threshold, the grant due and the promoter's own share for a cost, in cents."""
        return promise(cost_cents, self.threshold_bp, self.grant_bp, self.cap_cents)

    def example_costs(self) -> list[int]:
        """Return some admitted costs in cents that show the rules."""
        return example_costs(self.cost_min_cents, self.cost_max_cents, self.grant_bp, self.cap_cents)

    def admits_cost(self, cost_cents: int) -> bool:
        """Say whether a cost in cents lies within the call's limits."""
        return cost_is_admitted(cost_cents, self.cost_min_cents, self.cost_max_cents)

    def takes_questions_at(self, now: datetime) -> bool:
        """Say whether people may ask about the call at an instant."""
        return self.status == self.Status.PUBLISHED and bool(
            self.questions_until and now < self.questions_until
        )

    def session_open_at(self, now: datetime):  # type: ignore[no-untyped-def]
        """Return the application window open at an instant, or None."""
        return next((session for session in self.sessions.all() if session.is_open(now)), None)
