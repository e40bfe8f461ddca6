import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AdministrativeAct(models.Model):
    """An act of the municipality by which public money moves: number, date, office and kind name it."""

    class Kind(models.TextChoices):
        DETERMINATION = "determination", _("determination of an office's head")
        EXECUTIVE = "executive", _("resolution of the city executive")
        COUNCIL = "council", _("resolution of the city council")

    kind = models.CharField(_("kind of act"), max_length=15, choices=Kind, default=Kind.DETERMINATION)
    number = models.CharField(_("number"), max_length=60)
    date = models.DateField(_("date"))
    office = models.CharField(_("office"), max_length=150)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("administrative act")
        verbose_name_plural = _("administrative acts")
        ordering = ["-date", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["number", "date", "office", "kind"], name="act_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(office=""), name="act_is_named"),
        ]
        triggers = [pgtrigger.Protect(name="act_is_kept", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} · {self.date:%d/%m/%Y} · {self.office}"
