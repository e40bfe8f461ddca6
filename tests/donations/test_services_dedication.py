"""A gift for somebody else: one card with the giver's receipt, and whom it was for is soon forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign, Follow
from campaigns.services import ask_to_follow
from donations.models import Dedication, Donation
from donations.services import (
    Wish,
    dedicate_gift,
    forget_attempts,
    forget_recipient,
    issue_receipt,
    owe_refund,
    sync_payment,
)
from tests.desk import desk_of, row_url, text_of
from tests.factories import give, make_donation, pay
from tests.pages import words_of

WISH = Wish(name="Eva Riva", email="eva@example.org", greeting="Buon compleanno!")
TYPED = {
    "amount_choice": "2000",
    "email": "ada@example.org",
    "name": "Ada",
    "form_token": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
}
DEDICATED = {
    "dedicated_name": "Eva Riva",
    "dedicated_email": "eva@example.org",
    "dedicated_greeting": "Buon compleanno!",
}


def for_somebody(campaign: Campaign, wish: Wish | None = WISH, **changes: Any) -> Donation:
    """Start a gift for somebody else, or for oneself when there is no wish."""
    gift = make_donation(campaign=campaign, **changes)
    dedicate_gift(donation=gift, wish=wish)
    return gift


def paid(gift: Donation) -> Donation:
    """Pay a gift and count it."""
    pay(gift)
    return sync_payment(donation=gift, now=timezone.now())


def cards() -> list[Mail]:
    """Return the mails that tell somebody of a gift."""
    return list(Mail.objects.filter(recipient="eva@example.org"))


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift for somebody else that has arrived."""
    return paid(for_somebody(campaign, amount_cents=4_321, name="Ada"))


@pytest.fixture
def card(gift: Donation) -> Dedication:
    """Return a card that has left."""
    issue_receipt(donation=gift, now=timezone.now())
    return Dedication.objects.get()


def page_of(card: Dedication, client: Client) -> Any:
    return client.get(reverse("donations:gift_card", args=[card.token]))


def test_a_wish_for_news_is_asked_about_once_the_gift_has_arrived(campaign: Campaign, client: Client) -> None:
    form = reverse("donations:donate", args=[campaign.slug])
    assert (
        'name="wants_news"' in (page := client.get(form).content.decode())
        and "checked" not in page.split('name="wants_news"')[1].split(">")[0]
    )
    client.post(form, TYPED | {"wants_news": "on"})
    donation = Donation.objects.get()
    assert donation.wants_news and not Follow.objects.exists()
    resumed = client.get(f"{form}?ripresa={donation.access_token}").content.decode()
    assert "checked" in resumed.split('name="wants_news"')[1].split(">")[0]

    paid(donation)
    for _again in range(2):
        issue_receipt(donation=donation, now=timezone.now())

    wish = Follow.objects.get()
    assert (wish.email, wish.wish, wish.status) == (donation.email, "news", "asked")
    assert Mail.objects.filter(recipient=donation.email, key__startswith=f"follow:{wish.pk}:").count() == 1


def test_nobody_is_asked_about_news_without_a_wish_or_too_often(campaign: Campaign) -> None:
    now = timezone.now()
    issue_receipt(donation=paid(make_donation(campaign=campaign, email="eva@example.org")), now=now)
    assert not Follow.objects.exists()
    for borough in range(1, 6):
        ask_to_follow(email="ada@example.org", language="it", now=now, borough=borough)

    gift = paid(make_donation(campaign=campaign, email="ada@example.org", wants_news=True))
    receipt = issue_receipt(donation=gift, now=now)

    assert receipt and Mail.objects.filter(key=f"donation_receipt:{gift.pk}").exists()
    assert not Follow.objects.filter(campaign=campaign).exists()


def test_the_desk_shows_whom_a_gift_is_for_as_long_as_that_is_kept(card: Dedication, officer: User) -> None:
    desk = desk_of(officer)
    assert "Eva Riva" in text_of(desk.get(row_url(card.donation)))

    forget_recipient(dedication=card, now=timezone.now())

    page = text_of(desk.get(row_url(card.donation)))
    assert "Eva Riva" not in page and "forgotten at" in page.lower()


def test_card_leaves_once_with_the_receipt_and_without_the_amount(gift: Donation) -> None:
    assert cards() == []
    for _ in range(2):
        issue_receipt(donation=gift, now=timezone.now())

    (mail,) = cards()
    assert "Ada" in mail.subject
    assert "Buon compleanno!" in mail.body
    assert "43,21" not in mail.body
    (receipt,) = Mail.objects.filter(recipient=gift.email)
    assert "43,21" in receipt.body


def test_card_tells_the_amount_when_the_giver_says_so(campaign: Campaign, client: Client) -> None:
    wish = Wish(name="Eva", email="eva@example.org", shows_amount=True)
    gift = paid(for_somebody(campaign, wish, amount_cents=4_321))
    issue_receipt(donation=gift, now=timezone.now())

    assert "43,21" in cards()[0].body
    assert "43,21" in words_of(page_of(gift.dedication, client))


