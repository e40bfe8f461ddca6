"""What an application says, part by part: collected once to be kept, told in the reader's language wherever it is read.

A version keeps what `content_of` returns. A part that joins later is simply missing from older versions; one that
changes its meaning raises `SCHEMA`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from calls import content_people
from calls.models import Application, ApplicationEvent, BudgetLine, Partner, StepKey
from calls.models.call import BOROUGHS
from civicfund.papers.models import KeptFile
from civicfund.templatetags.clock import to_the_second
from civicfund.templatetags.money import euro

SCHEMA = 1

Content = Mapping[str, Any]


class Part(NamedTuple):
    """One part of an application: the step it is written in, its name, and how it is collected and told."""

    key: str
    step: str
    label: Any
    #: Return plain values that JSON keeps.
    collect: Callable[[Application], Any]
    #: Return a line each, in the reader's language.
    tell: Callable[[Any], list[str]]
    is_text: bool = False
    #: Told only where there is something to tell.
    only_if_any: bool = False


class Told(NamedTuple):
    """A part as a reader meets it."""

    key: str
    step: str
    label: str
    lines: list[str]
    is_text: bool


def one_line(value: Any) -> list[str]:
    """Tell a value that is a line already; nothing when it is empty."""
    return [str(value)] if value not in ("", None) else []


def paragraphs(value: str) -> list[str]:
    """Tell a text by its paragraphs."""
    return [line.strip() for line in value.split("\n") if line.strip()]


def content_of(application: Application) -> dict[str, Any]:
    """Return all that an application says now, as a version keeps it."""
    settled = content_people.settled_parts(application)
    return {
        part.key: settled[part.key] if part.key in settled else part.collect(application) for part in PARTS
    }


def files_of(application: Application) -> list[dict[str, Any]]:
    """Return the files an application carries now, each with its SHA-256, in the order of the call's list."""
    attachments = application.attachments.current().select_related("requirement")
    documents = [
        _file(one.requirement.name, one)
        for one in attachments.order_by("requirement__position", "requirement_id", "pk")
    ]
    # As the call's own words are: in the city's language, whoever reads.
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Signed letter of mandate: %(name)s")
    signed = application.partners.present().exclude(status=Partner.Status.DECLINED).with_letters()
    return documents + [
        _file(title % {"name": partner.legal_name}, partner.letter)
        for partner in signed.order_by("pk")
        if partner.letter
    ]


def _file(title: str, kept: KeptFile) -> dict[str, Any]:
    """Return what a version keeps of a file."""
    return {"requirement": title, "name": kept.name, "size": kept.size_bytes, "sha256": kept.sha256}


def told(content: Content) -> Iterator[Told]:
    """Yield each part a content has, in the reader's language."""
    for part in PARTS:
        if part.key in content and (content[part.key] or not part.only_if_any):
            yield Told(part.key, part.step, str(part.label), part.tell(content[part.key]), part.is_text)


def _tell_borough(number: int | None) -> list[str]:
    """Tell a borough by its name."""
    return one_line(dict(BOROUGHS).get(number, number))


def _tell_months(months: int | None) -> list[str]:
    """Tell a duration."""
    return [ngettext("%(count)s month", "%(count)s months", months) % {"count": months}] if months else []


def _tell_cost(cents: int) -> list[str]:
    """Tell an amount in cents."""
    return [euro(cents)] if cents else []


def _activities(application: Application) -> list[dict[str, Any]]:
    """Return what is done when."""
    return [
        {"title": activity.title, "first_month": activity.first_month, "last_month": activity.last_month}
        for activity in application.activities.all()
    ]


def _tell_activities(activities: list[Content]) -> list[str]:
    """Tell what is done when, a line each."""
    return [
        _("%(title)s: months %(first)s to %(last)s")
        % {"title": one["title"], "first": one["first_month"], "last": one["last_month"]}
        for one in activities
    ]


def _lines(application: Application) -> list[dict[str, Any]]:
    """Return the expenses."""
    names = ("category", "description", "amount_cents", "eligible_cents")
    return [{name: getattr(line, name) for name in names} for line in application.budget_lines.all()]


def _tell_lines(lines: list[Content]) -> list[str]:
    """Tell the expenses, a line each."""
    categories = dict(BudgetLine.Category.choices)
    return [
        _("%(what)s (%(category)s): %(amount)s, of which eligible %(eligible)s")
        % {
            "what": line["description"],
            "category": categories.get(line["category"], line["category"]),
            "amount": euro(line["amount_cents"]),
            "eligible": euro(line["eligible_cents"]),
        }
        for line in lines
    ]


