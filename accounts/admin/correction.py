"""Officers correct the record of a body: every value they change is kept as it was and as it is, with the reason."""

import copy
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin.record_form import NAMES, RecordForm
from accounts.models import Organization
from civicfund.desk import Effects, ReasonForm, Refusal, Step


class CorrectionForm(ReasonForm, RecordForm):
    """Ask for the whole record of a body as it should be, its tax code and kind included, and why."""

    foretold = NAMES
    is_settled = False

    class Meta(RecordForm.Meta):
        pass

    def __init__(self, *args: Any, body: Organization, **kwargs: Any) -> None:
        # Reading what was typed writes into the instance: the row itself stays as it is.
        super().__init__(*args, instance=copy.copy(body), **kwargs)
        self.body = body
        self.order_fields([*NAMES, "reason"])
        self.fields["reason"].help_text = gettext(
            "The members read it in a mail, and it stays in the record."
        )
        for name in NAMES:
            # What an old record lacks is no reason to leave another value wrong.
            self.fields[name].required = self.fields[name].required and bool(getattr(body, name))
        self.dress()

    def clean_representative_name(self) -> str:
        """Take a name that looks like what it is, or none where an old record has none."""
        typed = self.cleaned_data["representative_name"]
        return super().clean_representative_name() if typed else ""

    def changes(self) -> Iterator[tuple[Any, str, str]]:
        """Yield name, value before and value after of what was typed otherwise than it stands."""
        kinds = dict(Organization._meta.get_field("kind").choices or [])
        for name in NAMES:
            before, after = getattr(self.body, name), self.cleaned_data.get(name)
            if (before or "") != (after or ""):
                shown = [
                    str(kinds.get(each, each)) if name == "kind" else str(each or "–")
                    for each in (before, after)
                ]
                yield self.fields[name].label, shown[0], shown[1]


class CorrectStep(Step):
    """Correct the record of a body."""

    title = _("Correct the record")
    button = _("Correct it")
    lead = _(
        "For what an owner cannot change, or has asked the office to put right. Owners change everything else themselves."
    )
    own_body = _("You belong to this organization yourself: another officer has to do this.")
    template = "admin/accounts/correct.html"
    effects = Effects.TRIED
    form_class = CorrectionForm
    refusals = {
        services.NotNeutral: Refusal(own_body),
        services.ReasonMissing: Refusal(_("Write the reason."), "reason"),
        services.NothingCorrected: Refusal(_("Every value stands there already: nothing was changed.")),
        services.OrganizationExists: Refusal(
            _("Another organization is registered with this tax code."), "tax_code"
        ),
    }

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form whose record it is."""
        return {"body": self.row}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which body it is, as it is registered now."""
        return [
            (gettext("Organization"), self.row),
            (gettext("Tax code"), self.row.tax_code),
            (gettext("Members"), self.row.members.filter(is_active=True).count()),
        ]

    def page(self, form: Any) -> Any:
        """Remember the form: what follows is told from its changes."""
        self.form = form
        return super().page(form)

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what changes, before and after."""
        return {"changes": list(self.form.changes()) if self.form.is_bound else []}

    def act(self, values: dict[str, Any]) -> str:
        """Correct it."""
        services.correct_organization(
            organization=self.row,
            by=self.request.user,
            now=timezone.now(),
            reason=values["reason"],
            **{name: values[name] for name in NAMES},
        )
        return gettext("Corrected: the members get a mail with what has changed and why.")
