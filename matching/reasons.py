"""Why a grant has its amount, in plain sentences: computed from the inputs that are kept with it, never stored."""

from collections.abc import Callable, Iterator

from django.db.models import Sum
from django.utils.translation import gettext as _

from calls.rules import threshold_cents
from campaigns.templatetags.gate import raised_cents
from civicfund.money import FULL_BP
from civicfund.templatetags.clock import day, until
from civicfund.templatetags.money import euro, percent
from ledger.models import Account, Entry, Posting
from matching.models import Grant, GrantOffer, Revocation
from matching.services.completion import COMPLETING

State = Grant.State
Status = GrantOffer.Status
Figures = dict[str, str]


def why_this_amount(grant: Grant) -> str:
    """Return the sentences that say why a grant has its amount, in the reader's language.

    First what the call promised for the cost, then what the fund and the state of the grant made of it.
    """
    told = _figures(grant)
    return " ".join([_promised(grant) % told, *STORIES[State(grant.state)](grant, told), *_held(grant)])


def proven_cents(grant: Grant) -> int | None:
    """Return what the gifts up to the kept ledger entry add up to, in cents; None before an award."""
    if grant.evidence_id is None:
        return None
    gifts = Posting.objects.filter(
        account__campaign=grant.campaign_id, account__kind=Account.Kind.DONORS, entry__lte=grant.evidence_id
    )
    # The outcome moves the gifts to the promoter's account: nothing is taken back by that.
    counted = gifts.exclude(entry__kind=Entry.Kind.SUCCESS)
    return -counted.aggregate(total=Sum("amount_cents", default=0))["total"]


def _figures(grant: Grant) -> Figures:
    """Return every amount, share and date the sentences name, as the reader's language writes them."""
    total = grant.total_cents
    sums = {
        "cost": grant.cost_cents,
        "threshold": grant.threshold_cents,
        "cap": grant.cap_cents,
        "due": grant.due_cents,
        "raised": grant.raised_cents,
        "available": grant.available_cents,
        "amount": grant.amount_cents,
        "added": total - grant.amount_cents,
        "total": total,
        "missing": grant.due_cents - total,
    }
    return {name: euro(cents) for name, cents in sums.items()} | {
        "citizens": percent(grant.threshold_bp),
        "share": percent(grant.grant_bp),
        "awarded_on": day(grant.awarded_at),
    }


def _promised(grant: Grant) -> str:
    """Say what the call promised for the cost, and which of its three limits decides."""
    share = grant.cost_cents * grant.grant_bp // FULL_BP
    rest = grant.cost_cents - threshold_cents(grant.cost_cents, grant.threshold_bp)
    if grant.due_cents == grant.cap_cents < min(share, rest):
        return _(
            "The project costs %(cost)s. The city's share would be %(share)s of it, but the call gives at most %(cap)s "
            "to one project."
        )
    if grant.due_cents == rest < share:
        return _(
            "The project costs %(cost)s. Citizens give %(threshold)s of it, and the city's share is what is left: "
            "%(due)s."
        )
    return _("The project costs %(cost)s. The city's share is %(share)s of it: %(due)s.")


def _given_now(grant: Grant, told: Figures) -> Figures:
    """Return the figures with what counts for the threshold now: an award has not kept it yet."""
    return told | {"raised": euro(raised_cents(grant.campaign))}


def _reserved(grant: Grant, told: Figures) -> Iterator[str]:
    yield _("It is set aside, and becomes the project's once citizens have given %(threshold)s.") % told


def _waitlisted(grant: Grant, told: Figures) -> Iterator[str]:
    yield _(
        "Citizens have given %(raised)s, at least the %(threshold)s asked of them, but the fund does not cover the "
        "share: the project waits its turn, in the order of reaching."
    ) % _given_now(grant, told)
    not_taken = [
        offer.amount_cents
        for offer in grant.offers.all()
        if offer.status in (Status.DECLINED, Status.EXPIRED)
    ]
    if not_taken:
        yield _("The promoter did not take the %(part)s that were offered, and waits for more.") % {
            "part": euro(max(not_taken))
        }


