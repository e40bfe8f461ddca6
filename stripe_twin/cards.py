"""Know Stripe's public test cards and what each one does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Card:
    """Say how a test number behaves; the codes are Stripe's own."""

    number: str
    brand: str = "visa"
    decline: str | None = None
    error: str | None = None
    three_d_secure: bool = False
    refund: str | None = None
    disputed: bool = False

    @property
    def last4(self) -> str:
        """Return the four digits that may be shown."""
        return self.number[-4:]


KNOWN = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("5555555555554444", brand="mastercard"),
        Card("4000000000000077"),
        Card("4000000000000002", decline="generic_decline", error="card_declined"),
        Card("4000000000009995", decline="insufficient_funds", error="card_declined"),
        Card("4000000000009987", decline="lost_card", error="card_declined"),
        Card("4000000000009979", decline="stolen_card", error="card_declined"),
        Card("4000000000000069", decline="expired_card", error="expired_card"),
        Card("4000000000000127", decline="incorrect_cvc", error="incorrect_cvc"),
        Card("4000000000000119", decline="processing_error", error="processing_error"),
        Card("4000002500003155", three_d_secure=True),
        Card("4000000000003220", three_d_secure=True),
        Card("4000000000005126", refund="fails_later"),
        Card("4000000000007726", refund="succeeds_later"),
        Card("4000000000000259", disputed=True),
    )
}


def digits(text: str) -> str:
    """Return a typed number without spaces and hyphens."""
    return re.sub(r"[\s-]", "", text)


def luhn(number: str) -> bool:
    """Say whether the check digit of a card number is right (ISO/IEC 7812)."""
    if not re.fullmatch(r"\d{12,19}", number):
        return False
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def parse_expiry(text: str) -> tuple[int, int] | None:
    """Return month and four-digit year of a text like "12/34", or None."""
    match = re.fullmatch(r"\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*", text)
    if not match or not 1 <= int(match[1]) <= 12:
        return None
    return int(match[1]), int(match[2]) % 100 + 2000


def is_past(expiry: tuple[int, int], now: float) -> bool:
    """Say whether a card with this month and year can no longer be used at an instant in seconds."""
    today = datetime.fromtimestamp(now, UTC)
    return (expiry[1], expiry[0]) < (today.year, today.month)


MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "lost_card": "Your card was declined.",
    "stolen_card": "Your card was declined.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
