"""What the desk asks to amend a call: all that may lawfully change, filled in as it stands."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from calls.admin.amend_lines import lists_of, one_kind_of_line_ends
from calls.models import Call
from calls.models.amendment import content_of, window_content
from civicfund.desk import LocalTimeWidget, ReasonedActForm


class AmendForm(ReasonedActForm):
    """Ask for the act, and for everything of the call that may lawfully change, filled in as it stands."""

    summary = forms.CharField(
        label=_("Summary"), max_length=600, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    text = forms.CharField(label=_("Text"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 18}))
    contact_email = forms.EmailField(label=_("Contact"), widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content_of(call)
        for name in ("summary", "text", "contact_email"):
            self.fields[name].initial = self.content[name]
        self.windows = list(call.sessions.order_by("number"))
        for window in self.windows:
            for name, label in (("opens_at", _("Window %s opens")), ("closes_at", _("Window %s closes"))):
                self.fields[f"{name}_{window.number}"] = forms.DateTimeField(
                    label=label % window.number,
                    help_text=_("A published date can only move to a later time."),
                    initial=getattr(window, name),
                    widget=LocalTimeWidget,
                )
        self.lists = lists_of(call)
        for lines in self.lists:
            self.fields.update(lines.fields(self.content[lines.key]))
        self.foretold = tuple(name for name in self.fields if name not in ReasonedActForm.base_fields)

    @property
    def grouped(self) -> list[tuple[Any, list[Any]]]:
        """Return the fields as they stand on the page, the lines of each list under its name."""
        lists = [(lines.title, [self[name] for name in lines.names]) for lines in self.lists]
        listed = {field.name for _title, fields in lists for field in fields}
        return [("", [field for field in self if field.name not in listed]), *lists]

    def field_of(self, name: str) -> str | None:
        """Return the field beside which a fault is told: of a list, which is asked for line by line, the first."""
        first = {lines.key: lines.names[0] for lines in self.lists}
        return first.get(name, name) or None

    def seen(self) -> str:
        """Return a fingerprint of the contents: texts of many lines do not survive in a hidden field."""
        plain = json.dumps(self.contents(self.foretold_values()), sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    def contents(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what the call would say, in the shape that amendments keep; nothing for nothing."""
        if not values:
            return {}
        windows = [
            window_content(
                window.number,
                self._moved(values, window, "opens_at"),
                self._moved(values, window, "closes_at"),
            )
            for window in self.windows
        ]
        texts = {name: self._written(values, name) for name in ("summary", "text")}
        return {
            **texts,
            "contact_email": values["contact_email"],
            "sessions": windows,
            **{lines.key: lines.entries(values, self.content[lines.key]) for lines in self.lists},
        }

    def changes(self) -> dict[str, Any]:
        """Return what differs from the call as it stands."""
        typed = self.contents(self.foretold_values())
        return {name: value for name, value in typed.items() if value != self.content[name]}

    def _written(self, values: dict[str, Any], name: str) -> str:
        """Return a text; one that was left alone keeps its own line ends."""
        typed, stands = one_kind_of_line_ends(values[name]), self.content[name]
        return stands if typed == one_kind_of_line_ends(stands) else typed

    def _moved(self, values: dict[str, Any], window: Any, name: str) -> Any:
        """Return an instant; one that was left alone keeps the seconds that browsers do not ask for."""
        typed, stands = values[f"{name}_{window.number}"], getattr(window, name)
        return stands if typed == stands.replace(second=0, microsecond=0) else typed
