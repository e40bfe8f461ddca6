"""Forms of the desk about calls: amounts are typed in euro and shares in percent, rows keep cents and basis points."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.models import OrgKind
from calls.forms import EuroField
from calls.models import Call, CallSession, Criterion
from calls.models.call import BOROUGHS
from civicfund.money import FULL_BP, NotAnAmount, parse_euro
from civicfund.templatetags.money import percent


class AmountField(EuroField):
    """Take an amount of euro at the desk."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"suffix": "€", "class": "desk-amount"}))
        super().__init__(**kwargs)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare amounts, not the ways to write them."""
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class PercentField(forms.CharField):
    """Take a percentage as people type it and return basis points."""

    def __init__(self, *, most_bp: int = FULL_BP - 1, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"suffix": "%", "class": "desk-amount"}))
        super().__init__(**{"max_length": 10, **kwargs})
        self.most_bp = most_bp
        self.widget.attrs.setdefault("inputmode", "decimal")

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        """Return the basis points, or None for an empty field."""
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            # A percentage has two decimals, as an amount has.
            basis_points = parse_euro(text.replace("%", ""))
        except NotAnAmount:
            raise ValidationError(_("Write a percentage, for example 50 or 33,5.")) from None
        if not 0 < basis_points <= self.most_bp:
            raise ValidationError(
                _("Write a percentage above 0 and up to %(most)s.") % {"most": percent(self.most_bp)}
            )
        return basis_points

    def prepare_value(self, value: Any) -> Any:
        """Show basis points as a percentage, and what was typed as it was typed."""
        return percent(value).rstrip("%\u00a0") if isinstance(value, int) else value

    def run_validators(self, value: Any) -> None:
        """Leave limits to `to_python`: validators of texts do not fit basis points."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare shares, not the ways to write them."""
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class CallDeskForm(forms.ModelForm):
    """Ask for a call's text and all its rules."""

    threshold_bp = PercentField(
        label=_("Citizens' share"),
        help_text=_(
            "What citizens have to give, of the project's cost, before the municipality adds its share."
        ),
    )
    grant_bp = PercentField(
        label=_("Municipality's share"),
        help_text=_("Of the project's cost, at most; the cap per project may lower it."),
    )
    cap_cents = AmountField(label=_("Cap per project"), help_text=_("The largest grant one project can get."))
    fund_cents = AmountField(
        label=_("Fund"), help_text=_("All the money of this call; the windows may split it.")
    )
    cost_min_cents = AmountField(label=_("Lowest project cost"))
    cost_max_cents = AmountField(
        label=_("Highest project cost"), required=False, help_text=_("Empty: no ceiling.")
    )
    donor_limit_cents = AmountField(
        label=_("Most that counts of one donor"),
        required=False,
        help_text=_("Empty: no limit in euro. What is given above it is received but does not count."),
    )
    donor_limit_bp = PercentField(
        label=_("Most that counts of one donor, of the threshold"),
        most_bp=FULL_BP,
        required=False,
        help_text=_("Empty: no limit as a share. With both limits the lower one holds."),
    )
    minimum_gift_cents = AmountField(label=_("Smallest gift"), help_text=_("At least 0,50 euro."))
    eligible_kinds = forms.MultipleChoiceField(
        label=_("Bodies that may apply"),
        choices=OrgKind.choices,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    excluded_boroughs = forms.TypedMultipleChoiceField(
        label=_("Excluded boroughs"),
        choices=BOROUGHS,
        coerce=int,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("Projects there cannot apply. None marked: the whole city."),
    )

    class Meta:
        model = Call
        fields = [
            "title",
            "edition",
            "slug",
            "summary",
            "text",
            "contact_email",
            "threshold_bp",
            "grant_bp",
            "cap_cents",
            "fund_cents",
            "minimum_gift_cents",
            "funding_mode",
            "reservation_mode",
            "partial_policy",
            "count_basis",
            "min_donors",
            "donor_limit_cents",
            "donor_limit_bp",
            "excludes_related_parties",
            "cost_min_cents",
            "cost_max_cents",
            "campaign_days_min",
            "campaign_days_max",
            "project_months_max",
            "pass_mark",
            "eligible_kinds",
            "excluded_boroughs",
        ]
        widgets = {
            "summary": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "text": UnfoldAdminTextareaWidget(attrs={"rows": 18}),
        }
        help_texts = {
            "slug": _(
                "The end of the page's address; it stays the same for ever once the call is published."
            ),
            "summary": _("Two sentences: what the call is for and what it offers. Shown on cards."),
            "contact_email": _("Where people write when they have a question."),
            "min_donors": _("0: no smallest number. One address, card or tax code is one donor."),
            "excludes_related_parties": _("They are received all the same, and shown apart."),
            "pass_mark": _("Points a project needs to pass; not more than all criteria together give."),
            "campaign_days_max": _("60 at most, because gifts can be held for 90 days."),
        }

    def clean(self) -> dict[str, Any]:
        """Refuse shares that add up to more than the cost, next to the field."""
        data = super().clean() or self.cleaned_data
        threshold, grant = data.get("threshold_bp"), data.get("grant_bp")
        if threshold and grant and threshold + grant > FULL_BP:
            self.add_error("grant_bp", _("Together with the citizens' share this is more than 100 %."))
        return data


class SessionDeskForm(forms.ModelForm):
    """Ask for an application window."""

    allocation_cents = AmountField(
        label=_("Share of the fund"),
        required=False,
        help_text=_("Empty in every window: the windows draw on one fund."),
    )

    class Meta:
        model = CallSession
        fields = ["opens_at", "closes_at", "allocation_cents"]

    def clean(self) -> dict[str, Any]:
        """Refuse a window that closes before it opens, next to the field."""
        data = super().clean() or self.cleaned_data
        opens_at, closes_at = data.get("opens_at"), data.get("closes_at")
        if opens_at and closes_at and closes_at <= opens_at:
            self.add_error("closes_at", _("The window has to close after it opens."))
        return data


class CriterionDeskForm(forms.ModelForm):
    """Ask for a criterion."""

    weight_bp = PercentField(
        label=_("Weight"),
        most_bp=10 * FULL_BP,
        initial=FULL_BP,
        help_text=_("100: the points count as they are."),
    )

    class Meta:
        model = Criterion
        fields = ["position", "name", "description", "max_points", "min_points", "weight_bp"]
