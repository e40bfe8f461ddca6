"""Which member reads which application, and what stands between them."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from calls.models import Application, ApplicationVersion
from vetting.models.committee import CommitteeMember
from vetting.models.readiness import ready_for_merit
from vetting.models.round import Round, frozen_with_round

#: SQL for the round of a row that hangs on an assignment.
ROUND_OF_ASSIGNMENT = (
    "SELECT round_id FROM vetting_assignment "
    "WHERE id = (to_jsonb(COALESCE(NEW, OLD))->>'assignment_id')::bigint"
)


class Progress(models.TextChoices):
    """How far a member is with an application."""

    TO_DECLARE = "to_declare", _("conflict to declare")
    TO_SCORE = "to_score", _("to score")
    DRAFT = "draft", _("draft")
    TO_CONFIRM = "to_confirm", _("a newer version: to confirm")
    FINAL = "final", _("final")
    REMOVED = "removed", _("taken away")


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Questions about who reads what."""

    def active(self) -> Self:
        """Keep those that were not taken away."""
        return self.filter(removed_at=None)

    def untold(self) -> Self:
        """Keep those in open rounds whose member has not been written to about them."""
        return self.active().filter(told_at=None, round__closed_at=None)

    def of(self, user: models.Model) -> Self:
        """Keep those of one person."""
        return self.filter(member__user=user)

    def to_judge(self) -> Self:
        """Keep those whose sheet the closing of the round waits for: nobody judges what was withdrawn meanwhile."""
        return self.active().filter(application__in=ready_for_merit(Application.objects.all()))

    def unfinished(self) -> Self:
        """Keep those without a final sheet about the latest version, each with its progress."""
        return self.with_progress().exclude(progress=Progress.FINAL)

    def with_progress(self) -> Self:
        """Say of each how far its member is, about the latest version of the application, as `progress`."""
        versions = ApplicationVersion.objects.filter(application=OuterRef("application"))
        sheets = self.model.sheets.rel.related_model.objects.filter(assignment=OuterRef("pk"))
        latest = OuterRef("latest_version")
        declared = ConflictDeclaration.objects.filter(assignment=OuterRef("pk"))
        rows = self.annotate(latest_version=Subquery(versions.order_by("-number").values("pk")[:1]))
        rows = rows.annotate(
            sheet_status=Subquery(sheets.filter(application_version=latest).values("status")[:1]),
            has_declared=Exists(declared),
            judged_before=Exists(sheets.filter(status="final").exclude(application_version=latest)),
        )
        return rows.annotate(
            progress=Case(
                When(removed_at__isnull=False, then=Value(Progress.REMOVED)),
                When(has_declared=False, then=Value(Progress.TO_DECLARE)),
                When(sheet_status="final", then=Value(Progress.FINAL)),
                When(judged_before=True, then=Value(Progress.TO_CONFIRM)),
                When(sheet_status="draft", then=Value(Progress.DRAFT)),
                default=Value(Progress.TO_SCORE),
                output_field=models.CharField(),
            )
        )


