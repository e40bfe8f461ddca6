"""All that a member of the committee reads of an application on one screen: one version of it, as it was handed in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from calls.content import Told, told
from calls.differences import Difference
from calls.drawings import Gantt, gantt
from calls.examples import Example, example_of
from calls.models import Application, ApplicationVersion, Attachment, BudgetLine, Partner
from calls.models.call import BOROUGHS
from calls.version_differences import differences_between
from civicfund import boroughs

#: What has a place of its own on the screen, beside the parts that are told one after the other.
DRAWN = (
    "organization",
    "title",
    "summary",
    "campaign_text",
    "activities",
    "budget_lines",
    "cost_cents",
    "partners",
    "borough",
    "place",
)


class Activity(NamedTuple):
    """An activity as the drawing wants it."""

    title: str
    first_month: int
    months: int


class Expense(NamedTuple):
    """A line of the budget, amounts in cents."""

    category: str
    description: str
    amount_cents: int
    eligible_cents: int


class Ally(NamedTuple):
    """A partner, as the version names it."""

    name: str
    state: str
    part: str
    share_cents: int | None


class Shape(NamedTuple):
    """A borough on the map."""

    path: str
    is_chosen: bool


@dataclass(frozen=True)
class Dossier:
    """A version of an application, ready to be read."""

    version: ApplicationVersion
    parts: list[Told]
    expenses: list[Expense]
    example: Example
    chart: Gantt
    borough: str
    place: str
    partners: list[Ally]
    documents: list[Attachment]
    differences: list[Difference]
    earlier: list[Application]
    as_partner: list[Partner]

    @property
    def title(self) -> str:
        """Return the title of the project."""
        return self.version.title

    @property
    def summary(self) -> str:
        """Return the project in a sentence or two."""
        return str(self.version.content.get("summary", ""))

    @property
    def campaign_text(self) -> str:
        """Return what the citizens would read, in Markdown."""
        return str(self.version.content.get("campaign_text", ""))

    @property
    def facts(self) -> list[Told]:
        """Return the parts that are said in a line."""
        return [part for part in self.parts if not part.is_text and len(part.lines) == 1]

    @property
    def texts(self) -> list[Told]:
        """Return the parts that take more than a line."""
        return [part for part in self.parts if part.is_text or len(part.lines) > 1]

    @property
    def map(self) -> dict[str, Any]:
        """Return what draws the city with the project's borough."""
        chosen = self.version.content.get("borough")
        shapes = [Shape(boroughs.path(number), number == chosen) for number, _name in BOROUGHS]
        # The chosen one lies on top: its border is drawn whole.
        shapes.sort(key=lambda shape: shape.is_chosen)
        return {"shapes": shapes, "width": boroughs.WIDTH, "height": boroughs.HEIGHT}


def dossier_of(version: ApplicationVersion, *, judged: ApplicationVersion | None = None) -> Dossier:
    """Return a version to be read, with what it says otherwise than the version that was judged before."""
    content, application = version.content, version.application
    return Dossier(
        version=version,
        parts=[part for part in told(content) if part.key not in DRAWN and part.lines],
        expenses=list(_expenses(content.get("budget_lines", []))),
        example=example_of(version.call, content.get("cost_cents", 0)),
        chart=gantt(
            (
                Activity(one["title"], one["first_month"], one["last_month"] - one["first_month"] + 1)
                for one in content.get("activities", [])
            ),
            content.get("duration_months") or 1,
        ),
        borough=str(dict(BOROUGHS).get(content.get("borough"), "")),
        place=content.get("place", ""),
        partners=list(_allies(content.get("partners", []))),
        documents=_documents(version),
        differences=differences_between(judged, version) if judged else [],
        earlier=_earlier(application),
        as_partner=_as_partner(application),
    )


def _expenses(lines: list[dict[str, Any]]) -> Iterator[Expense]:
    """Yield the budget, categories in words."""
    names = dict(BudgetLine.Category.choices)
    for line in lines:
        category = str(names.get(line["category"], line["category"]))
        yield Expense(category, line["description"], line["amount_cents"], line["eligible_cents"])


def _allies(partners: list[dict[str, Any]]) -> Iterator[Ally]:
    """Yield the partners, their answers in words."""
    states = dict(Partner.Status.choices)
    for one in partners:
        state = str(states.get(one["status"], one["status"]))
        yield Ally(one["legal_name"], state, one["part"], one["share_cents"])


def _documents(version: ApplicationVersion) -> list[Attachment]:
    """Return the files the version was handed in with, in its order: known by their fingerprint."""
    kept = version.application.attachments.select_related("requirement").order_by("pk")
    files = {(one.requirement.name, one.sha256): one for one in kept}
    found = (files.get((file["requirement"], file["sha256"])) for file in version.files)
    return [one for one in found if one is not None]


def _earlier(application: Application) -> list[Application]:
    """Return what else the body has handed in, with what became of it, the newest first."""
    rows = Application.objects.filter(organization=application.organization).exclude(submitted_at=None)
    rows = rows.exclude(pk=application.pk).select_related("call", "decision")
    return list(rows.order_by("-submitted_at"))


def _as_partner(application: Application) -> list[Partner]:
    """Return the other bodies' applications in which the body takes part."""
    rows = Partner.objects.present().filter(tax_code=application.organization.tax_code)
    rows = rows.exclude(application__submitted_at=None).exclude(application=application)
    return list(rows.select_related("application__call", "application__organization"))
