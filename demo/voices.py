"""What the demo's promoters tell, what citizens ask them, and what an officer hides."""

import tomllib
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign, CampaignUpdate, GalleryItem, Question
from campaigns.services import (
    answer_question,
    ask_question,
    confirm_question,
    edit_update,
    hide_words,
    look_at_words,
    publish_update,
    show_document,
    show_picture,
    write_update,
)
from demo.cast import STORY, People
from demo.documents import draw_page
from demo.history import History
from demo.pictures import draw

Story = dict[str, Any]


def tell(history: History, people: People, now: datetime) -> None:
    """Plan what story/voices.toml tells."""
    for campaign in tomllib.loads((STORY / "voices.toml").read_text())["campaigns"]:
        for update in campaign.get("updates", []):
            One(history, people, campaign["title"], update, now).plan_update()
        for item in campaign.get("shown", []):
            One(history, people, campaign["title"], item, now).plan_item()
        for question in campaign.get("questions", []):
            One(history, people, campaign["title"], question, now).plan_question()


class One:
    """One update or one question of a campaign, with what becomes of it."""

    def __init__(self, history: History, people: People, title: str, story: Story, now: datetime) -> None:
        self.history = history
        self.people = people
        self.title = title
        self.story = story
        self.now = now
        self.row: CampaignUpdate | GalleryItem | Question

    def plan_update(self) -> None:
        """Plan an update, its correction and the officer's look."""
        self._on("days_ago", self.publish)
        self._on("corrected_days_ago", self.correct)
        self._looked_at()

    def plan_question(self) -> None:
        """Plan a question, its answer, and that it is hidden or stands."""
        self._on("days_ago", self.ask)
        self._on("answered_days_ago", self.answer)
        self._on("hidden_days_ago", self.hide)
        self._looked_at()

    def plan_item(self) -> None:
        """Plan a picture or a document, and the officer's look."""
        self._on("days_ago", self.show)
        self._looked_at()

    def _on(self, name: str, step: Any) -> None:
        """Put a step into the history where the story names its day."""
        if name in self.story:
            self.history.at(self.now - timedelta(days=self.story[name]), step)

    def _looked_at(self) -> None:
        """Have an officer look at what is older than some days and not hidden."""
        last = min(value for name, value in self.story.items() if name.endswith("days_ago"))
        if last > 4 and "hidden" not in self.story:
            self.history.at(self.now - timedelta(days=last - 1), self.look)

    @property
    def campaign(self) -> Campaign:
        """Return the campaign it is about."""
        return Campaign.objects.get(application__title=self.title)

    def publish(self, when: datetime) -> None:
        """Write an update and publish it."""
        campaign, story = self.campaign, self.story
        words = {"title": story["subject"], "text": story["text"]}
        if "scene" in story:
            picture = ContentFile(
                draw(story["seed"], story["scene"]), name=f"{campaign.slug}-{story['seed']}.jpg"
            )
            words |= {"image": picture, "image_alt": story["image_alt"]}
        update = write_update(campaign=campaign, by=campaign.application.author, now=when, **words)
        self.row = publish_update(update=update, now=when)

    def correct(self, when: datetime) -> None:
        """Put an update right."""
        by = self.campaign.application.author
        self.row = edit_update(update=self.row, by=by, now=when, text=self.story["correction"])

    def show(self, when: datetime) -> None:
        """Add a picture or a document."""
        campaign, story = self.campaign, self.story
        by = campaign.application.author
        if "document" in story:
            page = SimpleUploadedFile(f"{story['document']}.pdf", draw_page(story["document"]))
            self.row = show_document(campaign=campaign, upload=page, words=story["document"], by=by, now=when)
            return
        picture = ContentFile(
            draw(story["seed"], story["scene"]), name=f"{campaign.slug}-{story['seed']}.jpg"
        )
        self.row = show_picture(campaign=campaign, image=picture, words=story["words"], by=by, now=when)

    def ask(self, when: datetime) -> None:
        """Ask and press the mailed link."""
        question = ask_question(
            campaign=self.campaign,
            text=self.story["text"],
            name=self.story["name"],
            email=f"lettore{len(self.story['text'])}@example.org",
            language="it",
            now=when,
        )
        self.row = confirm_question(question=question, now=when)

    def answer(self, when: datetime) -> None:
        """Answer as the promoter."""
        by = self.campaign.application.author
        self.row = answer_question(question=self.row, text=self.story["answer"], by=by, now=when)

    def hide(self, when: datetime) -> None:
        """Hide it as an officer."""
        hide_words(row=self.row, reason=self.story["hidden"], by=self.people.officer, now=when)

    def look(self, when: datetime) -> None:
        """Let it stand as an officer."""
        look_at_words(row=self.row, by=self.people.officer, now=when)
