"""Real Chromium, and visitors who notice everything that is wrong on the pages they see."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, Response

from tests.journeys.waiting import until

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
#: The narrowest screen a page has to fit without scrolling sideways (WCAG 2.2, 1.4.10), in CSS pixels.
NARROWEST = 320
PATIENCE_MS = 30_000

#: Answers that say "correct this": of the site's forms, to a refused card, and to a text somebody else has overtaken.
CORRECTIONS = (402, 409, 422)
GRAVE = ("serious", "critical")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}

#: Names what is wider than the screen.
GUILTY = """function guilty() {
  const inside = [...document.querySelectorAll("body *")];
  const last = inside.filter((one) => one.getBoundingClientRect().right > innerWidth + 1).pop();
  return last && last.outerHTML.slice(0, 200);
}"""
#: Runs in every page: what breaks the policy or is wider than a phone becomes an error of the console.
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy broken: ${event.violatedDirective} by ${event.blockedURI || event.sample}`);
});
addEventListener("load", () => requestAnimationFrame(() => {
  const wide = document.documentElement.scrollWidth;
  if (innerWidth <= 390 && wide > innerWidth) {
    console.error(`scrolls sideways: ${wide} pixels wide, because of ${GUILTY()}`);
  }
  window.sidewaysChecked = true;
}));
""".replace("GUILTY", f"({GUILTY})")

#: The script above comes to every frame, and the one that shows an officer the layout of a mail runs none.
OWN_SCRIPT_REFUSED = "Blocked script execution in 'about:srcdoc' because the document's frame is sandboxed"


class Visitor:
    """One person with a browser of their own; `faults` collects what should not have been on the pages."""

    def __init__(self, browser: Browser, site: str, *, phone: bool = True, javascript: bool = True) -> None:
        self.site = site
        self.faults: list[str] = []
        self.context = browser.new_context(
            base_url=site,
            locale="it-IT",
            timezone_id="Europe/Rome",
            viewport=PHONE if phone else DESK,
            java_script_enabled=javascript,
            # Behind nginx the certificate is of this run alone.
            ignore_https_errors=site.startswith("https://"),
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(WATCH)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.faults.append(f"{self.page.url}: {error.error}"))
        self.context.on("request", self._watch_request)
        self.context.on("response", self._watch_response)
        self.page = self.context.new_page()
        #: What the person signs in with, when a page asks again.
        self.password = ""

    # --- Going about ----------------------------------------------------------------------------------------------

    def go(self, path: str) -> Page:
        """Open a page of the site, which has to answer well."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path} answers {answer.status}"
        return self.page

    def follow(self, selector: str) -> Page:
        """Press the first thing that can be seen of a kind, and be where it leads."""
        with self.page.expect_navigation():
            self.seen(selector).click()
        return self.page

    def fill(self, **fields: str) -> None:
        """Type into fields, each by its name."""
        for name, text in fields.items():
            field = self.seen(f"main [name='{name}'], form [name='{name}']")
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.fill(text)

    def seen(self, selector: str) -> Locator:
        """Return the first visible thing of a kind."""
        return self.page.locator(selector).locator("visible=true").first

    def sees(self, selector: str) -> bool:
        """Say whether something of a kind can be seen now."""
        return self.page.locator(selector).locator("visible=true").count() > 0

    def reload_until(self, selector: str, seconds: float = 40) -> None:
        """Open the page again and again until it shows something."""

        def look() -> bool:
            return self.sees(selector) or (self.page.reload() is not None and self.sees(selector))

        until(look, f"{selector} on {self.page.url}", seconds)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in at the site's own door."""
        self.password = password
        self.go("/account/login/")
        self.fill(login=email, password=password)
        self.follow("form.account-form button[type=submit]")
        assert "/account/login" not in self.page.url, self.page.locator("main").inner_text()

    def tab_to(self, selector: str, most: int = 80) -> None:
        """Press the tab key until the keyboard is where it has to be."""
        wanted = self.page.locator(selector).and_(self.page.locator(":focus"))
        for _ in range(most):
            if wanted.count():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the tab key does not lead to {selector} on {self.page.url}")

    def press_on(self, key: str) -> None:
        """Press a key that leads to another page, and be there."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    # --- Looking closely ------------------------------------------------------------------------------------------

    def check_access(self) -> None:
        """Have axe look at the page: nothing serious may keep a person out."""
        results = Axe().run(self.page, options=RULES)
        for violation in results.response["violations"]:
            if violation["impact"] in GRAVE:
                where = "; ".join(node["html"][:200] for node in violation["nodes"][:3])
                self.faults.append(f"{self.page.url}: axe {violation['id']} ({violation['impact']}): {where}")
        self._check_reflow()

    def _check_reflow(self) -> None:
        """See that the page needs no sideways scrolling on the narrowest screen."""
        usual = self.page.viewport_size
        assert usual
        self.page.set_viewport_size({**usual, "width": NARROWEST})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > NARROWEST:
            guilty = self.page.evaluate(f"({GUILTY})()")
            self.faults.append(
                f"{self.page.url}: {wide} pixels wide on a screen of {NARROWEST}, because of {guilty}"
            )
        self.page.set_viewport_size(usual)

    def keep(self, path: Path) -> None:
        """Save what the page looks like, and its text, for whoever has to find out."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=f"{path}.png", full_page=True)
        Path(f"{path}.html").write_text(f"<!-- {self.page.url} -->\n{self.page.content()}")

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        refused = re.search(r"responded with a status of (\d+)", message.text)
        if refused and int(refused[1]) in CORRECTIONS:
            return
        if message.text.startswith(OWN_SCRIPT_REFUSED):
            return
        where = message.location.get("url", "") if message.location else ""
        self.faults.append(f"{self.page.url}: console: {message.text} ({where})")

    def _watch_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.faults.append(f"{self.page.url}: a request leaves this machine: {request.url}")

    def _watch_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url} answers {response.status}")


def launch(playwright: Playwright, program: str) -> Browser:
    """Start a Chromium that speaks to this machine alone."""
    return playwright.chromium.launch(executable_path=program, args=FLAGS, headless=True)
