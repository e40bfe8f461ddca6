"""What a call offers beside co-funding, spaces and micro-grants, and what an application asks for."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.application import Application
from calls.models.call import Call
from calls.models.freeze import frozen_with_call


class SupportOffer(models.Model):
    """One kind of support a call offers; frozen with the call."""

    class Kind(models.TextChoices):
        #: Every application asks for it: it is told for completeness, never requested.
        CO_FUNDING = "co_funding", _("co-funding")
        SPACE = "space", _("space")
        MICRO_GRANT = "micro_grant", _("micro-grant")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="support_offers")
    kind = models.CharField(_("kind of support"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=500, blank=True)
    quantity = models.PositiveSmallIntegerField(
        _("how many"), null=True, blank=True, help_text=_("Empty: the call does not say.")
    )
    limit_cents = models.PositiveBigIntegerField(
        _("up to how much (cents)"), null=True, blank=True, help_text=_("Empty: the call does not say.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("support offered")
        verbose_name_plural = _("support offered")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "name"], name="support_offer_once"),
            models.CheckConstraint(
                condition=(Q(quantity=None) | Q(quantity__gt=0))
                & (Q(limit_cents=None) | Q(limit_cents__gt=0) & ~Q(kind="space")),
                name="support_offer_is_of_something",
                violation_error_message=_("A space has no amount, and nothing is offered zero times."),
            ),
        ]
        triggers = [frozen_with_call("supportoffer")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_requested(self) -> bool:
        """Say whether an application asks for it by itself."""
        return self.kind != self.Kind.CO_FUNDING


class SupportRequestQuerySet(models.QuerySet["SupportRequest"]):
    """Questions about requests of support."""

    def handed_in(self) -> Self:
        """Keep those of applications that the officers have."""
        return self.exclude(application__submitted_at=None)

    def to_decide(self) -> Self:
        """Keep those an officer can decide about: of applications that are neither refused nor withdrawn."""
        alive = [Application.Status.SUBMITTED, Application.Status.RESERVE, Application.Status.ADMITTED]
        return self.filter(state=SupportRequest.State.ASKED, application__status__in=alive)


class SupportRequest(models.Model):
    """An application asks for a space or a micro-grant; an officer decides by a reasoned act."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        #: By an act; a micro-grant with its amount. Nothing is paid by it.
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("not granted")

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="support_requests", verbose_name=_("application")
    )
    offer = models.ForeignKey(
        SupportOffer, on_delete=models.PROTECT, related_name="requests", verbose_name=_("support")
    )
    words = models.CharField(_("why it is needed"), max_length=500)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    amount_cents = models.PositiveBigIntegerField(_("amount granted (cents)"), null=True, blank=True)
    act_number = models.CharField(_("number of the act"), max_length=60, blank=True)
    act_date = models.DateField(_("date of the act"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = SupportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request of support")
        verbose_name_plural = _("requests of support")
        ordering = ["offer__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "offer"], name="support_asked_once"),
            models.CheckConstraint(condition=~Q(words=""), name="support_request_says_why"),
            models.CheckConstraint(
                condition=Q(state="asked", reason="", decided_at=None, decided_by=None)
                | ~Q(state="asked") & ~Q(reason="") & Q(decided_at__isnull=False, decided_by__isnull=False),
                name="support_decision_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state="granted", act_date__isnull=False) & ~Q(act_number="")
                | ~Q(state="granted") & Q(act_date=None, act_number="", amount_cents=None),
                name="support_is_granted_by_an_act",
            ),
            models.CheckConstraint(
                condition=Q(amount_cents=None) | Q(amount_cents__gt=0), name="support_amount_positive"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="decided_support_is_kept",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="asked"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.offer} · {self.application}"

    def get_absolute_url(self) -> str:
        return reverse("admin:calls_supportrequest_change", args=[self.pk])

    @property
    def is_amount(self) -> bool:
        """Say whether what is granted is a sum of money."""
        return self.offer.kind == SupportOffer.Kind.MICRO_GRANT


def asked_of(application: Application) -> dict[Any, str]:
    """Return for each offer an application asks for, by its key, the words why."""
    return {request.offer_id: request.words for request in application.support_requests.all()}
