"""What has changed in a body's record and among its people: who, when, what, and at the desk why; never changed itself."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organization import Membership, Organization

#: What stands for a value that was taken out.
FORGOTTEN = "–"


class OrganizationChange(models.Model):
    """One thing that has changed of a body: a datum of its record, or what a person may do for it."""

    class What(models.TextChoices):
        #: An owner has changed a datum.
        EDITED = "edited", _("changed")
        #: An officer has, with a reason.
        CORRECTED = "corrected", _("corrected by the office")
        #: Who has registered the body.
        FOUNDED = "founded", _("has registered the organization")
        #: An officer has, for people who came to the counter, with a reason.
        COUNTER = "counter", _("has registered the organization at the counter")
        #: By an invitation.
        JOINED = "joined", _("has accepted an invitation")
        #: By a request that an officer has accepted.
        CLAIMED = "claimed", _("has asked to act for it and was accepted")
        ROLE = "role", _("has another role")
        LEFT = "left", _("has left")
        REMOVED = "removed", _("was removed")

    #: What concerns a datum; all others concern a person.
    OF_DATA = (What.EDITED, What.CORRECTED)
    #: What the office has done, for which it gives a reason.
    OF_OFFICE = (What.CORRECTED, What.COUNTER)
    #: What only owners and officers read.
    PRIVATE = ("representative_tax_code",)

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="changes", verbose_name=_("organization")
    )
    what = models.CharField(_("what happened"), max_length=10, choices=What)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    column = models.CharField(_("datum"), max_length=40, blank=True)
    old = models.TextField(_("before"), blank=True)
    new = models.TextField(_("after"), blank=True)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("change of an organization")
        verbose_name_plural = _("changes of organizations")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["edited", "corrected"], person=None) & ~Q(column="") & ~Q(old=F("new"))
                | ~Q(what__in=["edited", "corrected"]) & Q(person__isnull=False, column=""),
                name="organization_change_is_of_a_datum_or_a_person",
            ),
            models.CheckConstraint(
                condition=~Q(what__in=["corrected", "counter"]) | ~Q(reason=""),
                name="organization_correction_has_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="organization_change_is_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="organization_change_is_what_happened",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["old", "new"]),
            ),
            # What a person's own datum was may be taken out, and nothing be put in its place.
            pgtrigger.Protect(
                name="organization_change_only_forgets",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NOT (OLD.column IN ('representative_name', 'representative_tax_code')"
                    " AND NEW.old = '' AND NEW.new = '–')"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} · {self.subject} {self.get_what_display()}"

    @property
    def is_of_data(self) -> bool:
        """Say whether a datum has changed."""
        return self.what in self.OF_DATA

    @property
    def is_of_office(self) -> bool:
        """Say whether an officer has done it."""
        return self.what in self.OF_OFFICE

    @property
    def is_private(self) -> bool:
        """Say whether only owners and officers read the values."""
        return self.column in self.PRIVATE

    @property
    def subject(self) -> str:
        """Return what has changed: the person, or the name of the datum."""
        if self.person:
            return str(self.person)
        return str(Organization._meta.get_field(self.column).verbose_name).capitalize()

    @property
    def old_shown(self) -> str:
        """Return the value before, as people read it."""
        return self._shown(self.old)

    @property
    def new_shown(self) -> str:
        """Return the value after, as people read it."""
        return self._shown(self.new)

    def _shown(self, value: str) -> str:
        """Return a role or a choice by its name."""
        if self.person:
            return str(dict(Membership.Role.choices).get(value, value)).partition(":")[0]
        choices = Organization._meta.get_field(self.column).choices or []
        return str(dict(choices).get(value, value))  # type: ignore[arg-type]
