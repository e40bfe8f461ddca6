"""A campaign's own account of what citizens gave: the separate report of a public fund-raising.

It names no donor. Gifts outside the site are in it once an officer has verified them.

Source: D.Lgs. 117/2017 art. 48 c. 3 and art. 87 c. 6; DM 9/6/2022.
"""

from dataclasses import dataclass

from campaigns.models import Campaign
from civicfund.tables import Cents, csv_text
from donations.models import Dispute, Donation, OfflineDonation

HEADER = (
    "donazione",
    "pagata_il",
    "metodo",
    "stato",
    "importo_eur",
    "restituito_eur",
    "contestato_eur",
    "netto_eur",
    "commissione_eur",
    "ricevuta",
)


@dataclass(frozen=True)
class Line:
    """One paid gift: what was given, what of it went back or is owed back, what was contested, what is kept, in cents."""

    gift: Donation | OfflineDonation
    given_cents: int
    returned_cents: int
    contested_cents: int
    kept_cents: int
    fee_cents: int


def account_lines(campaign: Campaign) -> list[Line]:
    """Return the paid gifts of a campaign in the order of payment, then those outside the site in the order of their days.

    Those being checked are not received yet.
    """
    paid = campaign.donations.exclude(charged_at=None).exclude(status=Donation.Status.QUARANTINED)
    gifts = paid.prefetch_related("receipts", "disputes").order_by("charged_at", "pk")
    outside = campaign.offline_donations.exclude(verified_at=None)
    outside = outside.exclude(status=OfflineDonation.Status.ANNULLED).order_by("received_on", "pk")
    return [*(_line(gift) for gift in gifts), *(_line_outside(gift) for gift in outside)]


def account_totals(lines: list[Line]) -> dict[str, int]:
    """Return the sums of an account in cents; fees are paid by the platform and not taken from the gifts."""
    names = ("given_cents", "returned_cents", "contested_cents", "kept_cents", "fee_cents")
    return {"gifts": len(lines), **{name: sum(getattr(line, name) for line in lines) for name in names}}


def account_csv(lines: list[Line]) -> str:
    """Return an account as CSV, one line for each gift."""
    return csv_text(HEADER, (_cells(line) for line in lines))


def _line(gift: Donation) -> Line:
    """Read one gift; what is neither kept nor contested has gone back or is owed back."""
    given = gift.charged_cents or 0
    contested = sum(_taken_cents(dispute) for dispute in gift.disputes.all())
    return Line(
        gift=gift,
        given_cents=given,
        returned_cents=given - contested - gift.kept_cents,
        contested_cents=contested,
        kept_cents=gift.kept_cents,
        fee_cents=gift.fee_cents or 0,
    )


def _line_outside(gift: OfflineDonation) -> Line:
    """Read one gift outside the site; what is not kept has gone back or is owed back by the promoter."""
    return Line(
        gift=gift,
        given_cents=gift.proved_cents,
        returned_cents=gift.proved_cents - gift.kept_cents,
        contested_cents=0,
        kept_cents=gift.kept_cents,
        fee_cents=0,
    )


def _taken_cents(dispute: Dispute) -> int:
    """Return what a dispute has taken from its gift for good, or sets apart while it is open, in cents."""
    if dispute.status == Dispute.Status.OPEN:
        return dispute.held_cents - dispute.owed_cents
    return dispute.lost_cents


def _cells(line: Line) -> tuple[object, ...]:
    """Return the cells of one gift, in the order of the header."""
    gift = line.gift
    sums = (line.given_cents, line.returned_cents, line.contested_cents, line.kept_cents, line.fee_cents)
    amounts = [Cents(cents) for cents in sums]
    if isinstance(gift, OfflineDonation):
        return (gift.public_id, gift.received_on, gift.method, gift.status, *amounts, "")
    return (gift.public_id, gift.charged_at, gift.payment_method, gift.status, *amounts, gift.valid_receipt)
