from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from calls.models import Call, CallSession, Criterion, DocumentRequirement, EditionOutcome, Fund, Theme
from civicfund.money import FULL_BP

#: Stripe takes no smaller payment in euro.
SMALLEST_GIFT_CENTS = 50
#: Stripe holds money for at most 90 days; 30 of them are kept for closing a campaign and paying out.
LONGEST_CAMPAIGN_DAYS = 60


class CallIsPublished(Exception):
    """Say that a published call cannot be changed."""


class CallNotPublishable(Exception):
    """Carry the faults of a call's rules, one sentence each, in the reader's language."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@transaction.atomic
def draft_call(
    *,
    now: datetime,
    sessions: Iterable[Mapping[str, Any]] = (),
    themes: Iterable[str] = (),
    criteria: Iterable[Mapping[str, Any]] = (),
    documents: Iterable[Mapping[str, Any]] = (),
    **fields: Any,
) -> Call:
    """Write a new call with its parts; nobody but the officers sees it."""
    call = Call.objects.create(created_at=now, **fields)
    for number, session in enumerate(sessions, 1):
        CallSession.objects.create(call=call, **{"number": number, **session})
    for name in themes:
        Theme.objects.create(call=call, name=name)
    for position, criterion in enumerate(criteria, 1):
        Criterion.objects.create(call=call, **{"position": position, **criterion})
    for position, document in enumerate(documents, 1):
        DocumentRequirement.objects.create(call=call, **{"position": position, **document})
    return call


def edit_call(*, call: Call, **fields: Any) -> Call:
    """Change the text or the rules of a draft. Raise CallIsPublished afterwards."""
    if call.status != Call.Status.DRAFT:
        raise CallIsPublished(call.slug)
    for name, value in fields.items():
        setattr(call, name, value)
    call.save(update_fields=list(fields))
    return call


@transaction.atomic
def publish_call(*, call: Call, by: User, now: datetime) -> Call:
    """Check the rules together, make the funds, freeze everything and show the call to the public.

    Raise CallNotPublishable with one sentence per fault, and CallIsPublished when it is published already.
    Source: L. 241/1990 art. 12, criteria are fixed and published beforehand.
    """
    call = Call.objects.select_for_update().get(pk=call.pk)
    if call.status != Call.Status.DRAFT:
        raise CallIsPublished(call.slug)
    faults = [*_share_faults(call), *_cost_faults(call), *_campaign_faults(call)]
    faults += [*_session_faults(call), *_merit_faults(call)]
    if faults:
        raise CallNotPublishable(faults)
    _make_funds(call)
    call.status = Call.Status.PUBLISHED
    call.published_at = now
    call.published_by = by
    call.save(update_fields=["status", "published_at", "published_by"])
    return call


def record_outcome(*, call: Call, **totals: Any) -> EditionOutcome:
    """Keep the published totals of an edition with their source; a repetition replaces them."""
    outcome, _created = EditionOutcome.objects.update_or_create(call=call, defaults=totals)
    return outcome


def _make_funds(call: Call) -> None:
    """Give each window the fund it draws on: its own where the fund is split, else one for all."""
    sessions = list(call.sessions.all())
    # A fund's name is at most 150 characters long, as a title alone may be.
    name = f"{call.title[:120]} {call.edition}"
    shared = None
    for session in sessions:
        if session.allocation_cents is not None:
            fund = Fund.objects.create(
                call=call, name=f"{name} · {session.number}", allocation_cents=session.allocation_cents
            )
        else:
            shared = shared or Fund.objects.create(call=call, name=name, allocation_cents=call.fund_cents)
            fund = shared
        session.fund = fund
        session.save(update_fields=["fund"])


def _share_faults(call: Call) -> list[str]:
    """Return what is wrong with the shares, the cap and the fund."""
    faults = []
    if call.threshold_bp + call.grant_bp > FULL_BP:
        faults.append(
            _("The citizens' share and the municipality's share add up to more than 100 %: lower one.")
        )
    if call.cap_cents == 0:
        faults.append(_("The cap per project is zero: write the largest grant a project may get."))
    if call.fund_cents == 0:
        faults.append(_("The fund is zero: write how much the municipality puts in."))
    elif call.cap_cents > call.fund_cents:
        faults.append(
            _("The cap per project is larger than the whole fund: lower the cap or raise the fund.")
        )
    if call.minimum_gift_cents < SMALLEST_GIFT_CENTS:
        faults.append(_("The smallest gift is under 50 cents, which no payment service takes: raise it."))
    return faults


def _cost_faults(call: Call) -> list[str]:
    """Return what is wrong with the cost limits and with who may apply."""
    faults = []
    if call.cost_max_cents == 0:
        faults.append(
            _("The highest project cost is zero: write an amount, or leave it empty for no ceiling.")
        )
    elif call.cost_max_cents is not None and call.cost_max_cents < call.cost_min_cents:
        faults.append(_("The highest project cost is below the lowest one: exchange them."))
    if not call.eligible_kinds:
        faults.append(_("No kind of body may apply: choose at least one."))
    if len(set(call.excluded_boroughs)) == 9:
        faults.append(_("All nine boroughs are excluded: leave at least one."))
    if call.project_months_max == 0:
        faults.append(_("The longest project lasts zero months: write a number of months."))
    return faults


def _campaign_faults(call: Call) -> list[str]:
    """Return what is wrong with the length of campaigns."""
    faults = []
    if not 1 <= call.campaign_days_min <= call.campaign_days_max:
        faults.append(_("The shortest campaign is longer than the longest one, or zero: correct the days."))
    if call.campaign_days_max > LONGEST_CAMPAIGN_DAYS:
        faults.append(
            _(
                "Campaigns may last %(days)s days at most, since gifts can be held for 90 days: lower the days."
            )
            % {"days": LONGEST_CAMPAIGN_DAYS}
        )
    return faults


def _session_faults(call: Call) -> list[str]:
    """Return what is wrong with the application windows and the split of the fund."""
    sessions = list(call.sessions.order_by("opens_at"))
    if not sessions:
        return [_("There is no application window: add at least one.")]
    faults = [
        _("Windows %(first)s and %(second)s overlap: the first must close before the second opens.")
        % {"first": first.number, "second": second.number}
        for first, second in pairwise(sessions)
        if second.opens_at < first.closes_at
    ]
    shares = [session.allocation_cents for session in sessions if session.allocation_cents is not None]
    if shares and len(shares) < len(sessions):
        faults.append(
            _("Some windows have a share of the fund and some have not: fill in all of them or none.")
        )
    elif shares and sum(shares) != call.fund_cents:
        faults.append(_("The shares of the windows do not add up to the fund: correct one of them."))
    return faults


def _merit_faults(call: Call) -> list[str]:
    """Return what is wrong with themes, criteria and pass marks."""
    faults = []
    if not call.themes.exists():
        faults.append(_("There is no theme: add at least one."))
    criteria = list(call.criteria.all())
    if not criteria:
        faults.append(_("There is no criterion: add what the committee scores."))
    for criterion in criteria:
        if criterion.min_points > criterion.max_points:
            faults.append(
                _("Criterion “%(name)s” needs more points to pass than it can give: lower the lowest score.")
                % {"name": criterion.name}
            )
    most = sum(criterion.max_points * criterion.weight_bp for criterion in criteria) // FULL_BP
    if criteria and call.pass_mark > most:
        faults.append(
            _("The pass mark is %(mark)s, but all criteria together give %(most)s points: lower it.")
            % {"mark": call.pass_mark, "most": most}
        )
    return faults
