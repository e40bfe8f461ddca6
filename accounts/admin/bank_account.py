"""Accounts of bodies at the desk: every change, one that is held can be stopped, and who has read which in full."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts import services
from accounts.models import BankAccount, BankAccountLook
from civicfund.desk import (
    Effects,
    Queue,
    ReadOnlyAdmin,
    ReadOnlyInline,
    ReasonForm,
    Refusal,
    Step,
    everything,
    moment_column,
)
from civicfund.sealing import Unreadable
from civicfund.templatetags.clock import moment

LATE = _("The 72 hours are over, or it is stopped already.")


class StopAccountStep(Step):
    """Stop an account within its hold."""

    title = _("Stop the new account")
    button = _("Stop it")
    template = "admin/accounts/stop_account.html"
    form_class = ReasonForm
    is_grave = True
    too_late = LATE
    effects = Effects.TRIED
    refusals = {services.NotHeld: Refusal(LATE), services.NotAnOwner: Refusal(_("You may not do this."))}

    @classmethod
    def is_possible(cls, row: BankAccount) -> bool:
        """Say whether its hold goes on."""
        return row.is_held(timezone.now())

    def facts(self) -> list[tuple[Any, Any]]:
        """Show whose account it is."""
        return facts_of(self.row)

    def act(self, values: dict[str, Any]) -> str:
        """Stop it."""
        services.stop_bank_account(
            account=self.row, reason=values["reason"], by=self.request.user, now=timezone.now()
        )
        return gettext("Stopped: the owners and the body's addresses get a mail.")


class LookForm(ReasonForm):
    """Ask why an account is read."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Kept with your name and the time, each time the IBAN is shown."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class ReadIbanStep(Step):
    """Show an IBAN in full, and keep that it was shown."""

    title = _("Read the IBAN")
    button = _("Show the IBAN")
    template = "admin/accounts/read_iban.html"
    effects = Effects.NOBODY
    form_class = LookForm
    refusals = {
        Unreadable: Refusal(_("The key that sealed it is gone: ask the body to name its account again.")),
        services.NotAnOwner: Refusal(_("You may not do this.")),
    }
    #: The IBAN, once it has been asked for with a reason; it stays on this page alone.
    shown = ""
    needs_fresh_login = True

    def facts(self) -> list[tuple[Any, Any]]:
        """Show the IBAN when it was asked for."""
        if not self.shown:
            return facts_of(self.row)
        parts = [self.shown[start : start + 4] for start in range(0, len(self.shown), 4)]
        return [*facts_of(self.row), ("IBAN", " ".join(parts))]

    def acted(self, form: Any) -> bool:
        """Read it and stay on the page, so that no message and no session carries it."""
        try:
            self.shown = services.read_iban(
                account=self.row,
                reason=form.cleaned_data["reason"],
                by=self.request.user,
                now=timezone.now(),
            )
        except tuple(self.refusals) as error:
            refusal = self.refusals[type(error)]
            form.add_error(refusal.field, refusal.words)
        else:
            self.model_admin.log_change(self.request, self.row, str(self.title))
        return False

    def page(self, form: Any) -> HttpResponse:
        """Let nobody on the way keep a page with an IBAN."""
        answer = super().page(form)
        answer["Cache-Control"] = "private, no-store"
        return answer


def facts_of(account: BankAccount) -> list[tuple[Any, Any]]:
    """Return what is known of an account without opening it."""
    return [
        (gettext("Organization"), account.organization),
        (gettext("IBAN ends in"), account.iban_last4),
        (gettext("Named by"), account.named_by),
        (gettext("Usable from"), moment(account.usable_from)),
    ]


class LookInline(ReadOnlyInline):
    model = BankAccountLook
    fields = readonly_fields = ("by", "at_shown", "reason")
    verbose_name_plural = _("who has read it in full")
    at_shown = moment_column("at", _("read at"))


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin):
    """Read the changes of accounts, stop one that is held, and read one in full with a reason."""

    steps = {"stop": StopAccountStep, "read_iban": ReadIbanStep}
    actions_detail = ("stop", "read_iban")
    inlines = (LookInline,)
    list_display = ("organization", "ending", "named_shown", "usable_shown", "stopped_shown")
    list_select_related = ("organization",)
    search_fields = ("organization__legal_name", "=organization__tax_code")
    search_help_text = _("Name or tax code")
    fieldsets = (
        (None, {"fields": (("organization", "ending"), ("named_by", "named_shown"), "usable_shown")}),
        (_("Stopped"), {"fields": (("stopped_by", "stopped_shown"), "stop_reason")}),
    )
    queues = (
        Queue("held", _("Held"), lambda rows, now: rows.held(now), _("No change of an account is held.")),
        everything(pgettext_lazy("masculine", "All"), _("No organization has named an account yet.")),
    )
    named_shown = moment_column("named_at", _("named at"))
    usable_shown = moment_column("usable_from", _("usable from"))
    stopped_shown = moment_column("stopped_at", _("stopped at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Fetch whose accounts they are."""
        return super().get_queryset(request).select_related("organization", "named_by")

    @display(description=_("IBAN"))
    def ending(self, account: BankAccount) -> str:
        """Show the last four characters."""
        return f"… {account.iban_last4}"

    def has_look_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may read accounts in full: the treasurer."""
        return request.user.has_perm(services.READ_RIGHT)

    @action(description=_("Stop it…"), permissions=["look"], icon="block", variant=ActionVariant.DANGER)
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop an account within its hold."""
        return StopAccountStep.take(self, request, object_id)

    @action(description=_("Read the IBAN…"), permissions=["look"], icon="visibility")
    def read_iban(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show an account in full."""
        return ReadIbanStep.take(self, request, object_id)
