"""Forms of the desk about calls: amounts are typed in euro and shares in percent, rows keep cents and basis points."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from accounts.models import OrgKind
from calls.admin_fields import AmountField, PercentField, TieRulesField
from calls.models import Call, CallSession, Criterion, DeclarationText, SupportOffer
from calls.models.call import BOROUGHS
from calls.models.columns import EU, RULES, TEXTS
from calls.services import rule_faults
from civicfund.money import FULL_BP


class CallDeskForm(forms.ModelForm):
    """Ask for a call's text and all its rules; a new call starts from the defaults of its columns."""

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
    offline_share_bp = PercentField(
        label=_("Gifts outside the site, of the threshold"),
        least_bp=0,
        most_bp=FULL_BP,
        help_text=_(
            "Usually 30 %. Only traced payments, never cash, each verified by an officer. 0: none are taken."
        ),
    )
    min_partial_cents = AmountField(
        label=_("Smallest part worth giving"),
        help_text=_("Usually 0,01 euro: any part. What is left of the fund below it waits for more money."),
    )
    advance_bp = PercentField(
        label=_("Largest advance of the grant"),
        least_bp=0,
        most_bp=FULL_BP,
        help_text=_("Usually 70 %: the rest is paid on the approved report. 0: no advance."),
    )
    tie_rules = TieRulesField(
        label=_("What parts equal scores"),
        help_text=_("In this order. The last one always decides: who handed in earlier, or a draw."),
    )
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
        fields = (*TEXTS, *EU, *RULES)
        labels = {
            "eu_programme": _("Programme"),
            "eu_words": _("Words beside the mark"),
            "seat_city": _("Town of the seat"),
            "seat_may_be_promised": _("A seat may be promised"),
            "offer_days": _("Days to accept a part"),
            "keep_days": _("Days to confirm a reduced project"),
            "leave_days": _("Days to take a gift back"),
            "cure_days": _("Days to restore the threshold"),
            "promoter_may_cure": _("The promoter may restore it"),
            "stops_when_covered": _("Ends when the cost is covered"),
            "settlement_policy": _("On the final report the city pays"),
            "partner_letter": _("What each partner gives"),
            "advance_wait_days": _("Days before an advance"),
            "incorporation_days": _("Days for a group to become a body"),
            "check_days": _("Days for the formal check"),
            "integration_days": _("Days to answer a request of the office"),
            "ranking_rounding": _("Scores are rounded"),
            "fund_fill": _("The fund is given out"),
            "has_reserve_list": _("There is a reserve list"),
            "review_days": _("Days to ask for a review"),
            "excludes_related_parties": _("The promoter's own people do not count"),
        }
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
            "questions_until": _(
                "Until then people ask in public; it lies before the last window closes. Empty: nobody asks here."
            ),
            "eu_programme": _("For example PN Metro Plus 2021-27."),
            "eu_project_code": _(
                "15 letters and digits; public money without one is void (DL 76/2020 art. 41)."
            ),
            "eu_words": _("Empty: “Co-funded by the European Union”."),
            "seat_may_be_promised": _("It is then opened before the agreement is signed."),
            "min_donors": _("0: no smallest number. One address, card or tax code is one donor."),
            "excludes_related_parties": _("They are received all the same, and shown apart."),
            "incorporation_days": _(
                "Usually 90 from the admission; its grant is kept meanwhile, and afterwards. 0: groups cannot apply."
            ),
            "check_days": _(
                "Usually 30 after the window (L. 241/1990 art. 2); a request stops the clock. 0: no formal check."
            ),
            "integration_days": _("Usually 10. The officer may give other days with each request."),
            "pass_mark": _("Points a project needs to pass; not more than all criteria together give."),
            "ranking_rounding": _(
                "Once, on the mean of the members' totals; equal scores are equal after rounding."
            ),
            "fund_fill": _("Usually in order: a smaller project is not preferred to one with more points."),
            "has_reserve_list": _("Projects that pass without money then move up when others leave."),
            "review_days": _("Usually 10, from the provisional ranking; the day it ends counts whole."),
            "campaign_days_max": _("60 at most, because gifts can be held for 90 days."),
            "reservation_mode": _(
                "Usually set aside; the call of 2015 gave the fund to the first who reached the threshold."
            ),
            "partial_policy": _("Usually offered, because a part may leave a project without its money."),
            "offer_days": _("Usually 10. Without an answer the part goes to the next campaign in line."),
            "funding_mode": _("Usually all or nothing: below the threshold every gift goes back."),
            "keep_days": _(
                "Usually 10. Only where gifts may be kept; without an answer all of them go back."
            ),
            "partner_letter": _(
                "Usually the yes by the link. A signed letter is uploaded by the partner or by the lead partner."
            ),
            "leave_days": _("Usually 5, from the promoter's words about what changes."),
            "cure_days": _(
                "Usually 10, after the deadline. 0: a threshold undone by a refund on the last day is missed."
            ),
            "promoter_may_cure": _(
                "Usually not: the threshold stands for citizens' support. A payment counts when an officer has seen its proof."
            ),
            "stops_when_covered": _("Usually not: what comes after strengthens the project."),
            "settlement_policy": _(
                "Usually at most what is missing: the same cost is not paid twice, by citizens and by public money."
            ),
            "advance_wait_days": _(
                "Usually 14, so that most contested payments are known before money leaves."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            column = Call._meta.get_field(name)
            # A field written by hand forgets the default that its column starts from.
            if column.has_default() and field.initial is None:
                field.initial = column.get_default()

    def clean(self) -> dict[str, Any]:
        """Refuse rules that do not fit together, next to the field that has to change."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            for fault in rule_faults(Call(**data)):
                self.add_error(fault.field, fault.words)
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


class SupportDeskForm(forms.ModelForm):
    """Ask for a kind of support offered beside co-funding."""

    limit_cents = AmountField(
        label=_("Up to how much"), required=False, help_text=_("Only of money. Empty: the call does not say.")
    )

    class Meta:
        model = SupportOffer
        fields = ["position", "kind", "name", "description", "quantity", "limit_cents"]


class DeclarationDeskForm(forms.ModelForm):
    """Ask for what applicants declare, in Italian and, where it is given, in English."""

    class Meta:
        model = DeclarationText
        fields = ["position", "title", "text", "title_en", "text_en", "asked_of", "required"]
        widgets = {
            "text": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "text_en": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the other half of an English wording beside its field."""
        values = super().clean() or self.cleaned_data
        for one, other in (("title_en", "text_en"), ("text_en", "title_en")):
            if values.get(one) and values.get(other) == "":
                self.add_error(other, gettext("Write title and text in English, or neither."))
        return values
