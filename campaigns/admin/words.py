"""The lists of what is said and shown on campaigns' pages, with what waits for an officer's look."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.decorators import display

from campaigns.admin.moderation import SHORT, WordsAdmin
from campaigns.models import CampaignUpdate, GalleryItem, Question
from campaigns.models.moderated import Moderated
from civicfund.desk import Queue, after, everything, moment_column
from civicfund.templatetags.markdown import markdown

LOOK_DAYS = Moderated.LOOKED_AT_WITHIN.days


def hidden_queue(empty: Any) -> Queue:
    """Return the queue of what is hidden."""
    return Queue("hidden", _("Hidden"), lambda rows, now: rows.hidden(), empty)


@admin.register(CampaignUpdate)
class CampaignUpdateAdmin(WordsAdmin):
    """Look at what promoters tell."""

    list_display = ("title", "campaign", "published_shown", "corrected_shown", "hidden_shown")
    search_fields = ("title", "text", "campaign__title")
    search_help_text = _("Words or campaign")
    ordering = ("published_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "campaign_link",
                    "title",
                    "prose",
                    "picture",
                    ("published_shown", "corrected_shown"),
                    "earlier",
                    "reports",
                    ("looked_shown", "looked_by"),
                    ("hidden_shown", "hidden_by"),
                    "hidden_reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "new",
            _("To look at"),
            lambda rows, now: rows.to_look_at(),
            _("Every update has been looked at."),
            waits=_("Updates of campaigns to look at"),
            icon="feed",
            due=after("published_at", days=LOOK_DAYS),
            steps=("hide",),
        ),
        hidden_queue(_("No update is hidden.")),
        everything(pgettext_lazy("masculine", "All"), _("No promoter has told anything yet.")),
    )
    published_shown = moment_column("published_at", _("published at"))
    corrected_shown = moment_column("corrected_at", _("corrected at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out drafts: they are the promoter's own."""
        return super().get_queryset(request).published()

    @display(description=_("text"))
    def prose(self, update: CampaignUpdate) -> str:
        """Show the text as everybody reads it."""
        return format_html('<div class="desk-prose">{}</div>', markdown(update.text))

    @display(description=_("picture"))
    def picture(self, update: CampaignUpdate) -> str:
        """Show the picture with its description."""
        if not update.image:
            return "–"
        drawn = '<img class="desk-picture" src="{}" alt="{}">'
        return format_html(drawn, update.image.url, update.image_alt)


@admin.register(Question)
class QuestionAdmin(WordsAdmin):
    """Look at what citizens ask and promoters answer."""

    list_display = ("short", "campaign", "confirmed_shown", "answered_shown", "hidden_shown")
    search_fields = ("text", "answer", "campaign__title")
    search_help_text = _("Words or campaign")
    ordering = ("confirmed_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "campaign_link",
                    "text",
                    ("name", "confirmed_shown"),
                    "answer",
                    ("answered_shown", "corrected_shown"),
                    "earlier",
                    "reports",
                    ("looked_shown", "looked_by"),
                    ("hidden_shown", "hidden_by"),
                    "hidden_reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "new",
            _("To look at"),
            lambda rows, now: rows.to_look_at(),
            _("Every question has been looked at."),
            waits=_("Questions about campaigns to look at"),
            icon="forum",
            due=after("confirmed_at", days=LOOK_DAYS),
            steps=("hide",),
        ),
        Queue(
            "unanswered",
            _("Without an answer"),
            lambda rows, now: rows.waiting(),
            _("Every question has its answer."),
        ),
        hidden_queue(_("No question is hidden.")),
        everything(pgettext_lazy("feminine", "All"), _("Nobody has asked anything yet.")),
    )
    confirmed_shown = moment_column("confirmed_at", _("asked at"))
    answered_shown = moment_column("answered_at", _("answered at"))
    corrected_shown = moment_column("corrected_at", _("corrected at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what nobody has confirmed."""
        return super().get_queryset(request).confirmed()

    @display(description=_("question"))
    def short(self, question: Question) -> str:
        """Show how it begins."""
        return truncatechars(question.text, SHORT)


@admin.register(GalleryItem)
class GalleryItemAdmin(WordsAdmin):
    """Look at what promoters show."""

    list_display = ("words", "kind", "campaign", "added_shown", "hidden_shown")
    list_filter = ("kind",)
    search_fields = ("words", "address", "file_name", "campaign__title")
    search_help_text = _("Words or campaign")
    ordering = ("added_at", "pk")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "campaign_link",
                    ("kind", "added_shown"),
                    "words",
                    "shown",
                    "reports",
                    ("looked_shown", "looked_by"),
                    ("hidden_shown", "hidden_by"),
                    "hidden_reason",
                )
            },
        ),
    )
    queues = (
        Queue(
            "new",
            _("To look at"),
            lambda rows, now: rows.to_look_at(),
            _("Every picture, video and document has been looked at."),
            waits=_("Pictures, videos and documents to look at"),
            icon="photo_library",
            due=after("added_at", days=LOOK_DAYS),
            steps=("hide",),
        ),
        hidden_queue(_("No picture, video or document is hidden.")),
        everything(pgettext_lazy("masculine", "All"), _("No promoter has added anything yet.")),
    )
    added_shown = moment_column("added_at", _("added at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what its promoter has taken away."""
        return super().get_queryset(request).kept()

    @display(description=_("content"))
    def shown(self, item: GalleryItem) -> str:
        """Show a picture, and lead to a video or a document."""
        if item.kind == GalleryItem.Kind.PICTURE:
            return format_html('<img class="desk-picture" src="{}" alt="{}">', item.image.url, item.words)
        if item.kind == GalleryItem.Kind.VIDEO:
            return format_html(
                '<a class="text-link" href="{}" rel="noopener">{}</a>', item.address, item.address
            )
        address = reverse("campaigns:campaign_document", args=[item.campaign.slug, item.pk])
        return format_html('<a class="text-link" href="{}">{}</a>', address, item.file_name)
