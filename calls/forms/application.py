"""Forms about applications."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from calls.forms.fields import EuroField
from calls.models import Application, Call
from calls.models.call import BOROUGHS
from civicfund.money import format_euro


class ApplicationForm(forms.ModelForm):
    """Ask for a project."""

    cost_cents = EuroField(label=_("Cost of the whole project (euro)"))

    class Meta:
        model = Application
        fields = [
            "organization",
            "title",
            "summary",
            "theme",
            "borough",
            "place",
            "cost_cents",
            "duration_months",
            "campaign_text",
        ]
        labels = {"organization": _("Who applies"), "duration_months": _("Duration in months")}
        help_texts = {
            "title": _("Short and concrete: citizens will read it on the campaign page."),
            "summary": _("One or two sentences: what changes, for whom."),
            "place": _("Street, square or neighbourhood."),
            "campaign_text": _(
                "Tell citizens what you will do. Markdown: empty line for a new paragraph, ## for a heading."
            ),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "campaign_text": forms.Textarea(attrs={"rows": 12}),
        }

    def __init__(self, *args: Any, call: Call, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.call = call
        self.fields["organization"].queryset = Organization.objects.of(user)  # type: ignore[attr-defined]
        for name in ("summary", "theme", "borough", "duration_months", "campaign_text"):
            self.fields[name].required = True
        self.fields["organization"].empty_label = None  # type: ignore[attr-defined]
        self.fields["theme"].queryset = call.themes.all()  # type: ignore[attr-defined]
        self.fields["borough"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose…")),
            *(choice for choice in BOROUGHS if choice[0] not in call.excluded_boroughs),
        ]
        self.fields["duration_months"].help_text = _("At most %(months)s.") % {
            "months": call.project_months_max
        }
        self.fields["cost_cents"].help_text = self._cost_help()

    def _cost_help(self) -> str:
        """Tell the limits of the cost."""
        least = _euro(self.call.cost_min_cents)
        if self.call.cost_max_cents is None:
            return _("At least %(least)s.") % {"least": least}
        return _("From %(least)s to %(most)s.") % {
            "least": least,
            "most": _euro(self.call.cost_max_cents),
        }

    def clean_cost_cents(self) -> int:
        """Refuse a cost outside the limits of the call, next to the field."""
        cost = self.cleaned_data["cost_cents"]
        if not self.call.admits_cost(cost) or cost <= 0:
            raise ValidationError(
                _("%(cost)s is outside the limits of this call. %(limits)s")
                % {"cost": _euro(cost), "limits": self._cost_help()}
            )
        return cost

    def clean_duration_months(self) -> int:
        """Refuse a duration the call does not allow, next to the field."""
        months = self.cleaned_data["duration_months"]
        if not 1 <= months <= self.call.project_months_max:
            raise ValidationError(
                _("The project may last from 1 to %(months)s months.")
                % {"months": self.call.project_months_max}
            )
        return months

    def clean_organization(self) -> Organization:
        """Refuse a body the call does not admit, next to the field."""
        organization = self.cleaned_data["organization"]
        if organization.kind not in self.call.eligible_kinds:
            raise ValidationError(
                _("This call does not admit bodies of your kind (%(kind)s).")
                % {"kind": organization.get_kind_display()}
            )
        return organization


def _euro(cents: int) -> str:
    """Write cents as euro in the reader's language."""
    return format_euro(cents, get_language() or "it")
