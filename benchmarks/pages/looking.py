"""Look at every page of the demo in Chromium: with axe, and as the source the Nu Html Checker reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request

from demo.pages import OF_PEOPLE, STATES, first_in_state, pages_of, sign_in

PHONE = {"width": 390, "height": 844}
SCHEMES = ("light", "dark")
SEND = "main form[method=post] button[type=submit]"
CAMPAIGN = "/progetti/la-ciclofficina-che-insegna/"
#: Forms that are sent as they are, so that their page comes back with what is missing.
MISTAKEN = {
    "donate-mistaken": f"{CAMPAIGN}dona/",
    "follow-mistaken": f"{CAMPAIGN}segui/",
    "ask-mistaken": f"{CAMPAIGN}domande/chiedi/",
    "problem-mistaken": f"{CAMPAIGN}segnala/",
    "barrier-mistaken": "/accessibilita/segnala/",
    "find-gifts-mistaken": "/donazioni/ritrova/",
    "login-mistaken": "/account/login/",
    "signup-mistaken": "/account/signup/",
}
MORE = {
    "home-english": "/?lingua=en",
    "campaign-english": f"{CAMPAIGN}?lingua=en",
    "problem": f"{CAMPAIGN}segnala/",
    "signup": "/account/signup/",
    "password-forgotten": "/account/password/reset/",
    "follow-borough": "/municipi/3/segui/",
}
#: What axe looks for; every finding counts, the slight ones too.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Seen:
    """What was looked at, and what was found wrong."""

    pages: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def look(browser: Browser, site: str, sources: Path) -> Seen:
    """Open every page on a phone, in the light and in the dark; keep its source and what axe says of it."""
    seen = Seen()
    sources.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        for person in ("", *dict.fromkeys(who for who, _path, _link in OF_PEOPLE.values())):
            context = _context(browser, site, scheme)
            page = context.new_page()
            if person:
                sign_in(page, person)
            for name, source in _opened(page, person):
                seen.pages.append(f"{name} ({scheme})")
                seen.faults += _axe(page, f"{name} ({scheme})")
                if scheme == "light":
                    (sources / f"{name}.html").write_text(source)
            context.close()
    return seen


def _context(browser: Browser, site: str, scheme: str) -> BrowserContext:
    return browser.new_context(
        base_url=site,
        locale="it-IT",
        viewport=PHONE,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )


def _opened(page: Page, person: str) -> Iterator[tuple[str, str]]:
    """Open a person's pages one after the other; say which one is open, and what the server sent for it."""
    pages = pages_of(person)
    if not person:
        pages |= {name: (path, "") for name, path in MORE.items()}
        pages |= {f"list-{state}": (first_in_state(page, state), "") for state in STATES}
    for name, (path, link) in pages.items():
        if not path or name.startswith("desk-"):
            continue
        answer = page.goto(path)
        if link and page.locator(link).count():
            answer = page.goto(page.locator(link).first.get_attribute("href") or path)
        yield name, answer.text() if answer else ""
    for name, path in ({} if person else MISTAKEN).items():
        page.goto(path)
        with page.expect_navigation() as sent:
            page.locator(SEND).first.click()
        yield name, sent.value.text()


def _axe(page: Page, name: str) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{name}: {one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        for node in one["nodes"][:2]
    ]


def weights(browser: Browser, address: str) -> dict[str, int]:
    """Return the bytes a first visit to a page fetches, by kind, headers and all, as a phone with an empty cache does."""
    context = browser.new_context(viewport=PHONE, color_scheme="light")
    page, sums = context.new_page(), dict.fromkeys(("document", "stylesheet", "script", "font", "image"), 0)
    finished: list[Request] = []
    # Playwright cannot wrap a method of a list.
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(address, wait_until="networkidle")
    for request in finished:
        sizes = request.sizes()
        kind = request.resource_type if request.resource_type in sums else "document"
        sums[kind] += sizes["responseBodySize"] + sizes["responseHeadersSize"]
    context.close()
    return sums