def test_no_card_leaves_for_a_gift_that_is_not_paid_or_has_gone_back(
    campaign: Campaign, gift: Donation, officer: User
) -> None:
    for_somebody(campaign)
    owe_refund(donation=gift, by=officer, reason="Pagata due volte.", now=timezone.now())
    gift.refresh_from_db()

    issue_receipt(donation=gift, now=timezone.now())

    assert cards() == []
    assert gift.dedication.state == "off"


def test_wish_may_change_until_the_gift_is_paid(campaign: Campaign) -> None:
    gift = for_somebody(campaign)
    for_somebody(campaign, Wish(name="Ida", email="ida@example.org"), public_id=gift.public_id)
    assert Dedication.objects.get().name == "Ida"
    for_somebody(campaign, None, public_id=gift.public_id)
    assert not Dedication.objects.exists()


def test_recipient_is_forgotten_after_ninety_days_with_the_mail(card: Dedication) -> None:
    now = timezone.now()
    forget_attempts(now=now + timedelta(days=89))
    card.refresh_from_db()
    assert card.email

    forget_attempts(now=now + timedelta(days=91))

    card.refresh_from_db()
    assert (card.name, card.email, card.greeting, card.state) == ("", "", "", "forgotten")
    assert cards() == []
    issue_receipt(donation=card.donation, now=now + timedelta(days=92))
    assert cards() == []


def test_recipient_of_a_gift_that_was_never_made_is_forgotten(campaign: Campaign) -> None:
    for_somebody(campaign)

    forget_attempts(now=timezone.now() + timedelta(days=31))

    assert not Dedication.objects.known().exists()


def test_dedication_is_known_whole_or_not_at_all(card: Dedication) -> None:
    for broken in ({"email": ""}, {"name": ""}, {"forgotten_at": timezone.now()}):
        with pytest.raises(IntegrityError, match="dedication_is_known_or_forgotten"), transaction.atomic():
            Dedication.objects.filter(pk=card.pk).update(**broken)


def test_card_page_greets_and_hides_the_amount(card: Dedication, client: Client) -> None:
    give(campaign=card.donation.campaign, amount_cents=1_000)
    response = page_of(card, client)

    words = words_of(response)
    assert "Eva Riva" in words
    assert "Buon compleanno!" in words
    assert "43,21" not in words
    assert "noindex" in response.content.decode()
    assert "no-store" in response["Cache-Control"]


def test_card_page_says_that_the_gift_has_gone_back(card: Dedication, client: Client, officer: User) -> None:
    before = words_of(page_of(card, client))
    owe_refund(donation=card.donation, by=officer, reason="Pagata due volte.", now=timezone.now())

    assert "è tornato a chi lo ha fatto" not in before
    assert "è tornato a chi lo ha fatto" in words_of(page_of(card, client))


def test_recipient_erases_name_and_address(card: Dedication, client: Client) -> None:
    url = reverse("donations:gift_card_forget", args=[card.token])
    assert client.get(url).status_code == 405

    assert client.post(url).status_code == 200

    card.refresh_from_db()
    assert card.email == ""
    assert page_of(card, client).status_code == 410


def test_card_of_nobody_and_card_not_sent_yet_are_over(gift: Donation, client: Client) -> None:
    for token in ("niente", gift.access_token, gift.dedication.token):
        assert client.get(reverse("donations:gift_card", args=[token])).status_code == 410


def test_donate_takes_for_whom_it_is(campaign: Campaign, client: Client) -> None:
    cache.clear()
    url = reverse("donations:donate", args=[campaign.slug])
    assert '<details class="more">' in client.get(url).content.decode()

    response = client.post(url, {**TYPED, **DEDICATED})

    assert response.status_code == 302
    told = Dedication.objects.get()
    assert (told.name, told.email, told.shows_amount) == ("Eva Riva", "eva@example.org", False)
    left = client.get(f"{url}?ripresa={told.donation.access_token}").content.decode()
    assert '<details class="more" open>' in left
    assert "eva@example.org" in left


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"dedicated_email": ""}, "dedicated_email"),
        ({"dedicated_email": "eva"}, "dedicated_email"),
        ({"dedicated_name": ""}, "dedicated_name"),
        ({"dedicated_greeting": "Vinci su https://truffa.example"}, "dedicated_greeting"),
        ({"dedicated_greeting": "Vinci su truffa.com"}, "dedicated_greeting"),
        ({"name": "www.truffa.example"}, "name"),
    ],
)
def test_donate_says_what_a_card_lacks_and_keeps_it_open(
    campaign: Campaign, client: Client, changes: dict[str, str], field: str
) -> None:
    url = reverse("donations:donate", args=[campaign.slug])

    response = client.post(url, {**TYPED, **DEDICATED, **changes})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert '<details class="more" open>' in response.content.decode()
    assert not Donation.objects.exists()


def test_giver_reads_when_the_card_left(card: Dedication, client: Client) -> None:
    url = reverse("donations:donation_status", args=[card.donation.access_token])

    assert "La cartolina per Eva Riva è partita" in words_of(client.get(url))
