"""The desk at work: a clerk, a member with a conflict, the president, and the officer who confirms what another proposes."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys import desk
from tests.journeys.browser import Visitor
from tests.journeys.running import Running
from tests.journeys.waiting import until

pytestmark = pytest.mark.journey

SCENES = "tests.journeys.desk_stage"
CHECKS = f"{desk.DESK}/vetting/eligibilitycheck/"
FILES = f"{desk.DESK}/vetting/myfile/"
BUTTON = "button[name=do][value={}]"
#: What the clerk lets an organization change.
PARTS = ("organization", "partners", "title")


@pytest.fixture(scope="module")
def scene(platform: Running) -> dict[str, Any]:
    """Return a person of each role, and what waits for each of them."""
    return platform.stage("offices", SCENES)


def came(visit: Callable[..., Visitor], scene: dict[str, Any], who: str, **manner: bool) -> Visitor:
    """Return an officer who has signed in at the desk."""
    officer = visit(**manner)
    desk.sign_in(officer, scene[who], scene["password"])
    officer.check_access()
    return officer


def test_a_clerk_goes_through_the_checks_with_the_keyboard_and_asks_for_what_is_missing(
    visit: Callable[..., Visitor], scene: dict[str, Any]
) -> None:
    clerk = came(visit, scene, "clerk", phone=False)
    clerk.follow(f"main a[href*='{CHECKS}'], #content-main a[href*='{CHECKS}']")
    clerk.check_access()
    clerk.follow(f"a[href*='{CHECKS}']:has-text('{scene['waiting'][0]}')")
    clerk.check_access()
    for title in scene["waiting"][1:]:
        clerk.press_on("Shift+ArrowRight")
        assert title in clerk.page.locator("h1").first.inner_text()
    clerk.press_on("Shift+ArrowLeft")
    assert scene["waiting"][1] in clerk.page.locator("h1").first.inner_text()

    clerk.follow("button[name=then][value=ask]")
    clerk.check_access()
    clerk.fill(reason="Manca l'indirizzo della sede.")
    # Ticked faster than the page answers: what follows tells of the last one too, and is what is confirmed.
    ticked = [clerk.page.locator(f"[name=fields_open][value={part}]") for part in PARTS]
    names = [one.evaluate("one => (one.click(), one.labels[0].innerText.trim())") for one in ticked]
    follows = clerk.page.locator("#what-follows")
    until(lambda: all(name in follows.inner_text() for name in names), f"what follows tells of {names}")
    clerk.follow(desk.CONFIRM)
    assert f"Richiesta inviata: {scene['waiting'][1]}" in clerk.page.locator("body").inner_text()
    for page in ("cerca/?q=controllare", "calls/application/", "calls/draft/", "calls/applicant/add/"):
        clerk.go(f"{desk.DESK}/{page}")
        clerk.check_access()


def test_a_member_declares_a_conflict_and_the_president_judges_and_closes(
    platform: Running, visit: Callable[..., Visitor], scene: dict[str, Any]
) -> None:
    member = came(visit, scene, "member")
    # The menu of a phone, by keys.
    member.page.get_by_role("button", name="Menu").first.press("Enter")
    until(member.page.locator(f"#nav-sidebar a[href='{FILES}']").is_visible, "the menu is open")
    member.go(FILES)
    member.check_access()
    member.follow(f"#result_list a[href*='{FILES}']")
    assert "/declare/" in member.page.url, member.page.url
    member.check_access()
    member.page.locator("[name=answer][value=conflict]").check()
    member.fill(text="Mia sorella lavora per questo ente.")
    member.follow(".desk-buttons button[type=submit]")
    assert "non" in member.page.locator("body").inner_text()
    platform.stage("others_judge", SCENES, round_key=scene["round_key"], president=scene["president"])

    president = came(visit, scene, "president", phone=False)
    president.go(scene["round"])
    president.check_access()
    judge_the_own_files(president)
    president.go(scene["round"])
    president.follow("a[href*='/sheets/'], a[href*='/scores']")
    president.check_access()
    president.go(scene["round"])
    president.follow("a[href*='/close']")
    president.check_access()
    president.follow(desk.CONFIRM)
    words = president.page.locator("body").inner_text()
    assert "SHA-256" in words, words


def judge_the_own_files(president: Visitor) -> None:
    """Declare, score and make final every file that waits."""
    for _file in range(2):
        president.go(f"{FILES}?queue=open")
        if not president.sees(f"#result_list a[href*='{FILES}']"):
            return
        president.follow(f"#result_list a[href*='{FILES}']")
        if "/declare/" in president.page.url:
            president.page.locator("[name=answer][value=none]").check()
            president.follow(".desk-buttons button[type=submit]")
        president.check_access()
        for number, points in enumerate(("40", "20", "10")):
            president.page.locator(".sheet__points").nth(number).fill(points)
        assert "70" in president.page.locator("[data-total]").inner_text()
        president.follow(BUTTON.format("final"))
        president.follow(BUTTON.format("confirm"))


def test_a_second_officer_confirms_what_another_has_proposed(
    visit: Callable[..., Visitor], scene: dict[str, Any]
) -> None:
    second = came(visit, scene, "second", phone=False)
    second.go(f"{desk.DESK}/vetting/decisionproposal/")
    second.check_access()
    second.go(f"{desk.DESK}/calls/call/{scene['call']}/change/")
    second.check_access()

    desk.confirm_decision(second, scene["unfit"])

    words = second.page.locator("body").inner_text()
    assert "Manca la firma" in words, words
