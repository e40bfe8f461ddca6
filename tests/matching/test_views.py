"""The promoter's page about a part that is offered."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from calls.models import Stop
from calls.services import switch_off
from matching.models import Grant, GrantOffer
from tests.matching.short import offered, reached, release, short_call
from tests.pages import browser_of, words_of
from tests.passwords import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture
def offer(stripe: str, officer: User, organizer: User) -> GrantOffer:
    """Return an offer of 5,000 euro of a grant of 10,000."""
    call = short_call(officer, 1_500_000)
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)
    return offered(second)


def page_of(offer: GrantOffer) -> str:
    """Return the address of an offer's page."""
    return reverse("matching:grant_offer", args=[offer.grant.campaign.slug])


def test_grant_offer_is_reached_from_the_campaign(offer: GrantOffer, organizer: User) -> None:
    member = browser_of(organizer)
    manage = member.get(reverse("campaigns:campaign_manage", args=[offer.grant.campaign.slug]))

    assert page_of(offer) in manage.content.decode()
    assert page_of(offer) in member.get(reverse("campaigns:my_campaigns")).content.decode()
    words = words_of(member.get(page_of(offer)))
    assert "5.000\u00a0€" in words
    assert "10.000\u00a0€" in words


def test_grant_offer_is_for_the_members_of_the_body(offer: GrantOffer, stranger: User) -> None:
    assert browser_of(None).get(page_of(offer)).status_code == 302
    assert browser_of(stranger).get(page_of(offer)).status_code == 404
    assert browser_of(stranger).post(page_of(offer), {"answer": "decline"}).status_code == 404
    assert GrantOffer.objects.get().status == "open"


def test_grant_offer_is_answered_by_owners_and_read_by_editors(offer: GrantOffer, stranger: User) -> None:
    Membership.objects.create(
        organization=offer.grant.campaign.organization,
        user=stranger,
        role=Membership.Role.EDITOR,
        created_at=timezone.now(),
    )
    editor = browser_of(stranger)

    page = editor.get(page_of(offer))

    assert "Può rispondere chi" in words_of(page) and b"<form method" not in page.content.split(b"<main")[1]
    assert editor.post(page_of(offer), {"answer": "decline"}).status_code == 403
    assert GrantOffer.objects.get().status == "open"


@pytest.mark.parametrize(
    ("answer", "words", "status", "state"),
    [
        ("own_funds", "Dalla cassa.", "accepted", "awarded"),
        ("continued", "Andiamo avanti.", "accepted", "awarded"),
        ("reduced", "Un forno solo.", "accepted", "awarded"),
        ("decline", "", "declined", "waitlisted"),
        ("gap", "Non abbiamo altro.", "declined", "waitlisted"),
    ],
)
def test_grant_offer_takes_the_answer(
    offer: GrantOffer, organizer: User, answer: str, words: str, status: str, state: str
) -> None:
    member = browser_of(organizer)

    response = member.post(page_of(offer), {"answer": answer, "words": words}, follow=True)

    offer.refresh_from_db()
    assert response.status_code == 200
    assert (offer.status, offer.words, offer.answered_by) == (status, words, organizer)
    assert offer.leaves_gap is (answer == "gap")
    assert Grant.objects.get(pk=offer.grant_id).state == state
    assert words in words_of(response)


@pytest.mark.parametrize(
    ("answer", "words"), [("own_funds", " "), ("gap", ""), ("", "Dalla cassa."), ("other", "Dalla cassa.")]
)
def test_grant_offer_asks_again_and_loses_nothing(
    offer: GrantOffer, organizer: User, answer: str, words: str
) -> None:
    response = browser_of(organizer).post(page_of(offer), {"answer": answer, "words": words})

    assert response.status_code == 422
    assert words.strip() in response.content.decode()
    assert GrantOffer.objects.get().status == "open"


def test_grant_offer_after_its_days_or_answered_before_says_so(offer: GrantOffer, organizer: User) -> None:
    member = browser_of(organizer)
    with time_machine.travel(offer.expires_at + timedelta(seconds=1), tick=False):
        late = browser_of(organizer).post(page_of(offer), {"answer": "decline"}, follow=True)
    assert late.status_code == 200
    assert GrantOffer.objects.get().status == "open"

    for _time in range(2):
        member.post(page_of(offer), {"answer": "own_funds", "words": "Cassa."})
    assert GrantOffer.objects.get().status == "accepted"


def test_grant_offer_while_releases_are_stopped_waits(
    offer: GrantOffer, organizer: User, officer: User
) -> None:
    call = offer.grant.campaign.call
    switch_off(call=call, what=Stop.What.RELEASES, by=officer, reason="Prova.", now=timezone.now())

    browser_of(organizer).post(page_of(offer), {"answer": "own_funds", "words": "Cassa."})

    assert GrantOffer.objects.get().status == "open"


def test_grant_offer_without_an_offer_says_so(campaign: object, organizer: User) -> None:
    address = reverse("matching:grant_offer", args=[campaign.slug])  # type: ignore[attr-defined]

    assert browser_of(organizer).get(address).status_code == 200
    assert browser_of(organizer).post(address, {"answer": "decline"}).status_code == 200
