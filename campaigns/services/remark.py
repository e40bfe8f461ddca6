"""What becomes of the officers' remarks about a page: answered, settled, taken back."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.services import refuse_own_body
from campaigns.models import Campaign, PageReturn, Remark
from campaigns.services.row import RemarksMissing, locked

Status = Remark.Status
#: The fields of a page, and the place of a remark each belongs to.
PLACE_OF = {
    "title": Remark.Place.TITLE,
    "summary": Remark.Place.SUMMARY,
    "story": Remark.Place.STORY,
    "image": Remark.Place.IMAGE,
    "image_alt": Remark.Place.IMAGE,
}


class RemarksOpen(Exception):
    """Say that a page has remarks its promoter has not answered."""


class RemarkGone(Exception):
    """Say that a remark was answered, settled or taken back already."""


def page_of(campaign: Campaign) -> dict[str, str]:
    """Return what a campaign's page says, field by field."""
    return {name: str(getattr(campaign, name)) for name in PLACE_OF}


def write_remarks(campaign: Campaign, on: Mapping[str, str], by: User, now: datetime) -> list[Remark]:
    """Keep what a page, locked by the caller, says as it is given back, with a remark for each place that has one.

    What was answered before has been looked at again, so it is settled.
    """
    settle_remarks(campaign, by, now)
    given_back = PageReturn.objects.create(
        campaign=campaign, page=page_of(campaign), returned_at=now, returned_by=by
    )
    remarks = [
        Remark(given_back=given_back, place=place, text=on[place].strip())
        for place in Remark.Place.values
        if on.get(place, "").strip()
    ]
    return Remark.objects.bulk_create(remarks)


def settle_remarks(campaign: Campaign, by: User, now: datetime) -> None:
    """Settle what the promoter of a campaign, locked by the caller, has answered."""
    answered = Remark.objects.of(campaign).filter(status=Status.ANSWERED)
    answered.update(status=Status.SETTLED, closed_at=now, closed_by=by)


def tick_off(campaign: Campaign, fields: Collection[str], now: datetime) -> None:
    """Take a change of some fields of a page, locked by the caller, as the answer to the remarks about them."""
    places = {PLACE_OF[field] for field in fields if field in PLACE_OF}
    open_there = Remark.objects.of(campaign).open().filter(place__in=places)
    open_there.update(status=Status.ANSWERED, answered_at=now)


def refuse_open_remarks(campaign: Campaign) -> None:
    """Raise RemarksOpen when a campaign has remarks its promoter has not answered."""
    if Remark.objects.of(campaign).open().exists():
        raise RemarksOpen(campaign.slug)


@transaction.atomic
def answer_remark(*, remark: Remark, answer: str, now: datetime) -> Remark:
    """Answer a remark in words: what was done elsewhere, or why the place stays as it is.

    Raise RemarksMissing without words, RemarkGone when it is not open any more, WrongState once the page is with the
    officers.
    """
    if not answer.strip():
        raise RemarksMissing
    locked(remark.given_back.campaign, *Campaign.EDITABLE)
    remark = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if remark.status != Status.OPEN:
        raise RemarkGone(remark.status)
    remark.status = Status.ANSWERED
    remark.answer = answer.strip()
    remark.answered_at = now
    remark.save(update_fields=["status", "answer", "answered_at"])
    return remark


@transaction.atomic
def withdraw_remarks(*, campaign: Campaign, remarks: Collection[int], by: User, now: datetime) -> int:
    """Take remarks back, named by their ids, and return how many: the promoter need not answer them.

    Raise RemarkGone when one of them does not stand any more, OwnBody.
    """
    refuse_own_body(campaign.organization, by)
    campaign = locked(campaign, Campaign.Status.DRAFT, Campaign.Status.IN_REVIEW)
    standing = Remark.objects.of(campaign).standing().filter(pk__in=remarks)
    taken = standing.update(status=Status.WITHDRAWN, closed_at=now, closed_by=by)
    if not taken or taken != len(set(remarks)):
        raise RemarkGone(campaign.slug)
    return taken