def _support(application: Application) -> list[dict[str, Any]]:
    """Return what is asked for beside co-funding."""
    asked = application.support_requests.select_related("offer").order_by("pk")
    return [{"offer": one.offer.name, "words": one.words} for one in asked]


def _tell_support(asked: list[Content]) -> list[str]:
    """Tell what is asked for, a line each."""
    return [f"{one['offer']}: {one['words']}" for one in asked]


def _declarations(application: Application) -> list[dict[str, str]]:
    """Return what was declared, in the words that stood on the page."""
    names = ("key", "title", "text", "call_version")
    return [{name: getattr(one, name) for name in names} for one in application.declarations.all()]


def _tell_declarations(declarations: list[Content]) -> list[str]:
    """Tell what was declared, a line each, with the version of the call that had these words."""
    return [
        _("%(title)s: %(text)s (version %(version)s of the call)")
        % {"title": one["title"], "text": one["text"], "version": one["call_version"]}
        if one.get("title")
        else str(one["text"])
        for one in declarations
    ]


def _office(application: Application) -> list[dict[str, str]]:
    """Return what the office has written for the body: which step, who, when and why."""
    wrote = application.events.filter(what=ApplicationEvent.What.DESK_WROTE).select_related("by")
    return [
        {"step": one.step, "by": str(one.by), "at": one.at.astimezone(UTC).isoformat(), "reason": one.reason}
        for one in wrote.order_by("at", "pk")
    ]


def tell_office(written: list[Content]) -> list[str]:
    """Tell what the office has written for the body, a line each."""
    steps = dict(StepKey.choices)
    return [
        _("%(step)s: %(who)s, %(when)s. Reason: %(reason)s")
        % {
            "step": steps.get(one["step"], one["step"]),
            "who": one["by"],
            "when": to_the_second(datetime.fromisoformat(one["at"])),
            "reason": one["reason"],
        }
        for one in written
    ]


#: In the order in which an application is read.
PARTS = (
    Part(
        "organization",
        "project",
        gettext_lazy("Who applies"),
        content_people.body,
        content_people.tell_body,
    ),
    Part(
        "representative",
        "project",
        gettext_lazy("Legal representative"),
        content_people.representative,
        content_people.tell_representative,
        only_if_any=True,
    ),
    Part(
        "statute",
        "project",
        gettext_lazy("Statute"),
        content_people.statute,
        content_people.tell_statute,
        only_if_any=True,
    ),
    Part(
        "office",
        "project",
        gettext_lazy("Written by the office for the organization"),
        _office,
        tell_office,
        only_if_any=True,
    ),
    Part("title", "project", gettext_lazy("Title"), lambda row: row.title, one_line),
    Part("summary", "project", gettext_lazy("Summary"), lambda row: row.summary, one_line),
    Part(
        "theme", "project", gettext_lazy("Theme"), lambda row: row.theme.name if row.theme else "", one_line
    ),
    Part(
        "campaign_text",
        "project",
        gettext_lazy("Text for the citizens"),
        lambda row: row.campaign_text,
        paragraphs,
        is_text=True,
    ),
    Part("support", "project", gettext_lazy("Asked for beside co-funding"), _support, _tell_support),
    Part("borough", "place", gettext_lazy("Borough"), lambda row: row.borough, _tell_borough),
    Part("place", "place", gettext_lazy("Place"), lambda row: row.place, one_line),
    Part(
        "beneficiaries",
        "place",
        gettext_lazy("Whom it serves"),
        lambda row: row.beneficiaries,
        paragraphs,
        is_text=True,
    ),
    Part("team", "place", gettext_lazy("Who carries it out"), lambda row: row.team, paragraphs, is_text=True),
    Part(
        "duration_months", "timeline", gettext_lazy("Duration"), lambda row: row.duration_months, _tell_months
    ),
    Part("activities", "timeline", gettext_lazy("Activities"), _activities, _tell_activities),
    Part("budget_lines", "budget", gettext_lazy("Expenses"), _lines, _tell_lines),
    Part("cost_cents", "budget", gettext_lazy("Project cost"), lambda row: row.cost_cents, _tell_cost),
    Part(
        "cofinancing",
        "budget",
        gettext_lazy("Who pays the co-financing"),
        lambda row: row.cofinancing,
        one_line,
    ),
    Part(
        "partners",
        "partners",
        gettext_lazy("Partners"),
        content_people.partners,
        content_people.tell_partners,
    ),
    Part("declarations", "declarations", gettext_lazy("Declarations"), _declarations, _tell_declarations),
)
