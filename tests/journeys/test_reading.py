"""What a citizen reads and does around a gift, on a phone: news, questions, pictures, a video, a card for somebody else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.browser import Visitor
from tests.journeys.mailbox import wait_for_letter
from tests.journeys.paying import SETTLED, choose, pay
from tests.journeys.running import Running

pytestmark = pytest.mark.journey

SEND = "main form[method=post] button[type=submit]"
PLAYER = "https://player.vimeo.com/"


@pytest.fixture(scope="module")
def campaign(platform: Running) -> dict[str, Any]:
    """Return a campaign of which something has been told."""
    return platform.stage("talking", module="tests.journeys.talking_stage")


def letter_link(platform: Running, to: str, part: str) -> str:
    """Return the path of the link with a part in a mail to an address."""
    letter = wait_for_letter(platform.mail, to, part)
    link = re.search(rf"{re.escape(platform.site)}({part}\S+)", letter.body)
    assert link, letter.body
    return link[1]


def test_a_reader_goes_through_what_is_told_and_starts_the_video_on_purpose(
    visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    reader, here = visit(), f"/progetti/{campaign['slug']}/"
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.go(here)
    assert "Sì, c'è la rampa" in reader.page.locator("main").inner_text()
    for part, words in (("aggiornamenti/1/", "Il forno è acceso"), ("immagini/", "Il banco")):
        reader.follow(f"main a[href*='{here}{part}']")
        assert words in reader.page.locator("main").inner_text(), part
        reader.check_access()
        reader.go(here)
    for part in ("aggiornamenti/", "domande/"):
        reader.go(here + part)
        reader.check_access()
    reader.go(here)
    reader.follow(f"main a[href*='{here}video/']")
    reader.check_access()
    assert not reader.sees("iframe")
    assert not [url for url in asked if not url.startswith(reader.site)]

    # Only the press asks the video's host for anything, which this machine does not know.
    reader.page.route(
        f"{PLAYER}**", lambda route: route.fulfill(body="<title>film</title>", content_type="text/html")
    )
    reader.follow("main a[href$='/avvia/']")
    frame = reader.seen("iframe")
    assert (frame.get_attribute("src") or "").startswith(PLAYER)
    assert [url for url in asked if not url.startswith(reader.site)]
    reader.faults[:] = [fault for fault in reader.faults if f"leaves this machine: {PLAYER}" not in fault]


def test_a_question_is_confirmed_by_mail_and_a_place_narrows_the_list(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    reader, email = visit(), "curiosa@example.org"
    reader.go(f"/progetti/{campaign['slug']}/domande/chiedi/")
    reader.follow(SEND)
    assert reader.sees("#errors")
    reader.check_access()
    reader.fill(text="Si può venire con i bambini?", email=email)
    reader.follow(SEND)
    reader.go(letter_link(platform, email, "/domande/"))
    reader.check_access()
    reader.follow(SEND)
    asked = platform.rows("SELECT text FROM campaigns_question WHERE status = 'waiting'")
    assert asked == [("Si può venire con i bambini?",)]

    reader.go("/progetti/")
    reader.seen(".filters__more summary").click()
    reader.fill(around="Lambrate")
    with reader.page.expect_response(lambda answer: "around=Lambrate" in answer.url):
        reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector(".listing__near")
    reader.check_access()


def test_a_gift_for_somebody_else_sends_a_card_and_asks_the_giver_about_news(
    platform: Running, visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    giver, friend, email = visit(), visit(), "regalo@example.org"
    giver.go(f"/progetti/{campaign['slug']}/dona/")
    choose(giver, 20, email)
    assert not giver.page.locator("[name=wants_news]").is_checked()
    giver.page.locator("[name=wants_news]").check()
    giver.seen("details.more summary").click()
    giver.fill(
        dedicated_name="Eva Riva", dedicated_email="eva-riva@example.org", dedicated_greeting="Auguri!"
    )
    giver.check_access()
    giver.follow("form[data-promise-form] button[type=submit]")
    pay(giver)
    assert giver.sees(SETTLED)

    friend.go(letter_link(platform, "eva-riva@example.org", "/donazioni/cartolina/"))
    assert "Auguri!" in friend.page.locator("main").inner_text()
    friend.check_access()
    friend.follow(SEND)
    assert "Eva Riva" not in friend.page.locator("main").inner_text()

    giver.go(letter_link(platform, email, "/seguo/"))
    giver.follow(SEND)
    giver.check_access()
    assert platform.rows("SELECT wish, status FROM campaigns_follow WHERE email = %s", email) == [
        ("news", "confirmed")
    ]


def test_a_screen_reader_meets_the_gift_in_its_order_and_hears_what_changes(
    visit: Callable[..., Visitor], campaign: dict[str, Any]
) -> None:
    reader = visit()
    reader.go("/progetti/")
    reader.page.get_by_role("search", name="Cerca tra i progetti").get_by_label("Parole chiave").fill("zzzz")
    reader.page.keyboard.press("Enter")
    reader.page.get_by_role("status").filter(has_text=re.compile("0 progetti|Nessun")).wait_for()

    reader.go(f"/progetti/{campaign['slug']}/dona/")
    heard = reader.page.get_by_role("main").aria_snapshot()
    order = [
        'heading "La tua donazione" [level=1]',
        'group "Quanto vuoi donare?"',
        'radio "20 €" [checked]',
        'textbox "E-mail"',
        'checkbox "Mostra il mio nome tra i sostenitori"',
        'checkbox "Scrivetemi anche le novità del progetto"',
        'button "Vai al pagamento"',
    ]
    places = [heard.find(words) for words in order]
    assert -1 not in places and places == sorted(places), (places, heard)
    said = reader.page.locator("[aria-live=polite]")
    before = said.inner_text()
    reader.page.get_by_role("radio", name="50 €").check(force=True)
    assert "50" in said.inner_text() and said.inner_text() != before
    reader.page.get_by_role("button", name="Vai al pagamento").click()
    alert = reader.page.get_by_role("alert")
    alert.get_by_role("link", name="E-mail").click()
    assert reader.page.get_by_role("textbox", name="E-mail").evaluate("one => one === document.activeElement")
    assert reader.page.get_by_role("textbox", name="E-mail").get_attribute("aria-invalid") == "true"
