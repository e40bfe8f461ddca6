"""Writing an application in a real browser: saved by itself, on two devices at once, with a session that ends."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.browser import Visitor
from tests.journeys.running import Running
from tests.journeys.waiting import until

pytestmark = pytest.mark.journey

GO_ON = "button[name=go][value=next]"
SAVE = "button[name=go][value=stay]"


@pytest.fixture(scope="module")
def campaign(platform: Running) -> dict[str, Any]:
    """Return a call with a window that is open, and a person of a body."""
    return platform.stage("campaign", cost_cents=1_000_000)


def begin(person: Visitor, campaign: dict[str, Any], title: str) -> str:
    """Sign in, begin an application, and return the address of its first step."""
    person.sign_in(campaign["promoter"], campaign["password"])
    person.go(f"/bandi/{campaign['call']}/candidatura/")
    person.fill(title=title)
    person.follow("main form button[type=submit]")
    assert person.page.url.endswith("/progetto/"), person.page.url
    return person.page.url


def type_into(person: Visitor, name: str, text: str) -> None:
    """Type as people do, so that the page hears it."""
    field = person.seen(f"main [name={name}]")
    field.click()
    field.press_sequentially(text)


def wait_for_words(person: Visitor, words: str) -> None:
    """Wait until the page says when it was saved, or why not."""
    until(lambda: words in person.page.locator("#saved").inner_text(), f"{words} on {person.page.url}", 20)


def test_what_is_typed_on_a_phone_is_there_on_the_desk(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    phone, desk = visit(), visit(phone=False)
    first = begin(phone, campaign, "Un forno la sera")
    type_into(phone, "summary", "Pane buono.")
    wait_for_words(phone, "Salvato alle")
    phone.go(first.replace("/progetto/", "/bilancio/"))
    phone.check_access()
    type_into(phone, "description", "Il forno")
    type_into(phone, "amount", "1.2x")
    wait_for_words(phone, "Salvato alle")
    phone.page.locator("main [name=amount]").fill("20.000")
    until(lambda: "10.000" in phone.page.locator("#sums").inner_text(), "the shares of the cost", 20)

    desk.sign_in(campaign["promoter"], campaign["password"])
    desk.go(first)
    assert desk.seen("[name=summary]").input_value() == "Pane buono."
    desk.go(first.replace("/progetto/", "/bilancio/"))
    assert desk.seen("[name=amount]").input_value() == "20.000"
    desk.check_access()


def test_two_devices_at_once_overwrite_nothing(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    phone, desk = visit(), visit(phone=False)
    first = begin(phone, campaign, "Un forno in due")
    desk.sign_in(campaign["promoter"], campaign["password"])
    desk.go(first)
    type_into(desk, "summary", "Dalla scrivania.")
    wait_for_words(desk, "Salvato alle")
    type_into(phone, "summary", "Dal telefono.")
    wait_for_words(phone, "mentre scrivevi")
    phone.follow("#saved a")
    phone.check_access()
    words = phone.page.locator("#differences").inner_text()
    assert "Dalla scrivania." in words
    assert "Dal telefono." in words
    phone.page.locator("[name=keep_summary][value=theirs]").check()
    phone.follow(SAVE)
    assert not phone.sees("#differences")
    assert phone.seen("[name=summary]").input_value() == "Dalla scrivania."


def test_a_session_that_ends_in_mid_form_loses_no_word(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    phone = visit()
    begin(phone, campaign, "Un forno di notte")
    phone.context.clear_cookies(name=re.compile("sessionid$"))
    type_into(phone, "summary", "Scritto tardi.")
    wait_for_words(phone, "La sessione è scaduta")
    phone.follow(SAVE)
    assert "/account/login/" in phone.page.url, phone.page.url
    phone.fill(login=campaign["promoter"], password=campaign["password"])
    phone.follow("form.account-form button[type=submit]")
    assert phone.seen("[name=summary]").input_value() == "Scritto tardi."
    phone.follow(SAVE)
    assert phone.seen("[name=summary]").input_value() == "Scritto tardi."
