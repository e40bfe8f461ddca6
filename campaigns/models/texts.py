"""What a promoter writes beside the page itself: an easy version, and the same in other languages."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: What of a page can be translated.
PARTS = ("title", "summary", "story")


class PromoterTexts(models.Model):
    """The texts of a campaign in easy words and in other languages; columns of its own row, so that nothing is fetched."""

    easy_words = models.TextField(
        _("the project in easy words"),
        max_length=1200,
        blank=True,
        default="",
        help_text=_(
            "Short sentences and everyday words, as you would tell it to a child of twelve. Many people read only this."
        ),
    )
    #: By language, then by part; a part that is not there is shown as it was written first.
    translations = models.JSONField(_("translations"), default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def title_here(self) -> str:
        """Return the title in the reader's language, if the promoter has translated it."""
        return self._here("title")

    @property
    def summary_here(self) -> str:
        """Return the summary in the reader's language, if the promoter has translated it."""
        return self._here("summary")

    @property
    def story_here(self) -> str:
        """Return the story in the reader's language, if the promoter has translated it."""
        return self._here("story")

    @property
    def original_parts(self) -> set[str]:
        """Return what the reader gets in the city's own language, because nobody has translated it."""
        if self._language == settings.LANGUAGE_CODE:
            return set()
        return {part for part in PARTS if not self._translated(part)}

    @property
    def is_translated_here(self) -> bool:
        """Say whether the reader reads a translation by the promoter."""
        return any(self._translated(part) for part in PARTS)

    @property
    def _language(self) -> str:
        return (get_language() or settings.LANGUAGE_CODE)[:2]

    def _translated(self, part: str) -> str:
        return self.translations.get(self._language, {}).get(part, "")

    def _here(self, part: str) -> str:
        return self._translated(part) or getattr(self, part)
