"""Photograph every page of a running demo at three widths: `make screenshots`, or `python -m demo.screenshots home donate`.

The demo is the one at SITE (http://127.0.0.1:PORT, PORT as for `make demo`); where none answers, one is started and ended.
Pictures go to var/screenshots/<width>/<page>.png; SCHEME=dark takes them in the dark, SCRIPTS=off without
JavaScript, WIDTHS=390 at that width only.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from demo.chromium import find_chromium
from demo.pages import FLAGS, OF_PEOPLE, STATES, first_in_state, pages_of, running, sign_in, site_address

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "screenshots"
WIDTHS = {390: 844, 768: 1024, 1280: 900}


def main() -> int:
    """Take the pictures, all or those named; return the exit code."""
    site = site_address()
    chromium = find_chromium()
    if not chromium:
        print("No Chromium was found: run `python -m demo.chromium`.", file=sys.stderr)
        return 1
    wanted = set(sys.argv[1:])
    with running(site), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for width in _widths():
            _photograph(browser, site, width, WIDTHS[width], wanted)
        browser.close()
    print(f"The pictures are in {FOLDER.relative_to(ROOT)}.")
    return 0


def _widths() -> list[int]:
    """Return the widths asked for."""
    return [width for width in WIDTHS if str(width) in os.environ.get("WIDTHS", "390,768,1280").split(",")]


def _photograph(browser: Browser, site: str, width: int, height: int, wanted: set[str]) -> None:
    """Take every wanted page at one width."""
    people = ["", *dict.fromkeys(person for person, _path, _link in OF_PEOPLE.values())]
    for person in people:
        pages = pages_of(person)
        if wanted and not wanted & set(pages) and not (person == "" and wanted & set(STATES)):
            continue
        context = browser.new_context(
            base_url=site,
            locale="it-IT",
            timezone_id="Europe/Rome",
            viewport={"width": width, "height": height},
            color_scheme="dark" if os.environ.get("SCHEME") == "dark" else "light",
            java_script_enabled=os.environ.get("SCRIPTS") != "off",
            reduced_motion="reduce",
        )
        page = context.new_page()
        if person:
            sign_in(page, person)
        else:
            pages |= {state: (first_in_state(page, state), "") for state in STATES}
        for name, (path, link) in pages.items():
            if (not wanted or name in wanted) and path:
                _take(page, name, path, link, width)
        context.close()


def _take(page: Page, name: str, path: str, link: str, width: int) -> None:
    """Open a page, load all its pictures, and keep it as it looks."""
    page.goto(path)
    if link and page.locator(link).count():
        page.goto(page.locator(link).first.get_attribute("href") or path)
    page.locator("img[loading=lazy]").evaluate_all("all => all.forEach(one => { one.loading = 'eager' })")
    page.wait_for_load_state("networkidle")
    folder = FOLDER / str(width)
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


if __name__ == "__main__":
    raise SystemExit(main())
