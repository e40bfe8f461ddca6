"""A campaign that does not reach its threshold: everybody gets the money back, and the city keeps its own."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.journeys.books import check_books, fund_cents, intent_of, mails_sent, status_of
from tests.journeys.browser import Visitor
from tests.journeys.mailbox import letters, wait_for_letter
from tests.journeys.running import Running
from tests.journeys.waiting import until

pytestmark = pytest.mark.journey


def test_a_campaign_fails_and_everybody_is_refunded(platform: Running, visit: Callable[..., Visitor]) -> None:
    campaign = platform.stage("campaign", cost_cents=100_000, gifts=[2000, 5000])
    donors = [gift["email"] for gift in campaign["gifts"]]
    for donor in donors:
        wait_for_letter(platform.mail, donor, campaign["title"])
    citizen = visit()
    citizen.go(f"/progetti/{campaign['slug']}/")
    assert citizen.sees(".gate--filling")
    assert fund_cents(platform, campaign["fund"]) == {"available": 59_950_000, "reserved": 50_000}

    platform.travel(datetime.fromisoformat(campaign["closes_at"]) + timedelta(seconds=5))

    citizen.reload_until(".gate--failed", seconds=90)
    citizen.check_access()
    assert not citizen.sees(".btn-give")
    for gift in campaign["gifts"]:
        until(lambda who=gift["email"]: is_refunded(platform, who), f"{gift['email']} refunded at Stripe", 60)
        citizen.go(gift["status_page"])
        citizen.reload_until(".outcome__mark:not(.outcome__mark--wait)")
        citizen.check_access()
    assert fund_cents(platform, campaign["fund"]) == {"available": 60_000_000, "reserved": 0}
    until(
        lambda: status_of(platform, campaign["slug"]) == "refunded", "the campaign has given everything back"
    )
    for donor in donors:
        until(lambda who=donor: len(letters(platform.mail, who)) > 1, f"a second mail to {donor}")
        assert len({letter.subject for letter in letters(platform.mail, donor)}) == 2
        assert mails_sent(platform, donor) == ["donation_receipt", "donation_refunded"]
    check_books(platform)


def is_refunded(platform: Running, email: str) -> bool:
    """Say whether Stripe has given a donor everything back."""
    intent = intent_of(platform, email)
    return intent["refunded"] == intent["received"] > 0