class Assignment(models.Model):
    """A member reads and scores an application in a round, until it is taken away from him or her."""

    Progress = Progress

    class RemovalReason(models.TextChoices):
        CONFLICT_DECLARED = "conflict_declared", _("conflict of interest declared")
        CONFLICT_FOUND = "conflict_found", _("conflict of interest found")
        REPLACED = "replaced", _("replaced")

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("evaluation round")
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("application")
    )
    member = models.ForeignKey(
        CommitteeMember, on_delete=models.PROTECT, related_name="assignments", verbose_name=_("member")
    )
    assigned_at = models.DateTimeField(_("assigned at"))
    #: Nobody where a substitute stepped in by itself.
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned by"),
    )
    #: When the mail about it was written.
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    #: When the member first opened the file.
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    removed_at = models.DateTimeField(_("taken away at"), null=True, blank=True)
    removal_reason = models.CharField(
        _("why it was taken away"), max_length=20, choices=RemovalReason, blank=True
    )
    removal_note = models.CharField(_("note"), max_length=500, blank=True)
    replaced_by = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["application__submitted_at", "application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "application", "member"],
                condition=Q(removed_at=None),
                name="assignment_once",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, removal_reason="", removal_note="", replaced_by=None)
                | Q(
                    removed_at__isnull=False,
                    removal_reason__in=["conflict_declared", "conflict_found", "replaced"],
                    removed_at__gte=F("assigned_at"),
                ),
                name="assignment_removed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opened_at__gte=F("assigned_at")),
                name="assignment_opened_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(told_at=None) | Q(told_at__gte=F("assigned_at")),
                name="assignment_told_after_it_was_made",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="assignment_stays_as_made",
                fields=["round", "application", "member", "assigned_at", "assigned_by"],
            ),
            pgtrigger.Protect(
                name="assignment_removal_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__replaced_by__isnull=False)
                | pgtrigger.Q(old__removed_at__isnull=False, new__removed_at__isnull=True),
            ),
            frozen_with_round("assignment", "(to_jsonb(COALESCE(NEW, OLD))->>'round_id')::bigint"),
            pgtrigger.Protect(name="assignment_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.member}"

    @property
    def is_active(self) -> bool:
        """Say whether the member still has it."""
        return self.removed_at is None

    @property
    def is_declared(self) -> bool:
        """Say whether the member has declared that there is no conflict of interest."""
        declaration = getattr(self, "declaration", None)
        return declaration is not None and declaration.answer == ConflictDeclaration.Answer.NONE


class MyFile(Assignment):
    """An assignment as its own member meets it: the desk shows everybody only the own ones under this name."""

    class Meta:
        proxy = True
        verbose_name = _("my file")
        verbose_name_plural = _("my files")
        default_permissions = ("view",)


class ConflictDeclaration(models.Model):
    """What a member declared before the file opened; it is never changed. Source: L. 241/1990 art. 6-bis."""

    class Answer(models.TextChoices):
        NONE = "none", _("no conflict of interest")
        CONFLICT = "conflict", _("conflict of interest")

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="declaration")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    text = models.TextField(_("in the member's words"), max_length=2000, blank=True)
    declared_at = models.DateTimeField(_("declared at"))

    class Meta:
        verbose_name = _("declaration about conflicts of interest")
        verbose_name_plural = _("declarations about conflicts of interest")
        ordering = ["declared_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="none") | (Q(answer="conflict") & ~Q(text="")),
                name="conflict_declared_in_words",
            ),
        ]
        triggers = [
            frozen_with_round("declaration", ROUND_OF_ASSIGNMENT),
            pgtrigger.Protect(
                name="conflict_declaration_is_kept", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment}: {self.get_answer_display()}"


class ConflictMatch(models.Model):
    """What the system found between a member and the people of an application; it is never changed."""

    class Kind(models.TextChoices):
        MEMBERSHIP = "membership", _("acts for the body")
        EMAIL = "email", _("same e-mail address")
        TAX_CODE = "tax_code", _("same tax code")
        NAME = "name", _("same name")
        DOMAIN = "domain", _("e-mail of the same domain")

    member = models.ForeignKey(
        CommitteeMember, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("member")
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="conflicts", verbose_name=_("application")
    )
    kind = models.CharField(_("what matches"), max_length=12, choices=Kind)
    detail = models.CharField(_("with whom"), max_length=300)
    #: A warning is shown and decides nothing.
    is_warning = models.BooleanField(_("warning only"))
    found_at = models.DateTimeField(_("found at"))

    class Meta:
        verbose_name = _("conflict that was found")
        verbose_name_plural = _("conflicts that were found")
        ordering = ["found_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "application", "kind", "detail"], name="conflict_match_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="domain", is_warning=True) | (~Q(kind="domain") & Q(is_warning=False)),
                name="conflict_match_warns_by_domain_only",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="conflict_match_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.detail}"
