"""The parts of an application that are rows of their own, and who is writing them."""

from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models.application import Application

#: Whoever was heard from this recently is still here; an open page reports more often.
HERE_FOR = timedelta(seconds=90)


class StepKey(models.TextChoices):
    """The steps in which an application is written."""

    #: Of a draft the body's own pages take its place; once an application has left it opens like the others.
    ORGANIZATION = "organization", _("The organization")
    PROJECT = "project", _("Project")
    PLACE = "place", _("Place and people")
    TIMELINE = "timeline", _("Activities and timeline")
    BUDGET = "budget", _("Budget")
    PARTNERS = "partners", _("Partners")
    DOCUMENTS = "documents", _("Documents")
    DECLARATIONS = "declarations", _("Declarations")
    CHECK = "check", _("Check and submit")


class SavedStep(models.Model):
    """What one step of an application was last saved as: how often, by whom, and what was typed but cannot be read."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="saved_steps")
    key = models.CharField(_("step"), max_length=20, choices=StepKey)
    #: Grows by one with each save; a page that was opened before carries an older number.
    version = models.PositiveIntegerField(_("version"), default=0)
    #: The open page that saved last: it may save again without knowing the new version.
    page = models.CharField(_("page"), max_length=36, blank=True)
    #: Field name to the texts as they were typed; empty when all of the step could be read.
    unfinished = models.JSONField(_("typed but not readable"), default=dict, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("saved step")
        verbose_name_plural = _("saved steps")
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="saved_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.get_key_display()}"


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Questions about who is where."""

    def here(self, now: datetime) -> Self:
        """Keep those who were heard from a moment ago."""
        return self.filter(seen_at__gt=now - HERE_FOR)


class Presence(models.Model):
    """A person has a step of an application open, and perhaps typed something another person's save has overtaken."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(_("step"), max_length=20, choices=StepKey)
    since = models.DateTimeField(_("since"))
    seen_at = models.DateTimeField(_("seen at"))
    #: What the person typed while somebody else saved: kept until both texts are put together.
    overtaken = models.JSONField(_("overtaken text"), default=dict, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["application", "user", "key"], name="presence_once"),
            models.CheckConstraint(condition=Q(seen_at__gte=F("since")), name="presence_seen_after_it_began"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_key_display()}"

    def is_here(self, now: datetime) -> bool:
        """Say whether the person was heard from a moment ago."""
        return self.seen_at > now - HERE_FOR


class BudgetLine(models.Model):
    """One expense of the project."""

    class Category(models.TextChoices):
        STAFF = "staff", _("staff")
        SERVICES = "services", _("services and consultants")
        GOODS = "goods", _("goods and equipment")
        WORKS = "works", _("works and fitting out")
        COMMUNICATION = "communication", _("communication")
        FEES = "fees", _("payment fees")
        OTHER = "other", _("other")

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField(_("order"))
    category = models.CharField(_("category"), max_length=20, choices=Category)
    description = models.CharField(_("description"), max_length=200)
    amount_cents = models.PositiveBigIntegerField(_("amount (cents)"))
    #: What of it citizens and municipality are asked for; the rest is co-financed.
    eligible_cents = models.PositiveBigIntegerField(_("eligible (cents)"))

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="budget_line_amount_positive"),
            models.CheckConstraint(
                condition=Q(eligible_cents__lte=F("amount_cents")), name="budget_line_eligible_within_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.description

    @property
    def cofinanced_cents(self) -> int:
        """Return what of the line the body and others pay themselves."""
        return self.amount_cents - self.eligible_cents


class Activity(models.Model):
    """What is done in some months of the project."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="activities")
    position = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("activity"), max_length=120)
    first_month = models.PositiveSmallIntegerField(_("first month"))
    months = models.PositiveSmallIntegerField(_("months"))

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_month__gte=1, months__gte=1), name="activity_lasts_a_month"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_month(self) -> int:
        """Return the month in which it ends."""
        return self.first_month + self.months - 1


class Declaration(models.Model):
    """A person has declared something for the body, in the words that stood on the page."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="declarations")
    key = models.CharField(_("declaration"), max_length=30)
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("text"))
    #: The version of the call that had these words.
    call_version = models.PositiveSmallIntegerField(_("version of the call"), default=1)
    made_at = models.DateTimeField(_("declared at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("declaration")
        verbose_name_plural = _("declarations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="declaration_once"),
        ]

    def __str__(self) -> str:
        return self.key
