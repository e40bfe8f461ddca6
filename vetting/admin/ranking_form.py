"""What the desk asks of who proposes a ranking."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from calls.admin_fields import AmountField
from civicfund.desk import ReasonForm
from civicfund.templatetags.money import euro
from vetting.admin.ranking_money import money_of
from vetting.contenders import TieRule
from vetting.models import RankedSession


class ProposeForm(ReasonForm):
    """Ask how much there is to give out, for the draw where one is needed, and for the reason."""

    foretold = ("fund", "draw_seed")
    fund = AmountField(label=_("What there is to give out in this window"))
    draw_seed = forms.CharField(
        label=_("What was drawn in public"),
        help_text=_("Only where equal scores need a draw: what was drawn, where and when. It is published."),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("fund", "draw_seed", "reason")

    def __init__(self, *args: Any, session: RankedSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = money_of(session)
        self.fields["fund"].help_text = gettext("The fund has %(most)s for it.") % {"most": euro(self.most)}
        self.fields["reason"].help_text = gettext(
            "It is published with the ranking: for example the minutes' number."
        )
        if TieRule.DRAW not in session.call.tie_rules:
            self.fields["draw_seed"].widget = forms.HiddenInput()

    def clean_fund(self) -> int:
        """Refuse to give out what the fund does not have, next to the field."""
        cents: int = self.cleaned_data["fund"]
        if cents > self.most:
            raise forms.ValidationError(
                gettext("At most %(most)s: the fund has no more for this window.") % {"most": euro(self.most)}
            )
        return cents
