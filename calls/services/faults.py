"""What keeps a call from being published: rules that contradict each other, parts that are missing."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from accounts.models import OrgKind
from calls.models import Call
from calls.models.merit import FundFill, TieRule
from civicfund.money import FULL_BP

#: Stripe takes no smaller payment in euro.
SMALLEST_GIFT_CENTS = 50
#: Stripe holds money for at most 90 days; 30 of them are kept for closing a campaign and paying out.
LONGEST_CAMPAIGN_DAYS = 60
HELD_DAYS = 90
#: A letter, then letters and digits as the register of public investments gives them.
PROJECT_CODE = re.compile(r"[A-Z][0-9A-Z]{14}")
#: The parts of a call, and the tables that stand for them at the desk.
PARTS = ("sessions", "themes", "criteria", "declaration_texts")


class Fault(NamedTuple):
    """What is wrong, in the reader's language, and the column or the part of the call to correct."""

    field: str
    words: str

    @property
    def anchor(self) -> str:
        """Return where the desk's page of the call asks for it."""
        return f"{self.field}-group" if self.field in PARTS else f"id_{self.field}"


def rule_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the columns of a call, saved or not; nothing here asks the database."""
    return [
        *_union_faults(call),
        *_share_faults(call),
        *_cost_faults(call),
        *_campaign_faults(call),
        *_gift_faults(call),
        *_short_fund_faults(call),
        *_missed_faults(call),
        *_payment_faults(call),
        *_ranking_faults(call),
    ]


def _is_unused(call: Call, name: str) -> bool:
    """Say whether a rule that never applies in this call keeps its default, or zero."""
    return getattr(call, name) in (0, getattr(Call(), name))


def _union_faults(call: Call) -> list[Fault]:
    """Return what is wrong with what is said of the European Union's money."""
    faults = []
    if not call.eu_programme and (call.eu_project_code or call.eu_words):
        words = _("No programme of the European Union is named: write it, or empty the fields beside it.")
        faults.append(Fault("eu_programme", words))
    if call.eu_project_code and not PROJECT_CODE.fullmatch(call.eu_project_code):
        words = _("A project code (CUP) has 15 letters and digits, without spaces: copy it again.")
        faults.append(Fault("eu_project_code", words))
    return faults


def _share_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the shares, the cap and the fund."""
    faults = []
    if call.threshold_bp + call.grant_bp > FULL_BP:
        faults.append(
            Fault(
                "grant_bp",
                _("The citizens' share and the municipality's share add up to more than 100 %: lower one."),
            )
        )
    if call.cap_cents == 0:
        faults.append(
            Fault("cap_cents", _("The cap per project is zero: write the largest grant a project may get."))
        )
    if call.fund_cents == 0:
        faults.append(Fault("fund_cents", _("The fund is zero: write how much the municipality puts in.")))
    elif call.cap_cents > call.fund_cents:
        faults.append(
            Fault(
                "cap_cents",
                _("The cap per project is larger than the whole fund: lower the cap or raise the fund."),
            )
        )
    if call.minimum_gift_cents < SMALLEST_GIFT_CENTS:
        faults.append(
            Fault(
                "minimum_gift_cents",
                _("The smallest gift is under 50 cents, which no payment service takes: raise it."),
            )
        )
    return faults


def _cost_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the cost limits and with who may apply."""
    faults = []
    if call.cost_max_cents == 0:
        faults.append(
            Fault(
                "cost_max_cents",
                _("The highest project cost is zero: write an amount, or leave it empty for no ceiling."),
            )
        )
    elif call.cost_max_cents is not None and call.cost_max_cents < call.cost_min_cents:
        faults.append(
            Fault("cost_max_cents", _("The highest project cost is below the lowest one: exchange them."))
        )
    groups = OrgKind.INFORMAL in call.eligible_kinds
    if groups and call.incorporation_days == 0:
        words = _("Groups of citizens may apply, but have no day to become a body: write at least 1.")
        faults.append(Fault("incorporation_days", words))
    elif not groups and not _is_unused(call, "incorporation_days"):
        words = _("Groups of citizens cannot apply, so none has to become a body: write 0, or admit them.")
        faults.append(Fault("incorporation_days", words))
    if call.integration_days == 0:
        words = _("Nobody could answer what the office asks for: write at least 1 day.")
        faults.append(Fault("integration_days", words))
    if not call.eligible_kinds:
        faults.append(Fault("eligible_kinds", _("No kind of body may apply: choose at least one.")))
    if call.seat_may_be_promised and not call.seat_city:
        words = _("No seat is asked for, so none can be promised: name the town, or take the promise off.")
        faults.append(Fault("seat_may_be_promised", words))
    if len(set(call.excluded_boroughs)) == 9:
        faults.append(Fault("excluded_boroughs", _("All nine boroughs are excluded: leave at least one.")))
    if call.project_months_max == 0:
        faults.append(
            Fault("project_months_max", _("The longest project lasts zero months: write a number of months."))
        )
    return faults


