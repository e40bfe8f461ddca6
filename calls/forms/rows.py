"""The steps of an application that are tables: expenses and activities, one row each."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from calls.drawings import Gantt, gantt
from calls.forms.fields import EuroField
from calls.forms.plain import PlainInput, PlainNumber, PlainSelect
from calls.forms.steps import StepForm
from calls.forms.texts import Group, Texts, amount_of, text_of
from calls.models import Application, BudgetLine
from calls.rules import Promise, proposed_fee_cents

#: A hundred million euro: more than any project of a neighbourhood, less than a column holds.
MOST_CENTS = 10_000_000_000


class Row(forms.Form):
    """One row of a table; a row in which nothing is typed is left out."""

    use_required_attribute = False
    #: The inputs that stay as they are in a row nobody has written.
    preset: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-control form-select" if is_choice else "form-control"

    @property
    def is_blank(self) -> bool:
        """Say whether nothing is typed."""
        return not any(self.data.get(name, "").strip() for name in self.fields if name not in self.preset)

    def full_clean(self) -> None:
        """Find no mistakes in a row in which nothing is typed."""
        super().full_clean()
        if self.is_blank:
            self._errors = self._errors.__class__()  # type: ignore[union-attr]


class LineRow(Row):
    """One expense."""

    preset = ("category",)
    category = forms.ChoiceField(label=_("Category"), choices=BudgetLine.Category, widget=PlainSelect)
    description = forms.CharField(label=_("What for"), max_length=200, widget=PlainInput)
    amount = EuroField(label=_("Amount (euro)"), widget=PlainInput)
    eligible = EuroField(label=_("of which to fund (euro)"), required=False, widget=PlainInput)

    def clean_amount(self) -> int:
        """Refuse nothing and what no project costs."""
        return _within(self.cleaned_data["amount"], least=1)

    def clean_eligible(self) -> int | None:
        """Refuse what no project costs."""
        cents = self.cleaned_data["eligible"]
        return None if cents is None else _within(cents, least=0)

    def clean(self) -> dict[str, Any]:
        """Ask for no more than the amount; an empty field asks for all of it."""
        values = super().clean() or self.cleaned_data
        amount, eligible = values.get("amount"), values.get("eligible")
        if amount is not None and eligible is None:
            values["eligible"] = amount
        elif amount is not None and eligible is not None and eligible > amount:
            self.add_error("eligible", _("At most the amount of the line."))
        return values

    def values(self) -> dict[str, Any]:
        """Return the columns of the line."""
        read = self.cleaned_data
        return {
            "category": read["category"],
            "description": read["description"],
            "amount_cents": read["amount"],
            "eligible_cents": read["eligible"],
        }


class ActivityRow(Row):
    """One activity and its months."""

    title = forms.CharField(label=_("Activity"), max_length=120, widget=PlainInput)
    first_month = forms.IntegerField(label=_("From month"), min_value=1, max_value=120, widget=PlainNumber)
    months = forms.IntegerField(
        label=_("For how many months"), min_value=1, max_value=120, widget=PlainNumber
    )

    def values(self) -> dict[str, Any]:
        """Return the columns of the activity."""
        return dict(self.cleaned_data)


class TableForm(StepForm):
    """A step with a table below its fields."""

    row_class: type[Row]
    most_rows = 60
    rows_label: Any = ""
    rows_words: Mapping[str, Any] = {}

    @classmethod
    def names(cls, application: Application) -> list[str]:
        """Return the names of the fields and of the columns."""
        return [*cls.base_fields, *cls.row_class.base_fields]

    def inputs_of(self, value: str) -> list[str]:
        """Return the names of the inputs of a value; the rows have one for each column."""
        return list(self.row_class.base_fields) if value == "rows" else [value]

    @property
    def may_change_rows(self) -> bool:
        """Say whether the rows are among what can be written."""
        return not self.closed & set(self.row_class.base_fields)

    @property
    def blank_row(self) -> Row:
        """Return a row to be written."""
        return self.row_class(auto_id=f"id_row{len(self.rows) + 1}_%s")

    def ordered(self, texts: Texts, order: str) -> Texts:
        """Move or leave out a row: "up:3", "down:3" or "remove:3", counted from 1."""
        verb, _colon, number = order.partition(":")
        columns = list(self.row_class.base_fields)
        rows = [list(row) for row in zip_longest(*(texts[name] for name in columns), fillvalue="")]
        here = int(number) - 1 if number.isdecimal() and len(number) < 4 else -1
        if verb not in ("up", "down", "remove") or not 0 <= here < len(rows):
            return texts
        row = rows.pop(here)
        if verb == "up":
            rows.insert(max(here - 1, 0), row)
        elif verb == "down":
            rows.insert(here + 1, row)
        return {**texts, **{name: [row[place] for row in rows] for place, name in enumerate(columns)}}

    @cached_property
    def rows(self) -> list[Row]:  # type: ignore[override]
        """Return the rows, each with its own ids."""
        names = list(self.row_class.base_fields)
        table = zip_longest(*(self.data.getlist(name) for name in names), fillvalue="")  # type: ignore[attr-defined]
        rows = [
            self.row_class(
                MultiValueDict({name: [text] for name, text in zip(names, texts, strict=True)}),
                auto_id=f"id_row{number}_%s",
            )
            for number, texts in enumerate(table, 1)
        ]
        for field in [] if self.may_change_rows else [field for row in rows for field in row.fields.values()]:
            field.widget.attrs["disabled"] = True
        return rows

    @property
    def groups(self) -> list[Group]:
        """Return by what two people's texts are compared: the table is one thing."""
        columns = list(self.row_class.base_fields)
        return [*super().groups, Group("rows", self.rows_label, columns, self.rows_words)]

    def clean(self) -> dict[str, Any]:
        """Refuse more rows than an officer can read."""
        if len([row for row in self.rows if not row.is_blank]) > self.most_rows:
            raise ValidationError(
                ngettext_lazy("At most %(number)s row.", "At most %(number)s rows.", self.most_rows)
                % {"number": self.most_rows}
            )
        return self.cleaned_data

    @cached_property
    def read_rows(self) -> list[dict[str, Any]]:
        """Return the rows that could be read."""
        read = [row.values() for row in self.rows if not row.is_blank and row.is_valid()]
        return read[: self.most_rows]

    def values(self) -> dict[str, Any]:
        """Return the fields and the rows that could be read."""
        return {**super().values(), "rows": self.read_rows}


