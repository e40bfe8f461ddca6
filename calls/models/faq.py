from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call


class CallFaqQuerySet(models.QuerySet["CallFaq"]):
    """Questions about answers."""

    def current(self) -> Self:
        """Keep the wordings that the public reads now."""
        return self.filter(ended_at=None)


class CallFaq(models.Model):
    """One wording of an answer to a question that many ask about a call.

    A changed answer is a new row that replaces the old one, so everything that could ever be read stays known. Answers
    explain the rules and change none of them, so they are written while the call is published too.
    """

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="faqs", verbose_name=_("call"))
    position = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("The lowest number comes first.")
    )
    question = models.CharField(_("question"), max_length=200)
    answer = models.TextField(_("answer"), max_length=5000, help_text=_("Markdown: lists, bold, links."))
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    replaces = models.OneToOneField(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    ended_at = models.DateTimeField(_("shown until"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken off by"),
    )

    objects = CallFaqQuerySet.as_manager()

    class Meta:
        verbose_name = _("frequent question")
        verbose_name_plural = _("frequent questions")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(question="") & ~Q(answer=""), name="faq_has_words"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None) | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="faq_end_is_signed",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="faq_is_what_was_written",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "call", "position", "question", "answer", "written_at", "written_by", "replaces"
                ),
            ),
            pgtrigger.Protect(
                name="ended_faq_is_kept",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="faq_of_published_call_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT 1 FROM calls_call WHERE id = OLD.call_id AND status = 'published') THEN
                        RAISE EXCEPTION 'the answers of a published call are kept' USING ERRCODE = '23514';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.question

    def get_absolute_url(self) -> str:
        return reverse("calls:call_detail", args=[self.call.slug]) + "#faq"
