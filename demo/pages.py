"""The pages of a running demo, who looks at them, and the browser that does: for pictures and for the audit of the pages."""

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

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
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


def site_address() -> str:
    """Return where the demo to look at answers: SITE, else this machine at PORT."""
    return os.environ.get("SITE", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")


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


def pages_of(person: str) -> dict[str, tuple[str, str]]:
    """Return the pages a person is shown, each with the link to follow there."""
    if not person:
        return {name: (path, "") for name, path in PUBLIC.items()}
    return {name: (path, link) for name, (who, path, link) in OF_PEOPLE.items() if who == person}


def first_in_state(page: Page, state: str) -> str:
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
