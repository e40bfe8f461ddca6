from datetime import timedelta

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from civicfund.desk import Queue, ReadOnlyAdmin, everything, moment_column
from matching.models import AuditRun

#: How long an audit that found a difference stands on the first page.
LOUD_FOR = timedelta(days=3)


@admin.register(AuditRun)
class AuditRunAdmin(ReadOnlyAdmin):
    """Read the nightly audits and what they found."""

    list_display = ("ran_shown", "is_balanced")
    fieldsets = ((None, {"fields": ("ran_shown", "is_balanced", "broken")}),)
    queues = (
        everything(pgettext_lazy("feminine", "All"), _("No audit has run yet: the first one comes tonight.")),
        Queue(
            "broken",
            _("Not balanced"),
            lambda rows, now: rows.since(now - LOUD_FOR).filter(is_balanced=False),
            _("The audits of the last days found every cent in its place."),
            waits=_("Audits that found a difference"),
            icon="balance",
            due="ran_at",
            right="donations.change_difference",
        ),
    )
    ran_shown = moment_column("ran_at", _("ran at"))
