"""One project's whole life: a call, an application, a decision, a campaign, three gifts, the city's share, the end."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest

from tests.journeys import desk, promoting
from tests.journeys.books import campaign_of, check_books, fund_cents, intent_of, mails_sent
from tests.journeys.browser import Visitor
from tests.journeys.mailbox import letters, wait_for_letter
from tests.journeys.paying import DECLINED_CARD, GOOD_CARD, SECURE_CARD, SETTLED, pay, start_gift
from tests.journeys.running import Running
from tests.journeys.waiting import until

pytestmark = pytest.mark.journey

TITLE = "Il forno di via Padova"
PROMOTER, PASSWORD = "forno@example.org", "una-parola-lunga"
CARDS = {
    "ada.forno@example.org": GOOD_CARD,
    "bruno.forno@example.org": SECURE_CARD,
    "carla.forno@example.org": GOOD_CARD,
}
GIFTS_EURO = {"ada.forno@example.org": 100, "bruno.forno@example.org": 150, "carla.forno@example.org": 50}

#: The address that the desk proposes for the call.
SLUG = "crowdfunding-civico-di-prova-2026-27"
CALL = {
    "title": "Crowdfunding civico di prova",
    "edition": "2026-27",
    "summary": "Il Comune raddoppia quello che i cittadini donano ai progetti di quartiere.",
    "text": "Chi raggiunge **metà del costo** riceve l'altra metà dal Comune.",
    "contact_email": "bando@example.org",
    "threshold_bp": "50",
    "grant_bp": "50",
    "cap_cents": "1.000",
    "fund_cents": "5.000",
    "minimum_gift_cents": "2",
    "cost_min_cents": "500",
    "cost_max_cents": "10.000",
    "campaign_days_min": "2",
    "campaign_days_max": "40",
}
BODY = {
    "legal_name": "Associazione Il Forno",
    "kind": "aps",
    "tax_code": "97123450153",
    "runts_number": "4711",
    "address": "Via Padova 36",
    "postcode": "20127",
    "city": "Milano",
    "province": "MI",
    "representative_name": "Mario Rossi",
    "representative_tax_code": "RSSMRA85T10A562S",
    "representative_since": "2024-01-15",
    "pec": "forno@pec.example.org",
    "email": "info@forno.example.org",
}
PROJECT = {
    "title": TITLE,
    "summary": "Pane buono e un cortile aperto a chi passa.",
    "borough": "2",
    "place": "Via Padova 36",
    "cost_cents": "600",
    "duration_months": "6",
    "campaign_text": "Apriamo un forno nel cortile.",
}


def test_a_project_is_matched_by_the_city(platform: Running, visit: Callable[..., Visitor]) -> None:
    officer, promoter = visit(phone=False), visit()
    publish_a_call(platform, officer)
    apply_with_a_project(platform, promoter)
    desk.find_admissible(officer, TITLE)
    admit_by_two(platform, officer, visit(phone=False))
    prepare_the_campaign(promoter)
    approve_and_open(platform, officer, promoter)
    slug, _, closes_at = campaign_of(platform, TITLE)
    reach_the_threshold(platform, visit, slug)

    platform.travel(closes_at + timedelta(seconds=5))

    promoter.go(f"/progetti/{slug}/")
    promoter.reload_until(".badge--now", seconds=90)
    promoter.check_access()
    assert not promoter.sees(".btn-give")
    for donor in GIFTS_EURO:
        assert mails_sent(platform, donor) == ["donation_receipt"]
        assert len(letters(platform.mail, donor)) == 1
    wait_for_letter(platform.mail, PROMOTER, slug)
    until(lambda: mails_sent(platform, PROMOTER) == TOLD_TO_THE_PROMOTER, "every mail to the promoter, once")
    check_books(platform)


TOLD_TO_THE_PROMOTER = [
    "application_admitted",
    "application_submitted",
    "campaign_approved",
    "campaign_opened",
    "campaign_succeeded",
    "eligibility_admissible",
    "grant_awarded",
]


def admit_by_two(platform: Running, officer: Visitor, second: Visitor) -> None:
    """Have the officer propose to admit the project and a second one confirm it."""
    desk.propose_to_admit(officer, TITLE, "Il progetto serve al quartiere.")
    other = platform.stage("officer")
    desk.sign_in(second, other["email"], other["password"])
    desk.confirm_decision(second, TITLE)


def publish_a_call(platform: Running, officer: Visitor) -> None:
    """Have the officer write and publish a call that takes applications now."""
    chief = platform.stage("officer")
    desk.sign_in(officer, chief["email"], chief["password"])
    now = platform.now()
    desk.write_call(officer, CALL, now - timedelta(days=1), now + timedelta(days=30))
    assert officer.page.goto(f"/bandi/{SLUG}/").ok
    officer.page.go_back()
    desk.publish_call(officer)


def apply_with_a_project(platform: Running, promoter: Visitor) -> None:
    """Have a person sign up, register a body and submit an application to the call."""
    promoter.go("/bandi/")
    promoter.follow(f"main a[href='/bandi/{SLUG}/']")
    promoter.check_access()
    promoting.sign_up(promoter, platform, PROMOTER, PASSWORD)
    promoter.go(f"/bandi/{SLUG}/")
    promoter.follow(f"a[href='/bandi/{SLUG}/candidatura/']")
    promoting.register_body(promoter, **BODY)
    promoter.check_access()
    promoting.apply(promoter, "Botteghe e cortili", **PROJECT)
    promoter.check_access()
    assert promoter.sees(".facts .number"), "a protocol number"


def prepare_the_campaign(promoter: Visitor) -> None:
    """Have the promoter write the page that the worker has made, connect Stripe and submit."""
    promoter.go("/mie-campagne/")
    promoter.reload_until("a[href='/mie-campagne/il-forno-di-via-padova/']")
    promoter.follow("a[href='/mie-campagne/il-forno-di-via-padova/']")
    promoter.check_access()
    promoting.write_page(promoter, "## Il pane\n\nCotto ogni mattina.", "Un forno acceso nel buio")
    promoting.connect_stripe(promoter)
    promoter.go("/mie-campagne/il-forno-di-via-padova/")
    promoting.submit_page(promoter)
    promoter.check_access()


def approve_and_open(platform: Running, officer: Visitor, promoter: Visitor) -> None:
    """Have the officer schedule the campaign for tomorrow morning, and let the morning come."""
    tomorrow = (platform.now().astimezone(desk.ROME) + timedelta(days=1)).date()
    opening = datetime.combine(tomorrow, time(8, 30), tzinfo=desk.ROME)
    desk.approve(officer, TITLE, opening, days=3)
    slug, opens_at, closes_at = campaign_of(platform, TITLE)
    assert opens_at == opening
    assert closes_at == datetime.combine(tomorrow + timedelta(days=3), time(), tzinfo=desk.ROME)
    promoter.go(f"/progetti/{slug}/")
    assert not promoter.sees(".btn-give")
    platform.travel(opening + timedelta(seconds=1))
    promoter.go(f"/progetti/{slug}/")
    promoter.reload_until(".btn-give")
    assert promoter.sees(".gate--empty")
    promoter.check_access()


def reach_the_threshold(platform: Running, visit: Callable[..., Visitor], slug: str) -> None:
    """Have three citizens give on their phones, and see the running worker add the city's share."""
    [(fund,)] = platform.rows("SELECT id FROM calls_fund WHERE name LIKE %s", f"{CALL['title']}%")
    assert fund_cents(platform, fund) == {"available": 470_000, "reserved": 30_000}
    for email, euro in GIFTS_EURO.items():
        donor = visit()
        start_gift(donor, slug, euro, email, name=email.partition("@")[0].title())
        if email.startswith("carla"):
            pay(donor, DECLINED_CARD)
            assert donor.sees("[role=alert]")
        pay(donor, CARDS[email])
        if email.startswith("bruno"):
            donor.follow("button[value=complete]")
        assert donor.sees(SETTLED), donor.page.locator("main").inner_text()
        donor.check_access()
        donor.go(f"/progetti/{slug}/")
    donor.reload_until(".gate--released", seconds=15)
    donor.check_access()
    assert "300" in donor.page.locator(".numbers__city").inner_text()
    assert fund_cents(platform, fund) == {"available": 470_000, "reserved": 0, "awarded": 30_000}
    for email, euro in GIFTS_EURO.items():
        assert intent_of(platform, email)["received"] == 100 * euro
        wait_for_letter(platform.mail, email, TITLE)
