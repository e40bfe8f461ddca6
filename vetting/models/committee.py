"""Who sits on the committee of a call, by which act."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from calls.models import Call, CallSession


class CommitteeMemberQuerySet(models.QuerySet["CommitteeMember"]):
    """Questions about members."""

    def serving(self, call: Call, session: CallSession | None) -> Self:
        """Keep those appointed for a window of a call, or for all of its windows, whose office has not ended."""
        windows = Q(session=None) if session is None else Q(session=None) | Q(session=session)
        return self.filter(windows, call=call, ended_at=None)

    def overlapping(self, call: Call, session: CallSession | None) -> Self:
        """Keep those whose office has not ended and reaches into a window, or into any when it is None."""
        windows = Q() if session is None else Q(session=None) | Q(session=session)
        return self.filter(windows, call=call, ended_at=None)


class CommitteeMember(models.Model):
    """A person judges the applications of a call, or of one of its windows, appointed by an act."""

    class Role(models.TextChoices):
        MEMBER = "member", _("member")
        PRESIDENT = "president", _("president")

    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, related_name="committee_members", verbose_name=_("call")
    )
    session = models.ForeignKey(
        CallSession,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="committee_members",
        verbose_name=_("application window"),
        help_text=_("Empty: for all windows of the call."),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="committee_seats",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    is_substitute = models.BooleanField(
        _("substitute"), default=False, help_text=_("Reads only what another member cannot judge.")
    )
    tax_code = models.CharField(
        _("tax code"),
        max_length=16,
        blank=True,
        help_text=_("Compared with the people of the applications, to find conflicts of interest."),
    )
    act_number = models.CharField(_("number of the act"), max_length=60)
    act_date = models.DateField(_("date of the act"))
    appointed_at = models.DateTimeField(_("appointed at"))
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    ended_at = models.DateTimeField(_("office ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    end_reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = CommitteeMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of the committee")
        verbose_name_plural = _("members of the committee")
        ordering = ["call", "session", "is_substitute", "-role", "pk"]
        permissions = [("assign_committee", "Can appoint the committee and assign applications to it")]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "session", "user"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="committee_member_once",
            ),
            models.UniqueConstraint(
                fields=["call", "session"],
                condition=Q(role="president", ended_at=None),
                nulls_distinct=False,
                name="committee_one_president",
            ),
            models.CheckConstraint(
                condition=~Q(role="president") | Q(is_substitute=False),
                name="committee_president_is_no_substitute",
            ),
            models.CheckConstraint(condition=~Q(act_number=""), name="committee_member_has_act"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, end_reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=F("appointed_at"))
                & ~Q(end_reason=""),
                name="committee_member_ended_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="committee_member_stays_as_appointed", exclude=["ended_at", "ended_by", "end_reason"]
            ),
            pgtrigger.Protect(
                name="committee_member_end_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Protect(name="committee_member_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @property
    def is_president(self) -> bool:
        """Say whether the member leads the committee."""
        return self.role == self.Role.PRESIDENT

    @property
    def office(self) -> str:
        """Return what the member is, in words."""
        return str(_("substitute")) if self.is_substitute else str(self.get_role_display())
