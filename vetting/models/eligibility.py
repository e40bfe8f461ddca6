"""The formal check of an application: a list of questions, each answered with its evidence, and the outcome."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Application, ApplicationVersion


class EligibilityCheckQuerySet(models.QuerySet["EligibilityCheck"]):
    """Questions about formal checks."""

    def of_latest(self) -> Self:
        """Keep those about what was handed in last."""
        newer = ApplicationVersion.objects.filter(
            application=OuterRef("application"), number__gt=OuterRef("version__number")
        )
        return self.exclude(Exists(newer))

    def undecided(self) -> Self:
        """Keep the open checks of applications that are still in the officers' hands."""
        return self.filter(outcome=EligibilityCheck.Outcome.OPEN, application__status="submitted")

    def waiting(self) -> Self:
        """Keep those an officer can go on with: nobody outside is asked for anything."""
        return self.undecided().exclude(application__integration_requests__state="asked")

    def came_back(self) -> Self:
        """Keep those whose body was asked for something, and has answered or let the time pass."""
        came = Q(application__integration_requests__state__in=["answered", "lapsed"])
        return self.waiting().filter(came).distinct()

    def asked(self) -> Self:
        """Keep those that wait for the body's answer."""
        return self.undecided().filter(application__integration_requests__state="asked")

    def admissible(self) -> Self:
        """Keep the applications' checks that open the way to the merit: what was handed in last is found admissible."""
        return self.of_latest().filter(outcome=EligibilityCheck.Outcome.ADMISSIBLE)


class EligibilityCheck(models.Model):
    """The formal check of one application; the application stays submitted while it lasts and after it."""

    class Outcome(models.TextChoices):
        #: Not concluded yet.
        OPEN = "open", _("to be checked")
        #: May be judged on its merit.
        ADMISSIBLE = "admissible", _("admissible")
        #: Lacks something that cannot be put right; the exclusion itself is a decision of its own.
        INADMISSIBLE = "inadmissible", _("not admissible")

    class Ground(models.TextChoices):
        KIND = "kind", _("the body is of a kind the call does not admit")
        SEAT = "seat", _("the body has no seat where the call asks for one")
        WHERE = "where", _("the place of the project is excluded")
        COST = "cost", _("the cost is outside the call's limits")
        DURATION = "duration", _("the project lasts longer than the call allows")
        PARTNERS = "partners", _("the partnership is not as the call asks")
        DOCUMENTS = "documents", _("documents are missing or not valid")
        DECLARATIONS = "declarations", _("declarations are missing or not true")
        NO_ANSWER = "no_answer", _("what was asked for did not come in time")
        OTHER = "other", _("another requirement of the call is not met")

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, related_name="eligibility", verbose_name=_("application")
    )
    #: What is checked: an application that is handed in anew is checked anew.
    version = models.ForeignKey(
        ApplicationVersion, on_delete=models.PROTECT, related_name="+", verbose_name=_("version")
    )
    begun_at = models.DateTimeField(_("begun at"))
    #: Moves on by the time in which the body was asked for something.
    due_at = models.DateTimeField(_("due by"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome, default=Outcome.OPEN)
    grounds = ArrayField(
        models.CharField(max_length=15, choices=Ground), verbose_name=_("grounds"), default=list, blank=True
    )
    words = models.TextField(_("reason"), max_length=2000, blank=True)
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True)
    concluded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("concluded by"),
    )

    objects = EligibilityCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("formal check")
        verbose_name_plural = _("formal checks")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="open", concluded_at=None, concluded_by=None)
                | (
                    Q(outcome__in=["admissible", "inadmissible"])
                    & Q(concluded_at__isnull=False, concluded_by__isnull=False)
                ),
                name="eligibility_concluded_at_matches_outcome",
            ),
            models.CheckConstraint(
                condition=(Q(outcome="inadmissible") & ~Q(grounds=[]) & ~Q(words=""))
                | (~Q(outcome="inadmissible") & Q(grounds=[])),
                name="eligibility_refusal_has_grounds",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(outcome="open"), name="eligibility_open_by_due")
        ]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def is_open(self) -> bool:
        """Say whether the check is not concluded yet."""
        return self.outcome == self.Outcome.OPEN

    @property
    def ground_names(self) -> list[str]:
        """Return the grounds in words."""
        return [str(self.Ground(ground).label) for ground in self.grounds]


class EligibilityItem(models.Model):
    """The answer to one question of a formal check: what the rules say by themselves, and what the officer says."""

    class Answer(models.TextChoices):
        YES = "yes", _("yes")
        NO = "no", _("no")
        NOT_APPLICABLE = "na", _("not applicable")

    check_of = models.ForeignKey(
        EligibilityCheck, on_delete=models.CASCADE, related_name="items", verbose_name=_("formal check")
    )
    key = models.CharField(_("question"), max_length=40)
    answer = models.CharField(_("answer"), max_length=3, choices=Answer)
    note = models.CharField(_("note"), max_length=1000, blank=True)
    #: What the rules of the call answered by themselves at that time, and why; nothing for an officer's own question.
    automatic = models.CharField(_("answer of the rules"), max_length=3, choices=Answer, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    answered_at = models.DateTimeField(_("answered at"))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("answer of a formal check")
        verbose_name_plural = _("answers of a formal check")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["check_of", "key"], name="eligibility_item_once"),
            models.CheckConstraint(
                condition=Q(automatic="") | Q(automatic=F("answer")) | ~Q(note=""),
                name="eligibility_overruled_with_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_answer_display()}"
