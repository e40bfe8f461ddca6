from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class AmendablePart(NamedTuple):
    """A list of a call that an amendment may change: its key in a content, its rows, and by what an entry is known."""

    key: str
    relation: str
    #: An entry that is called otherwise than before says `was`, unless it is known by a key that never changes.
    identity: str
    columns: tuple[str, ...]


PARTS = (
    AmendablePart("themes", "themes", "name", ("name",)),
    AmendablePart(
        "criteria", "criteria", "name", ("name", "description", "weight_bp", "max_points", "min_points")
    ),
    AmendablePart("documents", "document_requirements", "name", ("name", "description", "required")),
    AmendablePart(
        "declarations",
        "declaration_texts",
        "key",
        ("key", "title", "text", "title_en", "text_en", "asked_of", "required"),
    ),
)


def window_content(number: int, opens_at: datetime, closes_at: datetime) -> dict[str, Any]:
    """Return an application window as an amendment keeps it; the instants are aware."""
    return {
        "number": number,
        "opens_at": opens_at.astimezone(UTC).isoformat(),
        "closes_at": closes_at.astimezone(UTC).isoformat(),
    }


def content_of(call: Call) -> dict[str, Any]:
    """Return all of a published call that an amendment may change, as it is now."""
    return {
        "summary": call.summary,
        "text": call.text,
        "contact_email": call.contact_email,
        "sessions": [
            window_content(session.number, session.opens_at, session.closes_at)
            for session in call.sessions.order_by("number")
        ],
        **{part.key: list(getattr(call, part.relation).values(*part.columns)) for part in PARTS},
    }


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """Questions about amendments."""

    def in_force(self) -> Self:
        """Keep what has become part of its call, the oldest first."""
        return self.filter(status=Amendment.Status.IN_FORCE).order_by("version")

    def waiting(self) -> Self:
        """Keep those on which a second person has not decided."""
        return self.filter(status=Amendment.Status.PROPOSED)


class Amendment(models.Model):
    """A change of a published call by an act, proposed by one officer and confirmed by another.

    It keeps what the call said before and says afterwards, so every earlier version of the call stays readable.
    Source: L. 241/1990 art. 12, criteria are fixed and published beforehand; only dates to a later time, texts, contact,
    themes, documents and declarations change after publication, and criteria until somebody has handed in.
    """

    class Status(models.TextChoices):
        #: Only the desk sees it.
        PROPOSED = "proposed", _("waits for a second person")
        #: The call says it, with its number of version.
        IN_FORCE = "in_force", _("in force")
        REFUSED = "refused", _("refused")

    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="amendments", verbose_name=_("call")
    )
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.PROPOSED)
    version = models.PositiveSmallIntegerField(_("version"), null=True, blank=True)
    act_number = models.CharField(_("number of the act"), max_length=60)
    act_date = models.DateField(_("date of the act"))
    reason = models.TextField(_("reason"))
    before = models.JSONField(_("before"))
    after = models.JSONField(_("afterwards"))
    proposed_at = models.DateTimeField(_("proposed at"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    refusal_reason = models.TextField(_("why it was refused"), blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("amendment of a call")
        verbose_name_plural = _("amendments of calls")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "version"], name="amendment_version_once"),
            models.UniqueConstraint(
                fields=["call"], name="amendment_waits_alone", condition=Q(status="proposed")
            ),
            models.CheckConstraint(
                condition=Q(status="proposed", version=None, decided_at=None, decided_by=None)
                | Q(status="in_force", version__gte=2, decided_at__isnull=False, decided_by__isnull=False)
                | Q(status="refused", version=None, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(refusal_reason=""),
                name="amendment_decision_matches_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | ~Q(decided_by=F("proposed_by")),
                name="amendment_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(condition=~Q(act_number="") & ~Q(reason=""), name="amendment_has_an_act"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="amendment_is_what_was_proposed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "call",
                    "act_number",
                    "act_date",
                    "reason",
                    "before",
                    "after",
                    "proposed_at",
                    "proposed_by",
                ),
            ),
            pgtrigger.Protect(
                name="decided_amendment_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="proposed"),
            ),
            pgtrigger.Protect(name="amendment_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="amendment_is_carried_out",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__status="in_force"),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM calls_call WHERE id = NEW.call_id AND version >= NEW.version
                    ) THEN
                        RAISE EXCEPTION 'amendment % is in force, but its call does not say it', NEW.id
                            USING ERRCODE = '23514';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.act_number}"

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_amendment_change", args=[self.pk])
