from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from calls.models.freeze import frozen_with_call


class EligibilityQuestion(models.Model):
    """What an officer asks of each application at its formal check, beside what the call's rules ask by themselves."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="eligibility_questions")
    text = models.CharField(
        _("question"), max_length=300, help_text=_("To be answered with yes or no: yes is as it should be.")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question of the formal check")
        verbose_name_plural = _("questions of the formal check")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "text"], name="eligibility_question_once"),
            models.CheckConstraint(condition=~Q(text=""), name="eligibility_question_has_text"),
        ]
        triggers = [frozen_with_call("eligibility_question")]

    def __str__(self) -> str:
        return self.text
