"""What officers do with a fund, each time by an act: raise it, lower it, pass on what a window has left over."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from calls.admin_forms import AmountField
from calls.models import Fund
from civicfund.desk import Effects, Refusal, Step
from civicfund.templatetags.money import euro
from ledger.models import Account
from ledger.services import balance
from matching import services
from matching.admin.act import ActForm, act_of
from matching.admin.ending_steps import UNSURE, SumForm

NO_AMOUNT = _("Write an amount above zero.")
REFUSALS = {
    services.NothingMoves: Refusal(NO_AMOUNT, "amount"),
    services.ActMissing: Refusal(_("Write the act, its office and the reason."), "act_number"),
    services.MovedAlready: Refusal(
        _("This act has moved this fund already: look at its movements, or name the other act."), "act_number"
    ),
}


class MovementForm(ActForm):
    """Ask for an amount and the act it follows from."""

    foretold = ("amount",)
    amount = AmountField(label=_("Amount"))

    def clean_amount(self) -> int:
        """Refuse nothing, next to the field."""
        amount: int = self.cleaned_data["amount"]
        if amount <= 0:
            raise forms.ValidationError(str(NO_AMOUNT))
        return amount


class FundStep(Step):
    """Move money of a fund by an act."""

    template = "admin/matching/move_fund.html"
    effects = Effects.TRIED
    refusals = REFUSALS
    needs_fresh_login = True

    @property
    def available_cents(self) -> int:
        """Return what is left of the fund, in cents."""
        return balance(Account.Kind.AVAILABLE, fund=self.row)

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which fund it is and what is left of it."""
        return [
            (gettext("Call"), self.row.call),
            (gettext("Fund"), self.row),
            (gettext("Left"), euro(self.available_cents)),
        ]

    def line_told(self, fund: Fund) -> dict[str, Any]:
        """Return who is served when a fund has money again, those to be served first first."""
        partial = services.partial_grants_in_order(fund)
        line = services.campaigns_in_line(now=timezone.now(), fund=fund)
        return {"completed": [grant.campaign for grant in partial], "line": line}

    def told(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments every movement has."""
        return {
            "fund": self.row,
            "act": act_of(values),
            "reason": values["reason"],
            "by": self.request.user,
            "now": timezone.now(),
        }


class RaiseStep(FundStep):
    """Add money to a fund."""

    title = _("Raise the fund")
    button = _("Raise it")
    lead = _("More money for this fund, by an act that is already adopted.")
    form_class = MovementForm

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what will be left and who is served first."""
        amount = values.get("amount")
        after = self.available_cents + amount if amount else None
        return {"kind": "increase", "amount": amount, "after": after, **self.line_told(self.row)}

    def act(self, values: dict[str, Any]) -> str:
        """Raise it."""
        movement = services.increase_fund(amount_cents=values["amount"], **self.told(values))
        return gettext("The fund is raised by %(amount)s.") % {"amount": euro(movement.amount_cents)}


class LowerStep(FundStep):
    """Take money out of a fund."""

    title = _("Lower the fund")
    button = _("Lower it")
    lead = _("Only what is left can be taken out: what is set aside or awarded is promised to others.")
    form_class = MovementForm
    is_grave = True
    refusals = {**REFUSALS, services.FundCommitted: Refusal(lambda error: committed_words(error), "amount")}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say what will be left, or which campaigns stand in the way."""
        amount, available = values.get("amount"), self.available_cents
        if not amount:
            return {"kind": "decrease"}
        missing = amount - available
        hit = services.campaigns_hit(self.row, missing) if missing > 0 else []
        return {"kind": "decrease", "amount": amount, "after": available - amount, "hit": hit}

    def act(self, values: dict[str, Any]) -> str:
        """Lower it."""
        movement = services.decrease_fund(amount_cents=values["amount"], **self.told(values))
        return gettext("The fund is lowered by %(amount)s.") % {"amount": euro(movement.amount_cents)}


class CarryOverForm(SumForm, ActForm):
    """Ask for the act by which the sum that was on the page passes on."""

    def clean(self) -> dict[str, Any]:
        """Add the sum, in cents."""
        super().clean()
        return {**self.cleaned_data, "sum_cents": self.sum_cents}


class CarryOverStep(FundStep):
    """Pass what a window has left over to the next window's fund."""

    title = _("Pass what is left to the next window")
    button = _("Pass it on")
    lead = _(
        "When the last grant of a window is decided, what it has left over goes to the fund of the window that follows."
    )
    form_class = CarryOverForm
    is_grave = True
    refusals = {
        **REFUSALS,
        **UNSURE,
        services.NothingMoves: Refusal(_("Nothing is left of this fund.")),
        services.WindowUndecided: Refusal(_("Nothing was passed on: this window is not decided yet.")),
    }

    @classmethod
    def is_possible(cls, row: Fund) -> bool:
        """Say whether a window with a fund of its own follows."""
        return services.next_fund(row) is not None

    def form_arguments(self) -> dict[str, Any]:
        """Say how much it is about."""
        return {"sum_cents": self.available_cents}

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say where it goes and who is served there, or what has to be decided first."""
        following = services.next_fund(self.row)
        undecided = list(services.undecided(self.row, timezone.now()))
        told = self.line_told(following) if following else {}
        return {
            "kind": "carry_over",
            "amount": self.available_cents,
            "following": following,
            "undecided": undecided,
            **told,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Pass it on."""
        movement = services.carry_over_fund(
            amount_cents=values.get("sum_cents", self.available_cents), **self.told(values)
        )
        return gettext("%(amount)s have passed to %(fund)s.") % {
            "amount": euro(movement.amount_cents),
            "fund": movement.to_fund,
        }


def committed_words(error: services.FundCommitted) -> str:
    """Return why a sum cannot be taken out of a fund, with the campaigns that would be hit, the last in the line first."""
    names = ", ".join(campaign.title for campaign in error.hit)
    words = ngettext(
        "Only %(available)s is left. This campaign would be hit: %(names)s. Release its grant first, by an act of its own.",
        "Only %(available)s is left. These campaigns would be hit, the last in the line first: %(names)s. Release their "
        "grants first, one by one, each by an act of its own.",
        len(error.hit),
    )
    return words % {"available": euro(error.available_cents), "names": names}
