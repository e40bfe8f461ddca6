"""Writing an application in a real browser: saved by itself, by two members at once, with a session that ends."""

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


def test_two_members_at_once_overwrite_nothing(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    owner, colleague = visit(), visit(phone=False)
    first = begin(owner, campaign, "Un forno in due")
    told = platform.stage("colleague", "tests.journeys.applying_stage", owner=campaign["promoter"])
    colleague.sign_in(told["email"], campaign["password"])
    colleague.go(told["invitation"])
    colleague.follow("main form button[type=submit]")
    colleague.go(first)
    assert told["owner"] in colleague.page.locator("#here").inner_text()
    type_into(colleague, "summary", "Dalla collega.")
    wait_for_words(colleague, "Salvato alle")
    type_into(owner, "summary", "Dal telefono.")
    wait_for_words(owner, "mentre scrivevi")
    assert re.search(
        rf"{re.escape(told['name'])}.* \d\d:\d\d:\d\d", owner.page.locator("#saved").inner_text()
    )
    colleague.go(first)
    assert colleague.seen("[name=summary]").input_value() == "Dalla collega."
    owner.follow("#saved a")
    owner.check_access()
    words = owner.page.locator("#differences").inner_text()
    assert "Dalla collega." in words
    assert "Dal telefono." in words
    owner.page.locator("[name=keep_summary][value=theirs]").check()
    owner.follow(SAVE)
    assert not owner.sees("#differences")
    assert owner.seen("[name=summary]").input_value() == "Dalla collega."


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
