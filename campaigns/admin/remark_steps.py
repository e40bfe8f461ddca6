"""What an officer asks to change on a page, place by place, and takes back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from campaigns import services
from campaigns.admin.steps import WRONG_STATE, CampaignStep
from campaigns.models import Campaign, Remark
from civicfund.desk import Effects, Refusal, Step, StepForm

Status = Campaign.Status
NOTHING_WRITTEN = _("Write what should change: about the whole page, or about one of its parts.")


class RemarksForm(StepForm):
    """Ask what the promoter should change, on the whole and place by place."""

    remarks = forms.CharField(
        label=_("About the whole page"),
        help_text=_("Say what to change and why: the organization reads it in the mail and over its page."),
        max_length=5000,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in Remark.Place:
            self.fields[f"on_{place}"] = forms.CharField(
                label=str(place.label).capitalize(),
                help_text=gettext("The organization reads it beside this part of its page, and answers it."),
                max_length=2000,
                required=False,
                widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            )

    @property
    def grouped(self) -> list[tuple[Any, list[Any]]]:
        """Return the whole first, then each place folded under its name."""
        return [
            ("", [self["remarks"]]),
            *((self[f"on_{place}"].label, [self[f"on_{place}"]]) for place in Remark.Place),
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse a return without a word."""
        cleaned = self.cleaned_data
        if not self.errors and not any(str(words).strip() for words in cleaned.values()):
            self.add_error("remarks", NOTHING_WRITTEN)
        return cleaned


class ReturnStep(CampaignStep):
    """Give a page back to the promoter."""

    title = _("Return with remarks")
    button = _("Return to the organization")
    lead = _(
        "Each remark stands beside the part of the page it is about, and is ticked off when that changes."
    )
    template = "admin/campaigns/return.html"
    form_class = RemarksForm
    states = (Status.IN_REVIEW, Status.SCHEDULED)
    refusals = {**WRONG_STATE, services.RemarksMissing: Refusal(NOTHING_WRITTEN, "remarks")}

    def act(self, values: dict[str, Any]) -> str:
        """Return."""
        services.return_campaign(
            campaign=self.row,
            remarks=values["remarks"],
            on={place: values[f"on_{place}"] for place in Remark.Place.values},
            by=self.request.user,
            now=timezone.now(),
        )
        return gettext("Returned: the organization has been written to and can change its page again.")


class WithdrawForm(StepForm):
    """Ask which remarks are taken back."""

    remarks = forms.TypedMultipleChoiceField(
        label=_("Remarks to take back"), coerce=int, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, standing: list[Remark], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["remarks"].choices = [(one.pk, str(one)) for one in standing]


class WithdrawRemarksStep(CampaignStep):
    """Take remarks back: the promoter need not answer them."""

    title = _("Take remarks back")
    button = _("Take them back")
    template = "admin/campaigns/withdraw_remarks.html"
    effects = Effects.TRIED
    form_class = WithdrawForm
    states = (Status.DRAFT, Status.IN_REVIEW)
    refusals = {**WRONG_STATE, services.RemarkGone: Refusal(Step.too_late)}

    @classmethod
    def is_possible(cls, row: Campaign) -> bool:
        """Say whether the page is not approved and has a remark that stands."""
        return super().is_possible(row) and Remark.objects.of(row).standing().exists()

    def form_arguments(self) -> dict[str, Any]:
        """Tell the form what stands."""
        return {"standing": list(Remark.objects.of(self.row).standing())}

    def act(self, values: dict[str, Any]) -> str:
        """Take them back."""
        taken = services.withdraw_remarks(
            campaign=self.row, remarks=values["remarks"], by=self.request.user, now=timezone.now()
        )
        return ngettext(
            "Taken back: the remark need not be answered.",
            "Taken back: the %(count)s remarks need not be answered.",
            taken,
        ) % {"count": taken}
