"""What officers do to change a published call: one proposes the amendment, another one decides."""

import hashlib
import json
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from calls import services
from calls.differences import differences, differences_of
from calls.models import Amendment, Call
from calls.models.amendment import content_of, window_content
from civicfund.desk import LocalTimeWidget, ReasonedActForm, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import day, moment

#: Empty lines for documents beyond those that the call asks for.
SPARE_DOCUMENTS = 2
NOT_ALONE = Refusal(_("You proposed this amendment: somebody else has to confirm it."))
MOVED_ON = Refusal(Step.too_late)


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
        self.lines = range(1, len(self.content["documents"]) + SPARE_DOCUMENTS + 1)
        for line in self.lines:
            self._ask_for_document(line)
        self.foretold = tuple(name for name in self.fields if name not in ReasonedActForm.base_fields)

    def _ask_for_document(self, line: int) -> None:
        """Add the fields of one document."""
        listed = self.content["documents"]
        document = listed[line - 1] if line <= len(listed) else {}
        self.fields[f"document_{line}"] = forms.CharField(
            label=_("Document %s") % line,
            help_text=_("Empty: this document is not asked for."),
            required=False,
            max_length=120,
            initial=document.get("name", ""),
            widget=UnfoldAdminTextInputWidget,
        )
        self.fields[f"description_{line}"] = forms.CharField(
            label=_("What document %s is") % line,
            required=False,
            max_length=500,
            initial=document.get("description", ""),
            widget=UnfoldAdminTextInputWidget,
        )
        self.fields[f"required_{line}"] = forms.BooleanField(
            label=_("Document %s is required") % line,
            required=False,
            initial=document.get("required", True),
            widget=UnfoldBooleanSwitchWidget,
        )

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
        documents = [
            {
                "name": name,
                "description": (values[f"description_{line}"] or "").strip(),
                "required": bool(values[f"required_{line}"]),
            }
            for line in self.lines
            if (name := (values[f"document_{line}"] or "").strip())
        ]
        texts = {name: self._written(values, name) for name in ("summary", "text")}
        return {
            **texts,
            "contact_email": values["contact_email"],
            "sessions": windows,
            "documents": documents,
        }

    def changes(self) -> dict[str, Any]:
        """Return what differs from the call as it stands."""
        typed = self.contents(self.foretold_values())
        return {name: value for name, value in typed.items() if value != self.content[name]}

    def _written(self, values: dict[str, Any], name: str) -> str:
        """Return a text; one that was left alone keeps its own line ends."""
        typed, stands = _one_kind_of_line_ends(values[name]), self.content[name]
        return stands if typed == _one_kind_of_line_ends(stands) else typed

    def _moved(self, values: dict[str, Any], window: Any, name: str) -> Any:
        """Return an instant; one that was left alone keeps the seconds that browsers do not ask for."""
        typed, stands = values[f"{name}_{window.number}"], getattr(window, name)
        return stands if typed == stands.replace(second=0, microsecond=0) else typed


class AmendStep(Step):
    """Propose to change a published call."""

    title = _("Amend the call")
    button = _("Propose the amendment")
    lead = _(
        "Dates to a later time, texts, the contact and the documents can change by an act. The rules of money and of admission "
        "cannot, nor can the themes and the criteria with their points: whoever applied or gave relied on them. A second "
        "person has to confirm."
    )
    template = "admin/calls/amend.html"
    form_class = AmendForm
    is_grave = True
    faults: list[services.Fault] = []
    refusals = {
        services.NothingAmended: Refusal(_("Nothing differs from the call as it stands: change something.")),
        services.AmendmentWaits: Refusal(
            _("Another amendment of this call waits for its second person: decide on that one first.")
        ),
        services.ActMissing: Refusal(_("Write the act and the reason."), "act_number"),
    }

    @classmethod
    def is_possible(cls, row: Call) -> bool:
        """Say whether the call is published."""
        return row.status == Call.Status.PUBLISHED

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form of which call it asks."""
        return {"call": self.row}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show before and afterwards."""
        form = self.form_class(call=self.row)
        return {"call": self.row, "differences": differences(form.content, form.contents(values))}

    def acted(self, form: Any) -> bool:
        """Propose, and put each fault next to its field."""
        self.changes = form.changes()
        try:
            return super().acted(form)
        except services.CallNotAmendable as refusal:
            for fault in refusal.faults:
                # The documents are asked for line by line.
                field = "document_1" if fault.field == "documents" else fault.field
                form.add_error(field or None, fault.words)
            return False

    def act(self, values: dict[str, Any]) -> str:
        """Propose."""
        services.propose_amendment(
            call=self.row,
            act_number=values["act_number"],
            act_date=values["act_date"],
            reason=values["reason"],
            changes=self.changes,
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Proposed: nothing changes until a second person confirms it.")


class DecideStep(Step):
    """Decide on a proposed amendment."""

    template = "admin/calls/amendment_step.html"
    refusals = {
        services.SecondPersonNeeded: NOT_ALONE,
        services.AmendmentMovedOn: MOVED_ON,
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
    }

    @classmethod
    def is_possible(cls, row: Amendment) -> bool:
        """Say whether nobody has decided yet."""
        return row.status == Amendment.Status.PROPOSED

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which act it is, who proposed it and why."""
        amendment = self.row
        return [
            (gettext("Call"), amendment.call),
            (gettext("Act"), f"{amendment.act_number}, {day(amendment.act_date)}"),
            (gettext("Proposed"), f"{amendment.proposed_by}, {moment(amendment.proposed_at)}"),
            (gettext("With the reason"), amendment.reason),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Show before and afterwards."""
        return {
            "amendment": self.row,
            "differences": differences_of(self.row),
            "confirms": isinstance(self, ConfirmStep),
        }


class ConfirmStep(DecideStep):
    """Make an amendment part of its call."""

    title = _("Confirm the amendment")
    button = _("Confirm and publish it")
    is_grave = True
    form_class = StepForm
    needs_fresh_login = True

    def acted(self, form: Any) -> bool:
        """Confirm, and say what time has made unlawful."""
        try:
            return super().acted(form)
        except services.CallNotAmendable as refusal:
            for fault in refusal.faults:
                form.add_error(None, fault.words)
            return False

    def act(self, values: dict[str, Any]) -> str:
        """Confirm."""
        done = services.confirm_amendment(amendment=self.row, by=self.request.user, now=timezone.now())
        return gettext("Confirmed: version %(version)s of the call is public.") % {"version": done.version}


class RefuseStep(DecideStep):
    """Leave a call as it is."""

    title = _("Refuse the amendment")
    button = _("Refuse")
    form_class = ReasonForm

    def act(self, values: dict[str, Any]) -> str:
        """Refuse."""
        services.refuse_amendment(
            amendment=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("Refused: the call stays as it is.")


def _one_kind_of_line_ends(text: str) -> str:
    """Return a text as it was typed at first: browsers send other line ends than files have."""
    return text.replace("\r\n", "\n").strip()
