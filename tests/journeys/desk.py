"""What an officer does at the desk, with the desk's own forms."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.journeys.browser import Visitor

DESK = "/gestione"
ROME = ZoneInfo("Europe/Rome")
#: The one button that acts: the other one only computes again.
CONFIRM = ".desk-buttons button[type=submit]:not([name])"


def sign_in(officer: Visitor, email: str, password: str) -> None:
    """Come to the desk, be led to the site's door, and be back at the desk after signing in."""
    officer.go(f"{DESK}/")
    assert "/account/login/" in officer.page.url, officer.page.url
    officer.check_access()
    officer.password = password
    officer.fill(login=email, password=password)
    officer.press_on("Enter")
    assert officer.page.url.endswith(f"{DESK}/"), officer.page.url


def write_call(officer: Visitor, fields: dict[str, str], opens_at: datetime, closes_at: datetime) -> None:
    """Write a call that every registered kind of body may apply to, with one window, one theme and one criterion."""
    officer.go(f"{DESK}/calls/call/add/")
    for name, text in fields.items():
        _open_tab_of(officer, f"[name='{name}']")
        officer.fill(**{name: text})
    _open_tab_of(officer, "[name=eligible_kinds]")
    for box in officer.page.locator("[name=eligible_kinds]:not([value=informal])").all():
        box.check()
    _add_row(officer, "sessions")
    for name, instant in (("opens_at", opens_at), ("closes_at", closes_at)):
        local = instant.astimezone(ROME)
        officer.fill(
            **{f"sessions-0-{name}_0": f"{local:%d/%m/%Y}", f"sessions-0-{name}_1": f"{local:%H:%M:%S}"}
        )
    _add_row(officer, "themes")
    officer.fill(**{"themes-0-name": "Botteghe e cortili"})
    _add_row(officer, "criteria")
    officer.fill(**{"criteria-0-name": "Utilità per il quartiere", "criteria-0-max_points": "100"})
    officer.follow("[name=_continue]:not(.desk-first)")
    assert "/change/" in officer.page.url, officer.page.locator("#content").inner_text()


def _open_tab_of(officer: Visitor, selector: str) -> None:
    """Open the tab of the call's page in which something stands."""
    panel = officer.page.locator(f".desk-tabs__panel:has({selector})").first
    officer.page.locator(f"#to-{(panel.get_attribute('id') or '').removeprefix('tab-')}").click()


def publish_call(officer: Visitor) -> None:
    """Publish the call whose page is open."""
    _take_step(officer, "publish")


def find_admissible(officer: Visitor, title: str) -> None:
    """Wait until the formal check of an application has begun, and find it admissible as the rules answer."""
    officer.go(f"{DESK}/vetting/eligibilitycheck/")
    link = f"a[href*='/vetting/eligibilitycheck/']:has-text('{title}')"
    officer.reload_until(link, seconds=90)
    officer.follow(link)
    officer.follow("button[name=then][value=admissible]")
    _confirm(officer)


def propose_to_admit(officer: Visitor, title: str, reason: str) -> None:
    """Find an application that waits and propose to admit it, with a reason."""
    officer.go(f"{DESK}/calls/application/")
    officer.follow(f"a[href*='/calls/application/']:has-text('{title}')")
    _begin_step(officer, "admit")
    officer.fill(reason=reason)
    _confirm(officer)


def confirm_decision(second: Visitor, title: str) -> None:
    """Find a decision that a colleague has proposed, and confirm it."""
    second.go(f"{DESK}/vetting/decisionproposal/")
    second.follow(f"a[href*='/vetting/decisionproposal/']:has-text('{title}')")
    _begin_step(second, "confirm")
    _confirm(second)


def approve(officer: Visitor, title: str, opens_at: datetime, days: int) -> None:
    """Find a campaign that waits, approve its page and say when it opens."""
    officer.go(f"{DESK}/campaigns/campaign/")
    officer.follow(f"a[href*='/campaigns/campaign/']:has-text('{title}')")
    _begin_step(officer, "approve")
    _foretell(officer, "days", str(days))
    _foretell(officer, "opens_at", f"{opens_at.astimezone(ROME):%Y-%m-%dT%H:%M}")
    _confirm(officer)


def _add_row(officer: Visitor, part: str) -> None:
    _open_tab_of(officer, f"#{part}-group")
    officer.seen(f"#{part}-group a.add-row").click()


def _take_step(officer: Visitor, name: str) -> None:
    _begin_step(officer, name)
    _confirm(officer)


def _begin_step(officer: Visitor, name: str) -> None:
    officer.follow(f"a[href*='/{name}']")
    if "/reauthenticate/" in officer.page.url:
        officer.fill(password=officer.password)
        officer.follow("form.account-form button[type=submit]")


def _foretell(officer: Visitor, name: str, value: str) -> None:
    """Change a field and wait until the page says what would follow now."""
    officer.page.locator("#what-follows").evaluate("one => { one.dataset.old = '' }")
    officer.fill(**{name: value})
    officer.page.locator(f"[name={name}]").blur()
    officer.page.wait_for_selector("#what-follows:not([data-old])")


def _confirm(officer: Visitor) -> None:
    """Act, and be back on the row's page."""
    officer.follow(CONFIRM)
    assert not officer.sees(CONFIRM), officer.page.locator("#content-main").inner_text()
