"""The record of a body as the desk asks for it: the form that bodies register with, in the desk's own look."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.forms.organization import SECTIONS, OrganizationForm

NAMES = tuple(name for _title, names in SECTIONS for name in names)
#: The desk's own look of each kind of input.
WIDGETS: dict[type[forms.Widget], Any] = {
    forms.Textarea: lambda: UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    forms.Select: UnfoldAdminSelectWidget,
    forms.DateInput: UnfoldAdminSingleDateWidget,
    forms.EmailInput: UnfoldAdminEmailInputWidget,
}


class RecordForm(OrganizationForm):
    """Ask for the whole record of a body at the desk."""

    class Meta(OrganizationForm.Meta):
        pass

    def dress(self) -> None:
        """Give every input the desk's own look."""
        for name in NAMES:
            field = self.fields[name]
            made = WIDGETS.get(type(field.widget), UnfoldAdminTextInputWidget)()
            if isinstance(made, UnfoldAdminSelectWidget):
                made.choices = field.widget.choices  # type: ignore[attr-defined]
            made.is_required = field.required
            field.widget = made
