"""Applying from nothing to the receipt: by keyboard alone on a phone, without JavaScript, and at the last moment."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.journeys.browser import Visitor
from tests.journeys.running import Running

pytestmark = pytest.mark.journey

SCENES = "tests.journeys.applying_stage"
GO_ON = "button[name=go][value=next]"
HAND_IN = "form:has([name=read]) button[type=submit]"
RECEIPT = "a[href$='/ricevuta.pdf']"
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def scene(platform: Running) -> dict[str, Any]:
    """Return two people with a body each, and a call that is open."""
    return platform.stage("applicants", SCENES)


class Keyboard:
    """What a person does who has no mouse: skips to the content, tabs, types, presses space and enter."""

    def __init__(self, person: Visitor) -> None:
        self.person = person
        self.keys = person.page.keyboard

    def skip(self) -> None:
        """Go past the header by the link that is there for it, unless the form before has led past it already."""
        if self.person.page.url.endswith("#content"):
            return
        self.person.tab_to("a.skip", most=2)
        self.keys.press("Enter")

    def type_into(self, **fields: str) -> None:
        """Tab from field to field in the order of the page, and type."""
        for name, text in fields.items():
            self.person.tab_to(f"main [name={name}]")
            self.keys.type(text)

    def press(self, selector: str) -> None:
        """Tab to a button or a link, and be where it leads."""
        self.person.tab_to(selector)
        self.person.press_on("Enter")


@pytest.mark.parametrize("javascript", [True, False], ids=["on a phone", "without JavaScript"])
def test_from_nothing_to_the_receipt_with_the_keyboard_alone(
    visit: Callable[..., Visitor], scene: dict[str, Any], javascript: bool
) -> None:
    person = visit(javascript=javascript)
    hand = Keyboard(person)
    person.go(f"/bandi/{scene['call']}/")
    hand.skip()
    hand.press(f"main a[href='/bandi/{scene['call']}/candidatura/']")
    hand.type_into(login=scene["people"][int(javascript)], password=scene["password"])
    person.press_on("Enter")

    hand.skip()
    hand.type_into(title="Un forno di notte")
    person.press_on("Enter")
    write_steps(person, hand)
    hand.skip()
    hand.press(HAND_IN)

    number = person.page.locator(".message--success").inner_text()
    assert "numero di protocollo" in number
    hand.skip()
    person.tab_to(RECEIPT)
    link = person.page.locator(RECEIPT).and_(person.page.locator(":focus")).get_attribute("href")
    receipt = person.context.request.get(f"{person.site}{link}")
    assert receipt.headers["content-type"] == "application/pdf"
    assert receipt.body().startswith(b"%PDF")


def write_steps(person: Visitor, hand: Keyboard) -> None:
    """Write the eight steps one after the other."""
    hand.skip()
    person.tab_to("main [name=summary]")
    hand.keys.type("Pane buono.")
    person.tab_to("main [name=theme]")
    hand.keys.type("Beni")
    hand.type_into(campaign_text="Apriamo un forno.")
    hand.press(GO_ON)
    hand.skip()
    person.tab_to("main [name=borough]")
    hand.keys.press("Space")
    hand.type_into(place="Via Padova", beneficiaries="Chi abita qui")
    hand.press(GO_ON)
    hand.skip()
    hand.type_into(duration_months="6", title="Lavori", first_month="1", months="6")
    hand.press(GO_ON)
    hand.skip()
    hand.type_into(description="Il forno", amount="20.000,50")
    hand.press(GO_ON)
    for _step in ("partners", "documents"):
        hand.skip()
        hand.press("a.wizard__next")
    hand.skip()
    person.tab_to("main input[type=checkbox]")
    for _tick in person.page.locator("main input[type=checkbox]").all():
        hand.keys.press("Space")
        hand.keys.press("Tab")
    hand.press(GO_ON)


def test_the_last_moment_counts_and_one_second_late_does_not(
    platform: Running, visit: Callable[..., Visitor], scene: dict[str, Any]
) -> None:
    early, late = visit(), visit()
    for person, email in zip((early, late), scene["people"], strict=True):
        person.sign_in(email, scene["password"])
    closes_at = open_pages(platform, early, late, scene["people"])
    # A slow machine presses earlier: what counts is the instant in which the server begins to read.
    began = time.monotonic()
    early.page.reload()
    margin = timedelta(seconds=0.5 + 2 * (time.monotonic() - began))
    sleep_until(platform, closes_at - margin)
    early.follow(HAND_IN)
    assert early.sees(".message--success"), early.page.locator("main").inner_text()
    assert early.sees(RECEIPT)

    sleep_until(platform, closes_at + SECOND)
    late.follow(HAND_IN)
    words = late.page.locator("#errors").inner_text()
    assert "Il termine per candidarsi è scaduto" in words, words
    assert "Non è andato perso nulla" in words
    late.check_access()


def open_pages(platform: Running, early: Visitor, late: Visitor, people: list[str]) -> datetime:
    """Have both people read their applications before a window closes, and return when it does."""
    for seconds in (12, 40):
        told = platform.stage("closing", SCENES, people=people, seconds=seconds)
        early.go(told["pages"][0])
        late.go(told["pages"][1])
        closes_at = datetime.fromisoformat(told["closes_at"])
        if platform.now() < closes_at - 4 * SECOND:
            return closes_at
    raise AssertionError("this machine is too slow to open two pages in forty seconds")


def sleep_until(platform: Running, instant: datetime) -> None:
    """Wait for an instant of the platform's clock."""
    time.sleep(max(0.0, (instant - platform.now()).total_seconds()))


def test_the_pages_around_an_application_are_accessible(
    platform: Running, visit: Callable[..., Visitor]
) -> None:
    told = platform.stage("papers", SCENES)
    promoter, reader = visit(), visit()
    reader.go(told["invitation"])
    reader.check_access()
    for page in ("/verifica/", f"/verifica/{told['code']}/", f"/bandi/{told['call']}/domande/"):
        reader.go(page)
        reader.check_access()
    reader.go("/verifica/?codice=AAAA-BBBB")
    assert reader.sees("#codice-error")
    reader.check_access()
    promoter.sign_in(told["promoter"], told["password"])
    here = told["draft"]
    pages = [f"{here}partner/", f"{here}documenti/", f"{here}dichiarazioni/", f"{here}invio/", here]
    answer = [f"{told['filed']}{step}/" for step in ("organizzazione", "partner", "risposta")]
    for page in [
        *pages,
        *answer,
        *told["body_pages"],
        told["filed"],
        f"{told['filed']}versioni/1/",
        f"/bandi/{told['call']}/domande/nuova/",
    ]:
        promoter.go(page)
        promoter.check_access()
    # What is refused is told where it was written.
    promoter.go(f"{here}partner/")
    promoter.fill(legal_name="Cooperativa", tax_code="123")
    promoter.follow("main form:has([name=legal_name]) button[type=submit]")
    assert promoter.sees("[aria-invalid=true]")
    promoter.check_access()
    promoter.go(f"/bandi/{told['call']}/domande/nuova/")
    promoter.follow("main form[method=post] button[type=submit]")
    promoter.check_access()