def _campaign_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the length of campaigns."""
    faults = []
    if not 1 <= call.campaign_days_min <= call.campaign_days_max:
        faults.append(
            Fault(
                "campaign_days_min",
                _("The shortest campaign is longer than the longest one, or zero: correct the days."),
            )
        )
    if call.campaign_days_max > LONGEST_CAMPAIGN_DAYS:
        faults.append(
            Fault(
                "campaign_days_max",
                _(
                    "Campaigns may last %(days)s days at most, since gifts can be held for 90 days: lower the days."
                )
                % {"days": LONGEST_CAMPAIGN_DAYS},
            )
        )
    return faults


def _gift_faults(call: Call) -> list[Fault]:
    """Return what is wrong with what a gift counts for."""
    faults = []
    if call.donor_limit_cents is not None and call.donor_limit_cents < call.minimum_gift_cents:
        faults.append(
            Fault(
                "donor_limit_cents",
                _("Less counts of one donor than the smallest gift: raise the limit, or leave it empty."),
            )
        )
    if call.offline_share_bp > FULL_BP:
        faults.append(Fault("offline_share_bp", _("More than 100 % of the threshold: lower the share.")))
    return faults


def _short_fund_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the rules for a fund that does not cover a whole grant."""
    faults = []
    offers = call.partial_policy == Call.PartialPolicy.OFFER
    if call.partial_policy == Call.PartialPolicy.NONE:
        if call.min_partial_cents > 1:
            words = _("Only whole grants are given, so there is no smallest part: write 0,01 euro.")
            faults.append(Fault("min_partial_cents", words))
    elif call.min_partial_cents == 0:
        faults.append(
            Fault("min_partial_cents", _("A part of nothing helps nobody: write at least 0,01 euro."))
        )
    elif 0 < call.cap_cents < call.min_partial_cents:
        words = _("The smallest part is above the cap per project, so no part could be given: lower it.")
        faults.append(Fault("min_partial_cents", words))
    if offers and call.offer_days == 0:
        words = _("A part is offered, but there is no day to answer: write at least 1.")
        faults.append(Fault("offer_days", words))
    elif not offers and not _is_unused(call, "offer_days"):
        words = _("No part is offered in this call, so nobody answers: write 0, or choose the offer above.")
        faults.append(Fault("offer_days", words))
    return faults


def _missed_faults(call: Call) -> list[Fault]:
    """Return what is wrong with the rules for a threshold that is missed or undone."""
    faults = []
    after = call.cure_days
    if call.funding_mode == Call.FundingMode.KEEP_IT_ALL:
        after += call.keep_days + call.leave_days
        if call.keep_days == 0:
            words = _("Promoters may keep the gifts, but have no day to confirm: write at least 1.")
            faults.append(Fault("keep_days", words))
        if call.leave_days == 0:
            words = _("Donors could not take their gift back from a reduced project: write at least 1 day.")
            faults.append(Fault("leave_days", words))
    elif not _is_unused(call, "keep_days"):
        words = _(
            "An all-or-nothing call keeps no gifts, so nobody confirms: write 0, or choose to keep them."
        )
        faults.append(Fault("keep_days", words))
    if call.promoter_may_cure and call.cure_days == 0:
        words = _("There is no day in which the promoter could restore the threshold: write the days above.")
        faults.append(Fault("promoter_may_cure", words))
    if call.campaign_days_max + after > HELD_DAYS:
        words = _(
            "With the longest campaign these days come to %(days)s, but gifts can be held for %(most)s: lower some."
        )
        days = {"days": call.campaign_days_max + after, "most": HELD_DAYS}
        faults.append(Fault("cure_days", words % days))
    return faults


def _payment_faults(call: Call) -> list[Fault]:
    """Return what is wrong with how a grant is paid."""
    faults = []
    if call.advance_bp > FULL_BP:
        faults.append(Fault("advance_bp", _("More than 100 % of the grant: lower the advance.")))
    if call.advance_bp == 0 and not _is_unused(call, "advance_wait_days"):
        words = _("No advance is paid in this call, so nothing waits: write 0, or allow an advance.")
        faults.append(Fault("advance_wait_days", words))
    return faults


def _ranking_faults(call: Call) -> list[Fault]:
    """Return what is wrong with how the ranking is made and the fund given out down it."""
    faults = []
    rules = list(call.tie_rules)
    deciding = [rule for rule in rules if rule in (TieRule.EARLIER, TieRule.DRAW)]
    if len(set(rules)) < len(rules):
        faults.append(Fault("tie_rules", _("A rule for equal scores is listed twice: remove one.")))
    elif not deciding:
        words = _("Two projects could stay equal for ever: end with who handed in earlier, or with a draw.")
        faults.append(Fault("tie_rules", words))
    elif rules[-1] != deciding[0]:
        words = _("No rule for equal scores comes after one that always decides: put that one last.")
        faults.append(Fault("tie_rules", words))
    if call.fund_fill == FundFill.ALL and call.reservation_mode == Call.ReservationMode.RESERVED:
        words = _("The grant is set aside, so not every project that passes can have one: choose an order.")
        faults.append(Fault("fund_fill", words))
    if call.review_days == 0:
        words = _("Nobody could ask for a review of the provisional ranking: write at least 1 day.")
        faults.append(Fault("review_days", words))
    return faults
