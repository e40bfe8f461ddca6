"""Fields of the desk for money: amounts are typed in euro and shares in percent, rows keep cents and basis points."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from calls.forms import EuroField
from calls.models.merit import TieRule
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
    """Take a percentage as people type it and return basis points, from `least_bp` (0 or 1) to `most_bp`."""

    def __init__(self, *, least_bp: int = 1, most_bp: int = FULL_BP - 1, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={"suffix": "%", "class": "desk-amount"}))
        super().__init__(**{"max_length": 10, **kwargs})
        self.least_bp = least_bp
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
        if not self.least_bp <= basis_points <= self.most_bp:
            limits = {"most": percent(self.most_bp)}
            if self.least_bp:
                raise ValidationError(_("Write a percentage above 0 and up to %(most)s.") % limits)
            raise ValidationError(_("Write a percentage from 0 to %(most)s.") % limits)
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


class TieRulesField(forms.MultiValueField):
    """Take the rules that part equal scores, in their order: the first, then the others, as many as are needed."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "–"), *TieRule.choices]
        fields = [forms.ChoiceField(choices=choices, required=False) for _rule in TieRule]
        super().__init__(fields, require_all_fields=False, widget=TieRulesWidget(choices), **kwargs)

    def compress(self, data_list: list[str]) -> list[str]:
        """Return the rules that were chosen."""
        return [rule for rule in data_list if rule]


class TieRulesWidget(forms.MultiWidget):
    """Ask for one rule after the other."""

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        labels = (_("First"), _("Then"), _("Then, if they are still equal"), _("At last"))
        selects = [UnfoldAdminSelectWidget(attrs={"aria-label": label}, choices=choices) for label in labels]
        super().__init__(selects)

    def decompress(self, value: Any) -> list[str]:
        """Return one rule for each question."""
        chosen = list(value or [])
        return [*chosen, *[""] * (len(self.widgets) - len(chosen))]
