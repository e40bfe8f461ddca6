"""Give on the site and pay on Stripe's page, as a citizen does."""

import re

from tests.journeys.browser import Visitor

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
SECURE_CARD = "4000 0025 0000 3155"

PAY = "form[action^='/c/pay/'] button[type=submit]"
SETTLED = ".outcome__mark--settled"
WAITING = ".outcome__mark--wait"


def choose(visitor: Visitor, euro: int, email: str) -> None:
    """Fill in the form of a gift on the page the visitor has open."""
    tile = visitor.page.locator(f"input[name=amount_choice][value='{euro * 100}']")
    if not tile.count():
        tile = visitor.page.locator("input[name=amount_choice][value=other]")
    tile.check()
    if tile.get_attribute("value") == "other":
        visitor.fill(amount_other=str(euro))
    visitor.fill(email=email)


def start_gift(visitor: Visitor, slug: str, euro: int, email: str, **more: str) -> None:
    """Go from a campaign's page to Stripe's."""
    visitor.go(f"/progetti/{slug}/")
    visitor.follow(f"a[href='/progetti/{slug}/dona/']")
    choose(visitor, euro, email)
    visitor.fill(**more)
    visitor.follow("form[data-promise-form] button[type=submit]")
    assert "/c/pay/" in visitor.page.url, visitor.page.url


def pay(visitor: Visitor, card: str = GOOD_CARD) -> None:
    """Type a card on Stripe's page and press the button."""
    visitor.fill(number=card, expiry="12 / 40", cvc="123", name="Ada Bianchi")
    visitor.follow(PAY)


def token_of_gift(visitor: Visitor) -> str:
    """Return what names the gift whose payment page is open: it stands in the link that leads back."""
    link = visitor.page.locator("a[href*='ripresa=']").first.get_attribute("href")
    found = re.search(r"ripresa=([^&]+)", link or "")
    assert found, link
    return found[1]


def session_of_gift(visitor: Visitor) -> str:
    """Return Stripe's name of the payment page that is open."""
    return visitor.page.url.partition("/c/pay/")[2].partition("?")[0].partition("#")[0]
