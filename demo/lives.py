"""The lives of the demo's projects, from the application to the outcome, as steps of its history."""

import tomllib
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from calls.models import Application, Call
from calls.services import submit_application
from campaigns.models import Campaign
from campaigns.services import (
    approve_campaign,
    deadline_after,
    draft_campaign,
    edit_campaign,
    return_campaign,
    submit_campaign,
    suspend_campaign,
)
from demo import outside
from demo.applying import write_application
from demo.cast import STORY, People
from demo.deciding import admit, exclude, find_admissible, find_inadmissible
from demo.documents import bring_documents
from demo.giving import Giving
from demo.history import History
from demo.partnering import take_part
from demo.pictures import draw
from donations.models import ConnectedAccount
from donations.services import start_onboarding, sync_account
from matching.services import open_campaign
from vetting.models import Decision
from vetting.services import ask_for_more

Story = dict[str, Any]

#: When applications came in and when they were decided, by application window.
SUBMITTED = {
    1: (datetime(2024, 11, 12, tzinfo=UTC), datetime(2025, 1, 28, tzinfo=UTC)),
    2: (datetime(2025, 6, 9, tzinfo=UTC), datetime(2025, 10, 30, tzinfo=UTC)),
}
DECIDED = {1: datetime(2025, 3, 20, 10, 0, tzinfo=UTC), 2: datetime(2026, 2, 16, 10, 0, tzinfo=UTC)}
ADMITTED_BECAUSE = (
    "Domanda completa e nei termini. Il progetto risponde a un bisogno riconoscibile, con costi credibili."
)
CALL, OPEN_CALL = "alleanze-di-quartiere", "cortili-aperti"
MORNING = time(9, 0)


def stories() -> list[Story]:
    """Return the campaigns' stories in the order of their files."""
    return [
        {**tomllib.loads(path.read_text()), "key": path.stem}
        for path in sorted((STORY / "campaigns").glob("*.toml"))
    ]


def waiting_applications() -> list[Story]:
    """Return the applications to the call that is open now."""
    found: list[Story] = tomllib.loads((STORY / "waiting.toml").read_text())["applications"]
    return found


def tell(history: History, people: People, story: Story, now: datetime) -> None:
    """Plan a project's life around `now`, the instant at which the demo begins."""
    life = Life(history, people, story, now)
    life.plan()


def tell_waiting(history: History, people: People, story: Story, now: datetime) -> None:
    """Plan an application to the open call, and what the office asks or excludes where the story says so; or a draft."""
    if "written_days_ago" in story:
        written = now - timedelta(days=story["written_days_ago"])
        history.at(written, lambda when: _draft(people, story, when))
        return
    kept: list[Application] = []
    submitted = now - timedelta(days=story["submitted_days_ago"], minutes=len(story["title"]))

    def apply(when: datetime) -> None:
        kept.append(_apply(people, story, OPEN_CALL, story["campaign_text"], when))

    def turn_down(when: datetime) -> None:
        find_inadmissible(people, kept[0], story["reason"], when - timedelta(hours=3))
        exclude(people, kept[0], story["reason"], when)

    history.at(submitted, apply)
    if "asked_days_ago" in story:
        asked = now - timedelta(days=story["asked_days_ago"])
        history.at(asked, lambda when: _ask(people, kept[0], story["asked"], when))
    if "excluded_days_ago" in story:
        history.at(now - timedelta(days=story["excluded_days_ago"]), turn_down)


def _ask(people: People, application: Application, asked: Story, when: datetime) -> None:
    """Ask the body of an application for what its story says is missing."""
    documents = application.call.document_requirements.filter(name__in=asked["documents"])
    ask_for_more(
        application=application,
        fields=asked["fields"],
        documents=documents,
        reason=asked["reason"],
        days=application.call.integration_days,
        by=people.officer,
        now=when,
    )


def _draft(people: People, story: Story, when: datetime) -> None:
    """Write an application that its body goes on writing."""
    _write(people, story, OPEN_CALL, story["campaign_text"], when)


