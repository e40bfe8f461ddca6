from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from accounts import services
from accounts.mail_secrets import SECRET, TO_DONORS, without_links
from accounts.models import Mail
from civicfund.desk import Effects, Queue, ReadOnlyAdmin, Step, everything, moment_column, status_column

COLOURS = {"queued": "info", "sending": "warning", "sent": "success"}


def stuck(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the mails whose sending never ended."""
    return rows.stuck(before=now - Mail.STUCK_AFTER)


class SendAgainStep(Step):
    """Put a stuck mail back into the outbox."""

    title = _("Send the mail again")
    button = _("Send again")
    template = "admin/accounts/send_again.html"
    too_late = _("This mail is not stuck.")
    effects = Effects.TOLD

    @classmethod
    def is_possible(cls, row: Mail) -> bool:
        """Say whether the sending began and never ended."""
        return row.status == Mail.Status.SENDING

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say which mail it is."""
        return {"mail": self.row}

    def act(self, values: dict[str, Any]) -> str:
        """Requeue it."""
        services.requeue_mail(mail=self.row)
        return gettext("The mail is in the outbox again and leaves within seconds.")


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    """Read the outbox, and send again what got stuck."""

    rows_depend_on = ("donations.view_donation",)
    steps = {"send_again": SendAgainStep}
    actions_detail = ("send_again",)
    list_display = ("subject", "recipient", "created_shown", "sent_shown", "state")
    list_filter = ("status",)
    search_fields = ("recipient", "subject", "key")
    search_help_text = _("Address or subject")
    ordering = ("-created_at",)
    fieldsets = (
        (None, {"fields": (("recipient", "status"), "subject", "text_shown")}),
        (_("Dates"), {"fields": (("created_shown", "claimed_shown"), ("sent_shown", "key"))}),
    )
    queues = (
        Queue(
            "stuck",
            _("Stuck"),
            stuck,
            _("No mail is stuck."),
            waits=_("Mails that got stuck"),
            icon="mail_lock",
            due="claimed_at",
        ),
        Queue("waiting", _("Waiting"), lambda rows, now: rows.due(), _("No mail waits to be sent.")),
        Queue(
            "held",
            _("Held back"),
            lambda rows, now: rows.held(),
            _("No mail is held back."),
        ),
        Queue(
            "sent",
            _("Sent"),
            lambda rows, now: rows.filter(status=Mail.Status.SENT),
            _("No mail has been sent yet."),
        ),
        everything(pgettext_lazy("feminine", "All"), _("No mail has been written yet.")),
    )
    created_shown = moment_column("created_at", _("written at"))
    claimed_shown = moment_column("claimed_at", _("sending began at"))
    sent_shown = moment_column("sent_at", _("sent at"))
    state = status_column("status", _("state"), COLOURS)

    @display(description=_("text"))
    def text_shown(self, mail: Mail) -> str:
        """Return the text; the links of a donor's mail are keys, and stay with the donor."""
        return without_links(mail.body) if mail.key.startswith(TO_DONORS) else mail.body

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Leave out the mails to donors for those who may not see donors."""
        mails = super().get_queryset(request)
        if request.user.has_perm("donations.view_donation"):
            return mails
        for kind in TO_DONORS:
            mails = mails.exclude(key__startswith=kind)
        return mails

    def get_fieldsets(self, request: HttpRequest, mail: Mail | None = None) -> Any:
        """Leave out the text of a mail with a one-time link: it is for its reader alone."""
        if mail is None or not mail.key.startswith(SECRET):
            return super().get_fieldsets(request, mail)
        shown = (("recipient", "status"), "subject")
        return ((None, {"fields": shown}), *self.fieldsets[1:])

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change mails to send them again."""
        return request.user.has_perm("accounts.change_mail")

    @action(description=_("Send again…"), permissions=["resend"], icon="send", variant=ActionVariant.PRIMARY)
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send a stuck mail again."""
        return SendAgainStep.take(self, request, object_id)
