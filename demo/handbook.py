"""Photograph the desk for the officers' handbook: `make handbook`, or `python -m demo.handbook committee money`.

The demo is the one at SITE, or one that is started and ended, as for `make screenshots`. Pictures go to docs/pictures/handbook/,
small enough to lie beside the text: WebP, 1000 pixels wide.
"""

import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from demo.chromium import find_chromium
from demo.pages import FLAGS, ROOT, running, sign_in

FOLDER = ROOT / "docs" / "pictures" / "handbook"
SCREEN = {"width": 1280, "height": 900}
WIDTH = 1000
MOST_BYTES = 60_000
ROW = "#result_list tbody a[href*='/change/']"


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, where, and what is followed there."""

    name: str
    person: str
    path: str
    follow: tuple[str, ...] = ()


PICTURES = (
    Picture("first-page", "responsabile", ""),
    Picture("call", "responsabile", "calls/call/add/"),
    Picture("check", "istruttoria", "vetting/eligibilitycheck/", (ROW,)),
    Picture(
        "ask",
        "istruttoria",
        "vetting/eligibilitycheck/",
        (ROW, "button[name=then]:has-text('chiedi quello che manca')"),
    ),
    Picture("committee", "presidente", "vetting/round/", (ROW,)),
    Picture("sheet", "commissione", "vetting/myfile/?queue=all", (ROW,)),
    Picture("ranking", "responsabile", "vetting/ranking/?queue=all", (ROW,)),
    Picture("campaign", "responsabile", "campaigns/campaign/?queue=to_review", (ROW,)),
    Picture("approve", "responsabile", "campaigns/campaign/?queue=to_review", (ROW, "a[href*='/approve/']")),
    Picture("fund", "ragioneria", "calls/fund/", (ROW,)),
    Picture("money", "ragioneria", "donations/campaignmoney/?queue=to_pay_out", (ROW,)),
    Picture(
        "payout", "ragioneria", "donations/campaignmoney/?queue=to_pay_out", (ROW, "a[href*='/pay_out/']")
    ),
    Picture("refund", "ragioneria", "donations/donation/", (ROW, "a[href*='/give_back/']")),
    Picture("stop", "responsabile", "calls/call/", (ROW, "a[href*='/switch_off/']")),
    Picture("export", "ragioneria", "donations/donation/"),
    Picture("machine", "revisore", "macchina/"),
)


def main() -> int:
    """Take the pictures, all or those named; return the exit code."""
    site = os.environ.get("SITE", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
    chromium = find_chromium()
    if not chromium:
        print("No Chromium was found: run `python -m demo.chromium`.", file=sys.stderr)
        return 1
    wanted = [picture for picture in PICTURES if not sys.argv[1:] or picture.name in sys.argv[1:]]
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running(site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for person in dict.fromkeys(picture.person for picture in wanted):
            _photograph(browser, site, person, [one for one in wanted if one.person == person])
        browser.close()
    print(f"The pictures are in {FOLDER.relative_to(ROOT)}.")
    return 0


def _photograph(browser: Browser, site: str, person: str, pictures: list[Picture]) -> None:
    """Take what one person sees."""
    context = browser.new_context(
        base_url=site,
        locale="it-IT",
        timezone_id="Europe/Rome",
        viewport=SCREEN,
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    sign_in(page, f"{person}@example.org")
    for picture in pictures:
        _take(page, picture)
    context.close()


def _take(page: Page, picture: Picture) -> None:
    """Go there and keep what the screen shows."""
    page.goto(f"/gestione/{picture.path}")
    for selector in picture.follow:
        with page.expect_navigation():
            page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")
    size = _keep(page.screenshot(), FOLDER / f"{picture.name}.webp")
    print(f"{size:7} {picture.name}: {page.title()}")


def _keep(screenshot: bytes, path: Path) -> int:
    """Write a picture as small as it may be and return its bytes."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGB")
    picture = picture.resize((WIDTH, picture.height * WIDTH // picture.width), Image.Resampling.LANCZOS)
    for quality in (72, 60, 45, 30):
        picture.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            break
    return path.stat().st_size


if __name__ == "__main__":
    raise SystemExit(main())