class Life:
    """One project's life."""

    def __init__(self, history: History, people: People, story: Story, now: datetime) -> None:
        self.history = history
        self.people = people
        self.story = story
        self.scheme: dict[str, Any] = story["plan"]
        self.now = now
        self.rng = Random(story["key"])
        self.body = people.bodies[story["body"]]
        self.application: Application
        self.campaign: Campaign

    def plan(self) -> None:
        """Put the steps of this life into the history."""
        first, last = SUBMITTED[self.story["session"]]
        decided = DECIDED[self.story["session"]] + timedelta(minutes=self.rng.randrange(300))
        self.history.at(first + self.rng.random() * (last - first), self.apply)
        self.history.at(decided, self.admit)
        opens_at = self.opens_at()
        if opens_at:
            self.history.at(opens_at - timedelta(days=14), self.write_page)
            self.history.at(opens_at - timedelta(days=12), self.submit)
            self.history.at(opens_at - timedelta(days=7), partial(self.approve, opens_at))
            self.history.at(opens_at + timedelta(seconds=10), self.open)
        elif "submitted_days_ago" in self.scheme:
            submitted = self.now - timedelta(days=self.scheme["submitted_days_ago"])
            self.history.at(submitted - timedelta(days=1), self.write_page)
            self.history.at(submitted, self.submit)
        if "returned_days_ago" in self.scheme:
            self.history.at(self.now - timedelta(days=self.scheme["returned_days_ago"]), self.send_back)
        if "suspended_days_ago" in self.scheme:
            self.history.at(self.ends_at(opens_at), self.suspend)

    def opens_at(self) -> datetime | None:
        """Return when the campaign opens: at nine in the morning of its day, in the city's time."""
        scheme, today = self.scheme, timezone.localdate(self.now)
        if "opened_on" in scheme:
            day = scheme["opened_on"]
        elif "opened_days_ago" in scheme:
            day = today - timedelta(days=scheme["opened_days_ago"])
        elif scheme.get("closes") == "tonight":
            day = today - timedelta(days=scheme["days"] - 1)
        elif scheme.get("opens") == "tomorrow":
            day = today + timedelta(days=1)
        else:
            return None
        return datetime.combine(day, MORNING, timezone.get_default_timezone())

    def ends_at(self, opens_at: datetime) -> datetime:
        """Return when gifts end: at the suspension, at the deadline or now, whichever comes first."""
        if "suspended_days_ago" in self.scheme:
            return self.now - timedelta(days=self.scheme["suspended_days_ago"])
        return min(self.now, deadline_after(opens_at, self.scheme["days"]))

    def apply(self, when: datetime) -> None:
        """Write and hand in the application."""
        self.application = _apply(self.people, self.story, CALL, self.story["story"], when)

    def admit(self, when: datetime) -> None:
        """Admit the application, unless a ranking has, and draft its campaign, as the worker does a moment later."""
        decision = Decision.objects.filter(application=self.application).first()
        if decision is None:
            find_admissible(self.people, self.application, when)
            decision = admit(self.people, self.application, ADMITTED_BECAUSE, when)
        self.campaign = draft_campaign(decision=decision, now=when + timedelta(seconds=4))

    def write_page(self, when: datetime) -> None:
        """Finish the page and connect the body's account at Stripe."""
        story = self.story
        picture = ContentFile(draw(story["seed"], story["scene"]), name=f"{self.campaign.slug}.jpg")
        edit_campaign(campaign=self.campaign, now=when, image=picture, image_alt=story["image_alt"])
        self.history.twin.reach(when)
        start_onboarding(
            organization=self.body, return_url="http://localhost/", refresh_url="http://localhost/", now=when
        )
        account = ConnectedAccount.objects.get(organization=self.body)
        self.history.twin.order("onboard", account=account.stripe_account_id)
        sync_account(account=account, now=when)

    def submit(self, when: datetime) -> None:
        """Hand the page to the officers."""
        submit_campaign(campaign=self.campaign, now=when)

    def send_back(self, when: datetime) -> None:
        """Return the page with the officer's remarks."""
        return_campaign(
            campaign=self.campaign,
            by=self.people.officer,
            remarks=self.scheme["remarks"],
            on=self.scheme.get("remarks_on", {}),
            now=when,
        )

    def approve(self, opens_at: datetime, when: datetime) -> None:
        """Approve the page and schedule it."""
        approve_campaign(
            campaign=self.campaign,
            by=self.people.officer,
            opens_at=opens_at,
            days=self.scheme["days"],
            now=when,
        )

    def open(self, when: datetime) -> None:
        """Open the campaign and plan its gifts and its end."""
        self.campaign = open_campaign(campaign=self.campaign, now=when)
        giving = Giving(self.history, self.people, self.campaign, self.rng)
        giving.plan(self.story, start=when, end=self.ends_at(when))
        outside.plan(self.history, self.people, self.campaign, self.scheme.get("outside", []), self.now)

    def suspend(self, when: datetime) -> None:
        """Stop the campaign for the reason the public reads."""
        suspend_campaign(
            campaign=self.campaign, by=self.people.officer, reason=self.scheme["suspension_reason"], now=when
        )


def apply(people: People, story: Story, slug: str, when: datetime) -> Application:
    """Write an application whose text is its summary, and hand it in."""
    return _apply(people, story, slug, story["summary"], when)


def _apply(people: People, story: Story, slug: str, text: str, when: datetime) -> Application:
    """Write an application and hand it in."""
    application = _write(people, story, slug, text, when)
    return submit_application(application=application, by=application.author, now=when)


def _write(people: People, story: Story, slug: str, text: str, when: datetime) -> Application:
    """Write an application, with its partners, in the hours before an instant."""
    call, author = Call.objects.get(slug=slug), people.speaker_of(story["body"])
    application = write_application(
        call=call,
        organization=people.bodies[story["body"]],
        by=author,
        now=when - timedelta(hours=2),
        title=story["title"],
        summary=story["summary"],
        theme=call.themes.get(name=story["theme"]),
        borough=story["borough"],
        place=story["place"],
        cost_cents=story["cost_cents"],
        duration_months=story["duration_months"],
        campaign_text=text.strip(),
        support=story.get("support", {}),
    )
    take_part(application, story.get("partners", []), when)
    bring_documents(application, by=author, now=when - timedelta(hours=1))
    return application
