"""The score sheet as a form: a row for each criterion of the call, and what was typed kept as it was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.models import Call, Criterion
from vetting.models import ScoreSheet
from vetting.models.sheet import criteria_of
from vetting.points import NotPoints, format_points, parse_points
from vetting.services import Entry
from vetting.sheet_rules import HUNDREDTHS, NothingApplies, Points, SheetIncomplete, sheet_total


@dataclass(frozen=True)
class Row:
    """A criterion with its three fields."""

    criterion: Criterion
    points: Any
    not_applicable: Any
    comment: Any


class SheetForm(forms.Form):
    """Ask for points or “does not apply” and a comment for each criterion, and for a comment in general."""

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(call.criteria.all())
        self.rules = criteria_of(call)
        for one in self.criteria:
            self._ask_about(one)
        self.fields["comment"] = forms.CharField(
            label=_("General comment"),
            max_length=4000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "class": "sheet__text"}),
        )

    def _ask_about(self, criterion: Criterion) -> None:
        """Add the fields of one criterion."""
        said = {"name": criterion.name, "most": criterion.max_points}
        marks = {"data-max": criterion.max_points, "data-weight": criterion.weight_bp}
        attrs = {"class": "sheet__points", "inputmode": "decimal", "autocomplete": "off", **marks}
        self.fields[f"points_{criterion.pk}"] = forms.CharField(
            label=gettext("%(name)s: points out of %(most)s") % said,
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs=attrs),
        )
        self.fields[f"na_{criterion.pk}"] = forms.BooleanField(
            label=_("does not apply"),
            required=False,
            widget=forms.CheckboxInput(attrs={"class": "sheet__na"}),
        )
        self.fields[f"comment_{criterion.pk}"] = forms.CharField(
            label=gettext("%(name)s: comment") % said,
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 2, "class": "sheet__text"}),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse points that cannot be read, that are too many, or that stand beside “does not apply”."""
        for one in self.criteria:
            name = f"points_{one.pk}"
            typed = self.cleaned_data.get(name, "")
            try:
                points = parse_points(typed) if typed else None
            except NotPoints:
                self.add_error(name, gettext("Write points as a number, for example 8 or 8,5."))
                continue
            if points is not None and points > one.max_points * HUNDREDTHS:
                self.add_error(name, gettext("At most %(most)s points.") % {"most": one.max_points})
            elif points is not None and self.cleaned_data.get(f"na_{one.pk}"):
                self.add_error(name, gettext("Either points or “does not apply”, not both."))
        return self.cleaned_data

    @property
    def rows(self) -> Iterator[Row]:
        """Yield the criteria with their fields."""
        for one in self.criteria:
            names = (f"points_{one.pk}", f"na_{one.pk}", f"comment_{one.pk}")
            yield Row(one, *(self[name] for name in names))

    def entries(self) -> dict[str, Entry]:
        """Return what can be read, by the key of the criterion."""
        return {str(one.pk): self._entry(one) for one in self.criteria}

    def _entry(self, one: Criterion) -> Entry:
        """Return what was typed about one criterion; what is refused beside it is left out."""
        name, data = f"points_{one.pk}", self.cleaned_data
        typed = data.get(name, "") if name not in self.errors else ""
        return Entry(
            points=parse_points(typed) if typed else None,
            not_applicable=bool(data.get(f"na_{one.pk}")),
            comment=data.get(f"comment_{one.pk}", ""),
        )

    def unfinished(self) -> dict[str, str]:
        """Return what could not be read, as it was typed, by the name of its field."""
        return {name: self.data.get(name, "")[:200] for name in self.errors if name.startswith("points_")}

    def total(self) -> str:
        """Return the total of what was typed, as it is shown; nothing while a criterion is missing."""
        return shown_total(self.entries() if self.is_bound else {}, self.rules)


def shown_total(entries: Mapping[str, Entry], rules: Any) -> str:
    """Return the total of a whole sheet as it is shown, or nothing while it is not whole."""
    points = [
        Points(key, entry.points)
        for key, entry in entries.items()
        if entry.not_applicable or entry.points is not None
    ]
    try:
        return format_points(sheet_total(points, rules))
    except (SheetIncomplete, NothingApplies):
        return ""


def initial_of(sheet: ScoreSheet | None) -> dict[str, Any]:
    """Return what a sheet says as the form takes it; what could not be read stands as it was typed."""
    if sheet is None:
        return {}
    initial: dict[str, Any] = {"comment": sheet.comment}
    for score in sheet.scores.all():
        key = score.criterion_id
        initial[f"points_{key}"] = "" if score.points is None else format_points(score.points)
        initial[f"na_{key}"] = score.not_applicable
        initial[f"comment_{key}"] = score.comment
    return initial | sheet.unfinished
