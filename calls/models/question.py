"""What people ask in public about a call, and what the officers answer to everybody."""

import uuid
from datetime import datetime
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


def kept(name: str) -> pgtrigger.Protect:
    """Return the trigger that keeps a published text as it was."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class CallAnswer(models.Model):
    """A question about a call and its answer, published together; whoever asked is not named.

    The question stands here as it is published: one answer may serve several people who asked the same. Nothing of it
    is ever changed: what has to be put right stands beneath, with its date.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="answers", verbose_name=_("call"))
    #: Counts from 1 within the call: the address of the answer.
    number = models.PositiveSmallIntegerField(_("number"))
    question = models.TextField(_("question as published"), max_length=2000)
    text = models.TextField(_("answer"), max_length=5000)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("answer about a call")
        verbose_name_plural = _("answers about calls")
        ordering = ["-published_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="answer_number_once"),
            models.CheckConstraint(condition=~Q(question="") & ~Q(text=""), name="answer_says_something"),
        ]
        triggers = [kept("answer_is_kept")]

    def __str__(self) -> str:
        return f"{self.call} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("calls:call_answer", args=[self.call.slug, self.number])

    @property
    def anchor(self) -> str:
        """Return where on its page the answer stands."""
        return f"risposta-{self.number}"


class AnswerCorrection(models.Model):
    """What puts a published answer right; the answer itself stays as it was read."""

    answer = models.ForeignKey(
        CallAnswer, on_delete=models.PROTECT, related_name="corrections", verbose_name=_("answer")
    )
    text = models.TextField(_("correction"), max_length=5000)
    published_at = models.DateTimeField(_("published at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("published by")
    )

    class Meta:
        verbose_name = _("correction of an answer")
        verbose_name_plural = _("corrections of answers")
        ordering = ["published_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="correction_says_something")]
        triggers = [kept("correction_is_kept")]

    def __str__(self) -> str:
        return str(self.answer)


class CallQuestionQuerySet(models.QuerySet["CallQuestion"]):
    """Questions about questions."""

    def waiting(self) -> Self:
        """Keep those that no officer has answered or declined, the oldest first."""
        return self.filter(status=CallQuestion.Status.WAITING).order_by("asked_at", "pk")

    def of(self, user: Any) -> Self:
        """Keep what a person has asked."""
        return self.filter(author=user)

    def asked_since(self, start: datetime) -> Self:
        """Keep those asked at an instant or later."""
        return self.filter(asked_at__gte=start)


class CallQuestion(models.Model):
    """What a person asks about a call; only the officers and the person read it as it was written."""

    class Status(models.TextChoices):
        #: An officer has it on the list.
        WAITING = "waiting", _("waits for an answer")
        #: Everybody reads the answer.
        ANSWERED = "answered", _("answered")
        #: Its author reads the reason, nobody else anything.
        DECLINED = "declined", _("not published")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="questions", verbose_name=_("call"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    text = models.TextField(_("question"), max_length=2000)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.WAITING)
    asked_at = models.DateTimeField(_("asked at"))
    answer = models.ForeignKey(
        CallAnswer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("answer"),
    )
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("declined by"),
    )
    decline_reason = models.TextField(_("why it is not published"), max_length=2000, blank=True)

    objects = CallQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a call")
        verbose_name_plural = _("questions about calls")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status="waiting", answer=None, declined_at=None, declined_by=None, decline_reason=""
                )
                | Q(
                    status="answered",
                    answer__isnull=False,
                    declined_at=None,
                    declined_by=None,
                    decline_reason="",
                )
                | (
                    Q(status="declined", answer=None, declined_at__isnull=False, declined_by__isnull=False)
                    & ~Q(decline_reason="")
                ),
                name="question_outcome_matches_status",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="question_is_what_was_asked",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("call", "author", "text", "asked_at"),
            ),
            pgtrigger.Protect(
                name="settled_question_is_kept",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__status="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call} · {self.asked_at:%Y-%m-%d}"
