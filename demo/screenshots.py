"""Photograph every page of a running demo at three widths: `make screenshots`, or `python -m demo.screenshots home donate`.

The demo is the one at SITE (http://127.0.0.1:PORT, PORT as for `make demo`); where none answers, one is started and ended.
Pictures go to var/screenshots/<width>/<page>.png; SCHEME=dark takes them in the dark, SCRIPTS=off without
JavaScript, WIDTHS=390 at that width only.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from demo.chromium import find_chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "screenshots"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {390: 844, 768: 1024, 1280: 900}
#: The first start of a demo tells its whole story.
START_SECONDS = 1200
PASSWORD = "milano-demo"

PUBLIC = {
    "home": "/",
    "campaigns": "/progetti/",
    "campaigns-none": "/progetti/?q=zzzz&borough=7",
    "campaigns-found": "/progetti/?q=ciclofficna",
    "campaign": "/progetti/la-ciclofficina-che-insegna/",
    "campaign-share": "/progetti/la-ciclofficina-che-insegna/condividi/",
    "campaign-widget": "/progetti/la-ciclofficina-che-insegna/riquadro/",
    "campaign-updates": "/progetti/la-ciclofficina-che-insegna/aggiornamenti/",
    "campaign-update": "/progetti/la-ciclofficina-che-insegna/aggiornamenti/3/",
    "campaign-questions": "/progetti/la-ciclofficina-che-insegna/domande/",
    "campaign-hidden": "/progetti/un-forno-di-quartiere-in-via-padova/domande/",
    "campaign-ask": "/progetti/la-ciclofficina-che-insegna/domande/chiedi/",
    "donate": "/progetti/la-ciclofficina-che-insegna/dona/",
    "how-it-works": "/come-funziona/",
    "calls": "/bandi/",
    "call": "/bandi/cortili-aperti/",
    "call-of-2015": "/bandi/milano-2015/",
    "campaigns-near": "/progetti/?around=Lambrate",
    "statistics": "/statistiche/",
    "open-data": "/dati-aperti/",
    "find-gifts": "/donazioni/ritrova/",
    "cookies": "/cookie/",
    "barrier": "/accessibilita/segnala/",
    "privacy": "/privacy/",
    "accessibility": "/accessibilita/",
    "login": "/account/login/",
    "follow": "/progetti/la-ciclofficina-che-insegna/segui/",
    "components": "/componenti/",
    "not-found": "/niente/",
}
#: Pages of a person who has signed in: whose, where, and the first link to follow there, if any.
OF_PEOPLE = {
    "my-donations": ("donor@example.org", "/mie-donazioni/", ""),
    "thank-you": ("donor@example.org", "/mie-donazioni/", "main a[href^='/donazioni/']"),
    "my-campaigns": ("promoter@example.org", "/mie-campagne/", ""),
    "campaign-desk": ("promoter@example.org", "/mie-campagne/la-ciclofficina-che-insegna/", ""),
    "campaign-dashboard": (
        "promoter@example.org",
        "/mie-campagne/la-ciclofficina-che-insegna/andamento/",
        "",
    ),
    "my-updates": ("promoter@example.org", "/mie-campagne/la-ciclofficina-che-insegna/aggiornamenti/", ""),
    "my-update": ("promoter@example.org", "/mie-campagne/la-ciclofficina-che-insegna/aggiornamenti/3/", ""),
    "my-questions": ("promoter@example.org", "/mie-campagne/la-ciclofficina-che-insegna/domande/", ""),
    "my-gallery": ("promoter@example.org", "/mie-campagne/la-ciclofficina-che-insegna/immagini/", ""),
    "desk-updates": ("comunicazione@example.org", "/gestione/campaigns/campaignupdate/", ""),
    "desk-update": (
        "comunicazione@example.org",
        "/gestione/campaigns/campaignupdate/",
        "#result_list a[href*='/change/']",
    ),
    "desk-questions": ("comunicazione@example.org", "/gestione/campaigns/question/", ""),
    "my-applications": ("promoter@example.org", "/candidature/", ""),
    "my-organizations": ("promoter@example.org", "/organizzazioni/", ""),
}
#: One campaign in each state is photographed too: what the list calls the states.
STATES = ("open", "ending", "reached", "ended")


def main() -> int:
    """Take the pictures, all or those named; return the exit code."""
    site = os.environ.get("SITE", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
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


@contextmanager
def running(site: str) -> Iterator[None]:
    """Make sure that a demo answers at an address; end the one that had to be started."""
    if _answers(site):
        yield
        return
    port = site.rpartition(":")[2]
    print("- Starting the demo ...", flush=True)
    demo = subprocess.Popen([sys.executable, "-m", "demo"], cwd=ROOT, env={**os.environ, "PORT": port})
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(site):
            if demo.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"The demo did not answer at {site}.")
            time.sleep(1)
        yield
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait()


def _answers(site: str) -> bool:
    try:
        with urllib.request.urlopen(f"{site}/healthz", timeout=5):  # noqa: S310 - the address the person gave
            return True
    except (urllib.error.URLError, OSError):
        return False


def _photograph(browser: Browser, site: str, width: int, height: int, wanted: set[str]) -> None:
    """Take every wanted page at one width."""
    people = ["", *dict.fromkeys(person for person, _path, _link in OF_PEOPLE.values())]
    for person in people:
        pages = _pages_of(person)
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
            pages |= {state: (_first_in_state(page, state), "") for state in STATES}
        for name, (path, link) in pages.items():
            if (not wanted or name in wanted) and path:
                _take(page, name, path, link, width)
        context.close()


def _pages_of(person: str) -> dict[str, tuple[str, str]]:
    """Return the pages a person is shown, each with the link to follow there."""
    if not person:
        return {name: (path, "") for name, path in PUBLIC.items()}
    return {name: (path, link) for name, (who, path, link) in OF_PEOPLE.items() if who == person}


def _first_in_state(page: Page, state: str) -> str:
    """Return the address of the first campaign in a state, or nothing."""
    page.goto(f"/progetti/?state={state}")
    link = page.locator(".card-campaign__title a")
    return link.first.get_attribute("href") or "" if link.count() else ""


def sign_in(page: Page, person: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto("/account/login/")
    page.fill("[name=login]", person)
    page.fill("[name=password]", PASSWORD)
    page.click("form.account-form button[type=submit]")


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
