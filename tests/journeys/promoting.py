"""What a promoter does: sign up, register a body, apply, write the page, connect Stripe, submit."""

import re

from tests.journeys.browser import Visitor
from tests.journeys.mailbox import wait_for_letter
from tests.journeys.picture import picture_bytes
from tests.journeys.running import Running

SEND = "main form[method=post] button[type=submit]"


def sign_up(person: Visitor, platform: Running, email: str, password: str) -> None:
    """Make an account and confirm its address by the link in the mail."""
    person.go("/account/signup/")
    person.fill(email=email, password1=password, password2=password)
    person.follow("form.account-form button[type=submit]")
    letter = wait_for_letter(platform.mail, email, "/account/confirm-email/")
    link = re.search(rf"{re.escape(platform.site)}(/account/confirm-email/\S+)", letter.body)
    assert link, letter.body
    person.go(link[1])
    person.check_access()
    person.follow(SEND)
    person.sign_in(email, password)


def register_body(person: Visitor, **fields: str) -> None:
    """Fill in the form about a body, which stands before the application."""
    assert "/organizzazioni/nuova/" in person.page.url, person.page.url
    person.fill(**fields)
    person.follow(SEND)
    assert not person.sees("#errors"), person.page.locator("main").inner_text()


def apply(person: Visitor, theme: str, **fields: str) -> str:
    """Write the application step by step, submit it, and return the address of its page."""
    person.fill(title=fields["title"])
    person.follow(SEND)
    person.page.locator("[name=theme]").select_option(label=theme)
    go_on(person, summary=fields["summary"], campaign_text=fields["campaign_text"])
    person.page.locator(f"[name=borough][value='{fields['borough']}']").check(force=True)
    go_on(person, place=fields["place"], beneficiaries="Chi abita qui intorno")
    go_on(person, duration_months=fields["duration_months"], title="Lavori", first_month="1", months="2")
    go_on(person, category="works", description="Il forno", amount=fields["cost_cents"])
    person.go(person.page.url.replace("/partner/", "/dichiarazioni/"))
    for tick in person.page.locator("main input[type=checkbox]").all():
        tick.check()
    go_on(person)
    person.check_access()
    person.follow("form:has([name=read]) button[type=submit]")
    return person.page.url


def go_on(person: Visitor, **fields: str) -> None:
    """Fill in a step and go on to the next."""
    person.check_access()
    person.fill(**fields)
    here = person.page.url
    person.follow("button[name=go][value=next]")
    assert person.page.url != here, person.page.locator("main").inner_text()


def write_page(person: Visitor, story: str, image_alt: str) -> None:
    """Write the campaign's page, with a picture."""
    person.fill(story=story, image_alt=image_alt)
    picture = {"name": "forno.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes()}
    person.page.locator("[name=image]").set_input_files(files=[picture])
    person.follow("form[enctype='multipart/form-data'] button[type=submit]")


def connect_stripe(person: Visitor) -> None:
    """Go from the campaign's checklist through Stripe's page and back."""
    person.follow("a[href$='/pagamenti/']")
    person.check_access()
    person.follow(SEND)
    assert "/setup/" in person.page.url, person.page.url
    person.follow("form[action^='/setup/'] button")
    assert person.page.url.rstrip("/").endswith("/pagamenti"), person.page.url
    assert person.sees(".message--success")


def submit_page(person: Visitor) -> None:
    """Hand the campaign's page to the officers."""
    person.follow("form[action$='/invia/'] button")
