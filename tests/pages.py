"""How the tests look at pages."""

import re

from django.http import HttpResponse
from django.test import Client

from accounts.models import User


def browser_of(person: User | None) -> Client:
    """Return the browser of a person, signed in if it is one of the cast."""
    browser = Client()
    if person:
        browser.force_login(person)
    return browser


def words_of(answer: HttpResponse) -> str:
    """Return what a page says, without its markup."""
    page = re.sub(r"(?s)<(script|style).*?</\1>", " ", answer.content.decode())
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", page))
