"""What people do beside the straight way: go back, press twice, come back early, use the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.books import check_books, intent_of
from tests.journeys.browser import Visitor
from tests.journeys.paying import (
    GOOD_CARD,
    PAY,
    SETTLED,
    WAITING,
    choose,
    pay,
    session_of_gift,
    start_gift,
    token_of_gift,
)
from tests.journeys.running import Running

pytestmark = pytest.mark.journey

SUBMIT = "form[data-promise-form] button[type=submit]"


@pytest.fixture(scope="module")
def campaign(platform: Running) -> dict[str, Any]:
    """Return a campaign that stays far from its threshold."""
    return platform.stage("campaign", cost_cents=1_000_000, gifts=[2000])


def gifts_of(platform: Running, email: str) -> list[tuple[str, int]]:
    """Return state and cents of the gifts made with an address, in the order they were begun."""
    return platform.rows(
        "SELECT status, amount_cents FROM donations_donation WHERE email = %s ORDER BY created_at", email
    )


def test_going_back_from_the_payment_page_and_giving_again(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor, email = visit(), "indietro@example.org"
    start_gift(donor, campaign["slug"], 50, email)
    donor.page.go_back()
    choose(donor, 10, email)
    donor.follow(SUBMIT)
    donor.follow("a[href*='ripresa=']")
    assert donor.seen("[name=email]").input_value() == email
    assert donor.page.locator("input[name=amount_choice]:checked").get_attribute("value") == "1000"
    choose(donor, 5, email)
    donor.follow(SUBMIT)
    pay(donor)
    assert donor.sees(SETTLED)
    assert gifts_of(platform, email) == [("open", 5000), ("open", 1000), ("settled", 500)]
    assert intent_of(platform, email)["received"] == 500


def test_pressing_twice_makes_one_gift(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor, email = visit(), "due-volte@example.org"
    donor.go(f"/progetti/{campaign['slug']}/dona/")
    choose(donor, 20, email)
    sent: list[str] = []
    donor.page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    # Stripe is slow, so the donor presses again while the first request is under way.
    platform.twin("fail", path="checkout/sessions", method="POST", count=1, delay_seconds=0.6)
    button = donor.seen(SUBMIT)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with donor.page.expect_request(lambda request: request.method == "POST"):
        donor.page.mouse.click(*middle)
    donor.page.mouse.click(*middle)
    donor.page.wait_for_selector(f"{PAY}, #errors")
    assert len(sent) == 2
    assert gifts_of(platform, email) == [("open", 2000)]
    pay(donor)
    assert donor.sees(SETTLED)
    assert gifts_of(platform, email) == [("settled", 2000)]
    assert intent_of(platform, email)["received"] == 2000


def test_paying_in_two_tabs_makes_one_gift(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor, email = visit(), "due-schede@example.org"
    start_gift(donor, campaign["slug"], 5, email)
    first, second = donor.page, donor.context.new_page()
    second.goto(first.url)
    pay(donor)
    assert donor.sees(SETTLED)
    donor.page = second
    pay(donor)
    assert donor.sees(SETTLED)
    assert gifts_of(platform, email) == [("settled", 500)]
    assert intent_of(platform, email)["received"] == 500


def test_the_return_page_tells_the_truth_before_stripe_has_written(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor, onlooker = visit(), visit()
    platform.twin("webhooks", mode="hold")
    try:
        start_gift(donor, campaign["slug"], 5, "presto@example.org")
        address = f"/donazioni/{token_of_gift(donor)}/"
        onlooker.go(f"{address}?sid=cs_test_invented")
        assert onlooker.sees(WAITING)
        onlooker.go(address)
        assert onlooker.sees(WAITING)
        onlooker.check_access()
        pay(donor)
        assert donor.sees(SETTLED)
        assert platform.twin("truth")["deliveries"]["held"] > 0
        onlooker.page.wait_for_selector(SETTLED)
    finally:
        platform.twin("webhooks", mode="deliver")
    platform.twin("drain", timeout=30)
    assert gifts_of(platform, "presto@example.org") == [("settled", 500)]
    check_books(platform)


def test_the_status_page_follows_stripe_when_the_donor_does_not_return(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor = visit()
    start_gift(donor, campaign["slug"], 5, "non-torna@example.org")
    session = session_of_gift(donor)
    donor.go(f"/donazioni/{token_of_gift(donor)}/")
    assert donor.sees(WAITING)
    assert platform.twin("pay", session=session, card=GOOD_CARD)["outcome"] == "paid"
    donor.page.wait_for_selector(SETTLED)
    donor.check_access()


def test_giving_with_the_keyboard_alone_and_without_javascript(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    donor, email = visit(javascript=False), "tastiera@example.org"
    donor.go(f"/progetti/{campaign['slug']}/")
    donor.tab_to("a.btn-give")
    donor.press_on("Enter")
    donor.tab_to("input[name=amount_choice]")
    donor.page.keyboard.press("ArrowRight")
    donor.tab_to("[name=email]")
    donor.page.keyboard.type(email)
    donor.tab_to(SUBMIT)
    donor.press_on("Enter")
    for name, text in (("number", GOOD_CARD), ("expiry", "12 / 40"), ("cvc", "123"), ("name", "Ada")):
        donor.tab_to(f"[name={name}]")
        donor.page.keyboard.type(text)
    donor.press_on("Enter")
    assert donor.sees(SETTLED)
    assert gifts_of(platform, email) == [("settled", 5000)]


def test_everybodys_pages_are_accessible_on_a_phone(
    visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    reader, here = visit(), f"/progetti/{campaign['slug']}/"
    pages = [
        "/",
        "/progetti/",
        "/progetti/?q=niente",
        here,
        f"{here}dona/",
        campaign["gifts"][0]["status_page"],
    ]
    pages += ["/bandi/", f"/bandi/{campaign['call']}/", "/come-funziona/", "/privacy/", "/accessibilita/"]
    pages += ["/account/login/", "/account/signup/", "/account/password/reset/"]
    for page in pages:
        reader.go(page)
        reader.check_access()
    reader.go(f"{here}dona/")
    choose(reader, 1, "nessun indirizzo")
    reader.follow(SUBMIT)
    assert reader.sees("#errors")
    reader.check_access()
    reader.go("/account/signup/")
    reader.follow("form.account-form button[type=submit]")
    reader.check_access()


def test_the_promoters_pages_are_accessible_on_a_phone(
    visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    promoter = visit()
    promoter.sign_in(campaign["promoter"], campaign["password"])
    body = f"/organizzazioni/{campaign['organization']}/"
    pages = [
        f"/bandi/{campaign['call']}/candidatura/",
        "/candidature/",
        f"/candidature/{campaign['application']}/",
    ]
    pages += [
        "/mie-campagne/",
        f"/mie-campagne/{campaign['slug']}/",
        f"/mie-campagne/{campaign['slug']}/ritiro/",
        f"/mie-campagne/{campaign['slug']}/contributo/",
        f"/mie-campagne/{campaign['slug']}/andamento/",
        f"/mie-campagne/{campaign['slug']}/aggiornamenti/nuovo/",
        f"/mie-campagne/{campaign['slug']}/domande/",
        f"/mie-campagne/{campaign['slug']}/immagini/",
        "/mie-donazioni/",
        "/organizzazioni/",
        body,
    ]
    pages += [f"{body}donazioni/", f"{body}pagamenti/"]
    pages += ["/organizzazioni/nuova/", "/account/email/", "/account/logout/"]
    for page in pages:
        promoter.go(page)
        promoter.check_access()
    promoter.go(f"/bandi/{campaign['call']}/candidatura/")
    promoter.follow("main form button[type=submit]")
    promoter.check_access()
