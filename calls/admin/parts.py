"""The parts of a call, written on its page while it is a draft."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline, TabularInline
from unfold.forms import PaginationInlineFormSet

from calls.admin_forms import CriterionDeskForm, DeclarationDeskForm, SessionDeskForm
from calls.declarations import free_key
from calls.models import (
    Call,
    CallSession,
    Criterion,
    DeclarationText,
    DocumentRequirement,
    EligibilityQuestion,
    Theme,
)
from civicfund.desk import euro_column, moment_column, percent_column

DRAFT = Call.Status.DRAFT


class DraftPart(TabularInline):
    """Show a part of a call; it is written while the call is a draft, by whoever may write the call."""

    extra = 0
    #: What stands in place of `fields` when the part can only be read.
    shown: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow parts to be added to a draft."""
        name = "calls.change_call" if obj else "calls.add_call"
        return request.user.has_perm(name) and (obj is None or obj.status == DRAFT)

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow the parts of a draft to be changed."""
        return self.has_add_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow the parts of a draft to be removed."""
        return self.has_add_permission(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow: the page around it has asked already."""
        return True

    def get_fields(self, request: HttpRequest, obj: Call | None = None) -> Any:
        """Show amounts in euro where they can only be read."""
        return super().get_fields(request, obj) if self.has_change_permission(request, obj) else self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Call | None = None) -> Any:
        """Make everything read-only once the call is published."""
        return () if self.has_change_permission(request, obj) else self.shown


class SessionFormSet(PaginationInlineFormSet):
    """Number new windows after those that are there."""

    def save_new(self, form: Any, commit: bool = True) -> CallSession:
        """Store a window under the next free number."""
        numbers = self.instance.sessions.order_by("-number").values_list("number", flat=True)
        form.instance.number = (numbers.first() or 0) + 1
        return super().save_new(form, commit)


class SessionInline(DraftPart):
    model = CallSession
    form = SessionDeskForm
    formset = SessionFormSet
    shown = ("number", "opens_shown", "closes_shown", "allocation_euro")
    opens_shown = moment_column("opens_at", gettext_lazy("opens at"))
    closes_shown = moment_column("closes_at", gettext_lazy("closes at"))
    allocation_euro = euro_column("allocation_cents", gettext_lazy("share of the fund"))


class ThemeInline(DraftPart):
    model = Theme
    fields = shown = ("name",)


class CriterionInline(DraftPart):
    model = Criterion
    form = CriterionDeskForm
    ordering_field = "position"
    hide_ordering_field = True
    shown = ("name", "description", "max_points", "min_points", "weight_shown")
    weight_shown = percent_column("weight_bp", gettext_lazy("weight"))


class DocumentInline(DraftPart):
    model = DocumentRequirement
    fields = ("position", "name", "description", "required")
    ordering_field = "position"
    hide_ordering_field = True
    shown = ("name", "description", "required")


class EligibilityQuestionInline(DraftPart):
    model = EligibilityQuestion
    fields = ("position", "text")
    ordering_field = "position"
    hide_ordering_field = True
    shown = ("text",)


class DeclarationFormSet(PaginationInlineFormSet):
    """Name new declarations for machines."""

    def save_new(self, form: Any, commit: bool = True) -> DeclarationText:
        """Store a declaration under a name that is free."""
        taken = self.instance.declaration_texts.values_list("key", flat=True)
        form.instance.key = free_key(form.instance.title, taken)
        return super().save_new(form, commit)


class DeclarationInline(DraftPart):
    """What applicants declare; a new call is given the usual declarations first, to be changed afterwards."""

    model = DeclarationText
    form = DeclarationDeskForm
    formset = DeclarationFormSet
    # Long texts stand one below the other.
    template = StackedInline.template
    ordering_field = "position"
    hide_ordering_field = True
    shown = ("title", "text", "title_en", "text_en", "asked_of", "required")

    def has_add_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Allow declarations to be added to a draft that has been saved."""
        return obj is not None and super().has_add_permission(request, obj)