class BudgetForm(TableForm):
    """What the project costs, and who pays what is co-financed."""

    key = "budget"
    template = "calls/application_budget.html"
    row_class = LineRow
    rows_label = _("Expenses")
    rows_words = dict(BudgetLine.Category.choices)
    cofinancing = forms.CharField(
        label=_("Who pays the co-financed part"),
        max_length=300,
        required=False,
        help_text=_("Your own money, a sponsor, another body: only if a line is not to be funded in full."),
    )

    def written(self) -> Texts:
        """Return the lines as a person would type them."""
        lines = self.application.budget_lines.all()
        whole = [line.eligible_cents == line.amount_cents for line in lines]
        return {
            "cofinancing": [self.application.cofinancing],
            "category": [line.category for line in lines],
            "description": [line.description for line in lines],
            "amount": [amount_of(line.amount_cents) for line in lines],
            "eligible": [
                "" if all_of_it else amount_of(line.eligible_cents)
                for line, all_of_it in zip(lines, whole, strict=True)
            ],
        }

    def ordered(self, texts: Texts, order: str) -> Texts:
        """Move or leave out a line, or add the one for the payment fees."""
        fee = self.again(texts).fee_cents
        if order != "fee" or not fee:
            return super().ordered(texts, order)
        line = {
            "category": BudgetLine.Category.FEES.value,
            "description": _("Fees on the gifts by card"),
            "amount": amount_of(fee),
            "eligible": "",
        }
        return {**texts, **{name: [*texts[name], str(text)] for name, text in line.items()}}

    @property
    def fee_cents(self) -> int:
        """Return what to propose for the payment fees, nothing if a line for them is there."""
        fees = BudgetLine.Category.FEES
        has_fees = any(row["category"] == fees for row in self.read_rows)
        return 0 if has_fees else proposed_fee_cents(self.promise.threshold_cents)

    @property
    def cofinanced_cents(self) -> int:
        """Return what of the lines is not to be funded."""
        return self.total_cents - self.promise.cost_cents

    @property
    def total_cents(self) -> int:
        """Return the sum of the lines that can be read."""
        return sum(row["amount_cents"] for row in self.read_rows)

    @property
    def promise(self) -> Promise:
        """Return what the call promises for what is to be funded of the lines that can be read."""
        return self.application.call.promise(sum(row["eligible_cents"] for row in self.read_rows))


class TimelineForm(TableForm):
    """How long the project lasts and what happens when."""

    key = "timeline"
    template = "calls/application_timeline.html"
    row_class = ActivityRow
    rows_label = _("Activities")
    most_rows = 40
    duration_months = forms.IntegerField(label=_("Duration in months"), min_value=1)

    def prepare(self) -> None:
        """Tell how long the call lets a project last."""
        most = self.application.call.project_months_max
        self.fields["duration_months"] = forms.IntegerField(
            label=_("Duration in months"),
            min_value=1,
            max_value=most,
            help_text=_("At most %(months)s.") % {"months": most},
        )

    def written(self) -> Texts:
        """Return the activities as a person would type them."""
        activities = self.application.activities.all()
        columns = {
            name: [text_of(getattr(one, name)) for one in activities] for name in ActivityRow.base_fields
        }
        return {"duration_months": [text_of(self.application.duration_months)], **columns}

    @property
    def chart(self) -> Gantt:
        """Return the drawing of the activities that are stored."""
        return gantt(self.application.activities.all(), self.application.duration_months or 1)


def _within(cents: int, *, least: int) -> int:
    """Refuse an amount no project has."""
    if cents < least:
        raise ValidationError(_("Write an amount above zero."))
    if cents > MOST_CENTS:
        raise ValidationError(_("This amount is too large."))
    return cents
