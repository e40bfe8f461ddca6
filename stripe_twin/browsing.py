"""Find the page of a path."""

import re

from stripe_twin import checkout_page, markup, onboarding_page
from stripe_twin.api import Answer, Request
from stripe_twin.twin import Twin

SESSION = re.compile(r"/c/(pay|3ds)/([A-Za-z0-9_]+)")
ONBOARDING = re.compile(r"/setup/([A-Za-z0-9_]+)/([A-Za-z0-9]+)(/leave)?")


def answer(twin: Twin, request: Request) -> Answer:
    """Return the page, the redirect or the 404 of a path outside the API."""
    if request.path == "/c/style.css":
        return markup.stylesheet()
    session = SESSION.fullmatch(request.path)
    if session:
        shown = checkout_page.answer if session[1] == "pay" else checkout_page.secure
        return shown(twin, request, session[2])
    onboarding = ONBOARDING.fullmatch(request.path)
    if onboarding:
        return onboarding_page.answer(twin, request, onboarding[1], onboarding[2], bool(onboarding[3]))
    return markup.message("unknown", "it", 404)
