from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models import Application, Opening


class IntegrationRequestQuerySet(models.QuerySet["IntegrationRequest"]):
    """Questions about requests of the office."""

    def to_lapse(self, due: datetime) -> Self:
        """Keep those whose time was over at an instant."""
        return self.filter(state=State.ASKED, opening__closed_at=None, opening__due_at__lte=due)

    def overtaken(self) -> Self:
        """Keep those whose application its body has taken out of the officers' hands."""
        return self.filter(state=State.ASKED, opening__closed_at__isnull=False)

    def to_remind(self, now: datetime) -> Self:
        """Keep those whose body is to be written to again."""
        return self.filter(state=State.ASKED, opening__closed_at=None, remind_at__lte=now)


class State(models.TextChoices):
    #: The body has time to answer.
    ASKED = "asked", _("waiting for the answer")
    #: The answer is in.
    ANSWERED = "answered", _("answered")
    #: The time passed in silence.
    LAPSED = "lapsed", _("no answer in time")
    #: An officer needs no answer any more.
    CALLED_OFF = "called_off", _("called off")
    #: The body took the application back or withdrew it.
    OVERTAKEN = "overtaken", _("application taken back")


def _only_in(state: str, *names: str) -> Q:
    """Return that some columns are filled in one state and empty in every other."""
    filled = Q(**{f"{name}__isnull": False for name in names})
    empty = Q(**dict.fromkeys(names))
    return (Q(state=state) & filled) | (~Q(state=state) & empty)


class IntegrationRequest(models.Model):
    """An officer asks a body to complete its application (soccorso istruttorio). Source: L. 241/1990 art. 6."""

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="integration_requests",
        verbose_name=_("application"),
    )
    #: What may be changed, and until when.
    opening = models.OneToOneField(
        Opening, on_delete=models.PROTECT, related_name="request", verbose_name=_("opening")
    )
    reason = models.TextField(_("what is missing"), max_length=2000)
    days = models.PositiveSmallIntegerField(_("days"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    remind_at = models.DateTimeField(_("to be written to again at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("time over at"), null=True, blank=True)
    overtaken_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    called_off_at = models.DateTimeField(_("called off at"), null=True, blank=True)
    called_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("called off by"),
    )
    called_off_reason = models.TextField(_("why it was called off"), max_length=2000, blank=True)

    State = State
    objects = IntegrationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of the office")
        verbose_name_plural = _("requests of the office")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="integration_has_reason"),
            models.CheckConstraint(condition=Q(days__gte=1), name="integration_lasts_a_day"),
            models.CheckConstraint(
                condition=_only_in("answered", "answered_at"), name="integration_answered_at_matches_state"
            ),
            models.CheckConstraint(
                condition=_only_in("lapsed", "lapsed_at"), name="integration_lapsed_at_matches_state"
            ),
            models.CheckConstraint(
                condition=_only_in("overtaken", "overtaken_at"), name="integration_overtaken_at_matches_state"
            ),
            models.CheckConstraint(
                condition=_only_in("called_off", "called_off_at", "called_off_by")
                & (
                    (Q(state="called_off") & ~Q(called_off_reason=""))
                    | (~Q(state="called_off") & Q(called_off_reason=""))
                ),
                name="integration_called_off_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(state="asked"), name="integration_reminded_while_asked"
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="asked"), name="integration_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def due_at(self) -> datetime:
        """Return until when the body may answer, exclusive."""
        return self.opening.due_at

    @property
    def ended_at(self) -> datetime | None:
        """Return when it ended, in whatever way."""
        return self.answered_at or self.lapsed_at or self.called_off_at or self.overtaken_at