def _offered(grant: Grant, told: Figures) -> Iterator[str]:
    yield _(
        "Citizens have given %(raised)s, at least the %(threshold)s asked of them, but the fund has only %(amount)s "
        "for it: this part is set aside and offered to the promoter."
    ) % _given_now(grant, told)
    offer = next((offer for offer in grant.offers.all() if offer.status == Status.OPEN), None)
    if offer:
        yield _("The promoter can answer %(until)s.") % {"until": until(offer.expires_at)}


def _awarded(grant: Grant, told: Figures) -> Iterator[str]:
    if grant.amount_cents == grant.due_cents:
        yield (
            _(
                "On %(awarded_on)s citizens had given %(raised)s, at least the %(threshold)s asked of them, and the fund "
                "had %(available)s for it: the whole %(due)s were awarded."
            )
            % told
        )
        return
    if any(offer.status == Status.ACCEPTED for offer in grant.offers.all()):
        yield (
            _(
                "On %(awarded_on)s citizens had given %(raised)s, at least the %(threshold)s asked of them, but the fund had "
                "only %(amount)s to offer: the promoter accepted this part."
            )
            % told
        )
    else:
        yield (
            _(
                "On %(awarded_on)s citizens had given %(raised)s, at least the %(threshold)s asked of them, but the fund had "
                "only %(available)s left: %(amount)s were awarded."
            )
            % told
        )
    yield from _completed(grant, told)


def _completed(grant: Grant, told: Figures) -> Iterator[str]:
    """Say what was added to a partial award since, and what may follow."""
    if grant.total_cents > grant.amount_cents:
        yield (
            _("Money that came back to the fund has added %(added)s since: the award is now %(total)s.")
            % told
        )
    if grant.is_partial and grant.campaign.status in COMPLETING:
        yield _("The missing %(missing)s follow if more money comes back to the fund.") % told


def _held(grant: Grant) -> Iterator[str]:
    """Say that nothing is awarded before a group of citizens has become a body."""
    kept = grant.state in (State.RESERVED, State.WAITLISTED)
    if kept and grant.held_at and grant.campaign.organization.is_informal:
        yield _(
            "The threshold is reached. The promoter is a group of citizens: its share is kept until the group has become "
            "a body of its own, and is awarded then."
        )


def _returned(grant: Grant, told: Figures) -> Iterator[str]:
    if grant.amount_cents:
        yield (
            _(
                "The campaign ended without a right to it: the %(amount)s that were set aside are the fund's again."
            )
            % told
        )
    else:
        yield _("The campaign ended without a right to it: nothing is awarded.") % told


def _refused(grant: Grant, told: Figures) -> Iterator[str]:
    yield _("It was refused before its award.") % told
    yield from _by_act(grant, told)


def _revoked(grant: Grant, told: Figures) -> Iterator[str]:
    yield _("On %(awarded_on)s it was awarded, %(total)s in all; then it was taken back.") % told
    yield from _by_act(grant, told)


def _by_act(grant: Grant, told: Figures) -> Iterator[str]:
    """Name the act that ended a grant, and its cause."""
    confirmed = Revocation.State.CONFIRMED
    for revocation in grant.revocations.select_related("act").filter(state=confirmed):
        yield _("Act %(act)s: %(cause)s.") % {"act": revocation.act, "cause": revocation.get_cause_display()}


STORIES: dict[State, Callable[[Grant, Figures], Iterator[str]]] = {
    State.RESERVED: _reserved,
    State.WAITLISTED: _waitlisted,
    State.OFFERED: _offered,
    State.AWARDED: _awarded,
    State.RETURNED: _returned,
    State.REFUSED: _refused,
    State.REVOKED: _revoked,
}
