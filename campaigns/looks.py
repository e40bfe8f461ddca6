"""What a promoter has changed on a page since the officers gave it back."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from calls.differences import Difference, changed_lines
from campaigns.models import Campaign, PageReturn
from campaigns.services import page_of

LABELS: dict[str, Any] = {
    "title": _("Title"),
    "summary": _("Summary"),
    "story": _("Story"),
    "image": _("Picture"),
    "image_alt": _("What the picture shows"),
}


def last_return_of(campaign: Campaign) -> PageReturn | None:
    """Return the last time a campaign's page was given back."""
    return campaign.returns.select_related("returned_by").first()


def differences_since(last: PageReturn, campaign: Campaign) -> list[Difference]:
    """Return what a page says otherwise than when it was given back; of the story, only the paragraphs that changed."""
    before, now = last.page, page_of(campaign)
    changed = [name for name in LABELS if before.get(name, "") != now[name]]
    return [Difference(str(LABELS[name]), *_told(name, before.get(name, ""), now[name])) for name in changed]


def _told(name: str, before: str, now: str) -> tuple[list[str], list[str]]:
    """Return what a field said and says, as lines to be read; a picture by whether there is one."""
    if name == "image":
        return [str(_("the picture of then"))] if before else [], [str(_("another picture"))] if now else []
    if name == "story":
        return changed_lines(_paragraphs(before), _paragraphs(now))
    return [before] if before else [], [now] if now else []


def _paragraphs(text: str) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
