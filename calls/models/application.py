import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from calls.models.call import BOROUGHS, Call
from calls.models.parts import CallSession, Theme
from calls.rules import Promise

#: The states of an application that is handed in and was not taken back.
FILED = ("submitted", "admitted", "inadmissible", "reserve", "not_selected")

#: The parts whose rows name somebody or something else, and what is fetched together with each row.
JOINED = {
    "declarations": "made_by",
    "saved_steps": "saved_by",
    "attachments": "kept_by",
    "support_requests": "offer",
}


def joined(part: str) -> Any:
    """Return how the rows of a part are fetched, with whom they name in the same question."""
    if part not in JOINED:
        return part
    rows = Application._meta.get_field(part).related_model._default_manager  # type: ignore[union-attr]
    return models.Prefetch(part, rows.select_related(JOINED[part]))


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Questions about applications."""

    def of(self, user: models.Model) -> Self:
        """Keep the applications of the bodies a person acts for."""
        return self.filter(organization__memberships__user=user)

    def writable_by(self, user: models.Model) -> Self:
        """Keep the applications a person may write: those who may only read the body's papers write none."""
        return self.filter(organization__in=Organization.objects.writable_by(user))

    def with_right_of(self, user: models.Model) -> Self:
        """Say of each application whether a person may write it, as `is_writable`."""
        bodies = Organization.objects.writable_by(user).filter(pk=models.OuterRef("organization"))
        return self.annotate(is_writable=models.Exists(bodies))

    def with_story(self) -> Self:
        """Fetch what a page about an application shows."""
        return self.select_related("call", "session", "organization", "theme", "author")

    def with_parts(self) -> Self:
        """Fetch the rows an application is made of."""
        return self.prefetch_related(
            "budget_lines",
            "activities",
            "partners__letters",
            *(joined(part) for part in JOINED),
            "call__document_requirements",
            "call__declaration_texts",
            "call__support_offers",
        )

    def with_written(self, *parts: str) -> Self:
        """Fetch only some of the rows an application is made of: those that have just been written."""
        return self.prefetch_related(*(joined(part) for part in parts))


class Application(models.Model):
    """A body proposes a project to a call."""

    class Status(models.TextChoices):
        #: Being written; only the body sees it.
        DRAFT = "draft", _("draft")
        #: In the officers' hands, with its protocol number.
        SUBMITTED = "submitted", _("submitted")
        #: May ask citizens for money.
        ADMITTED = "admitted", _("admitted")
        #: Refused, with a reason.
        INADMISSIBLE = "inadmissible", _("not admitted")
        #: Passed, without money for the moment: it moves up when those above leave.
        RESERVE = "reserve", _("on the reserve list")
        #: Ranked below the pass mark, or the fund was used up.
        NOT_SELECTED = "not_selected", _("not selected")
        #: Taken back by the body before the decision, or from the reserve list.
        WITHDRAWN = "withdrawn", _("withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="applications", verbose_name=_("call")
    )
    session = models.ForeignKey(
        CallSession,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="applications",
        verbose_name=_("application window"),
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="applications", verbose_name=_("organization")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=120)
    # A draft may lack what follows; `application_complete_once_submitted` says what an application handed in has.
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    theme = models.ForeignKey(
        Theme, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("theme")
    )
    borough = models.PositiveSmallIntegerField(_("borough"), choices=BOROUGHS, null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    beneficiaries = models.TextField(_("whom it serves"), max_length=2000, blank=True)
    team = models.TextField(_("who carries it out"), max_length=2000, blank=True)
    #: The eligible total of the budget lines, written with them by `calls.services.save_step` alone.
    cost_cents = models.PositiveBigIntegerField(_("project cost (cents)"), default=0)
    cofinancing = models.CharField(_("who pays the co-financing"), max_length=300, blank=True)
    duration_months = models.PositiveSmallIntegerField(_("duration (months)"), null=True, blank=True)
    campaign_text = models.TextField(_("text for the citizens"), max_length=20_000, blank=True)
    status = models.CharField(_("state"), max_length=20, choices=Status, default=Status.DRAFT)
    protocol_number = models.CharField(
        _("protocol number"), max_length=30, unique=True, null=True, blank=True
    )
    created_at = models.DateTimeField(_("created at"))
    updated_at = models.DateTimeField(_("changed at"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    #: Through which its body may write it now although it was handed in; the body's own pages look it up.
    opening: Any = None

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", submitted_at=None, protocol_number=None, session=None)
                | Q(status="withdrawn")
                | (
                    Q(status__in=FILED)
                    & Q(submitted_at__isnull=False, protocol_number__isnull=False, session__isnull=False)
                ),
                name="application_submitted_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="withdrawn", withdrawn_at__isnull=False)
                | (~Q(status="withdrawn") & Q(withdrawn_at=None)),
                name="application_withdrawn_at_matches_status",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="application_has_title"),
            models.CheckConstraint(
                condition=Q(submitted_at=None)
                | (
                    Q(theme__isnull=False, borough__isnull=False, duration_months__isnull=False)
                    & Q(cost_cents__gt=0)
                    & ~Q(summary="")
                    & ~Q(campaign_text="")
                ),
                name="application_complete_once_submitted",
            ),
            models.UniqueConstraint(
                fields=["organization", "session"],
                condition=Q(status__in=FILED),
                name="application_once_per_body_and_window",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("calls:application_detail", args=[self.public_id])

    def saved_step(self, key: str):  # type: ignore[no-untyped-def]
        """Return what a step was last saved as, or None."""
        if self.opening:
            return self.opening.saved_step(key)
        return next((saved for saved in self.saved_steps.all() if saved.key == key), None)

    def take_parts(self, earlier: "Application") -> None:
        """Take from an earlier reading of the same application the parts that were not read again."""
        for here, before in ((self, earlier), (self.call, earlier.call)):
            kept = getattr(here, "_prefetched_objects_cache", {})
            here._prefetched_objects_cache = {**before._prefetched_objects_cache, **kept}  # type: ignore[attr-defined]
        for part in JOINED.keys() | {"budget_lines", "activities", "partners"}:
            for row in getattr(self, part).all():
                row.application = self

    @property
    def promise(self) -> Promise:
        """Return what the call promises for the proposed cost, in cents."""
        return self.call.promise(self.cost_cents)

    def may_be_taken_back(self, now: datetime) -> bool:
        """Say whether it can be made a draft again: it is undecided and its window is still open."""
        return self.status == self.Status.SUBMITTED and bool(self.session and self.session.is_open(now))
