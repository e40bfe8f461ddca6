"""What a call has its applicants declare: a text of the call like its themes and documents, frozen with it."""

import hashlib
from typing import NamedTuple

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrgKind
from calls.models.call import Call
from calls.models.freeze import SAME_CALL, frozen_with_call

#: Bodies whose grant is State aid.
UNDERTAKINGS = (OrgKind.MSME, OrgKind.SOCIAL_ENTERPRISE)
ENGLISH = "en"
#: Of a SHA-256: as many signs as tell the wordings of one declaration apart.
MARK_SIGNS = 16


class Wording(NamedTuple):
    """A declaration as it is read in one language."""

    title: str
    text: str

    @property
    def mark(self) -> str:
        """Return what stands for exactly these words where a person ticks them."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:MARK_SIGNS]


class DeclarationText(models.Model):
    """A declaration asked of some bodies or of all of them, in the words a person makes their own.

    Source: DPR 445/2000 art. 46 and 47, declarations in place of certificates.
    """

    class AskedOf(models.TextChoices):
        EVERYBODY = "everybody", _("whoever applies")
        #: What a group of citizens cannot say, since it is no body yet.
        BODIES = "bodies", _("bodies, not groups of citizens")
        GROUPS = "groups", _("groups of citizens only")
        #: Whose grant is State aid.
        UNDERTAKINGS = "undertakings", _("enterprises and social enterprises only")

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="declaration_texts")
    #: The same from one version of the call to the next, whatever the words are.
    key = models.SlugField(_("name for machines"), max_length=30)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), max_length=1000)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    text_en = models.TextField(
        _("text in English"),
        max_length=1000,
        blank=True,
        help_text=_("Empty: the English page shows the Italian words."),
    )
    asked_of = models.CharField(_("asked of"), max_length=12, choices=AskedOf, default=AskedOf.EVERYBODY)
    required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("declaration of the call")
        verbose_name_plural = _("declarations of the call")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="declaration_text_once"),
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(title="") & ~Q(text=""), name="declaration_text_has_words"
            ),
            models.CheckConstraint(
                condition=Q(title_en="", text_en="") | ~Q(title_en="") & ~Q(text_en=""),
                name="declaration_text_english_is_whole",
                violation_error_message=_("Write title and text in English, or neither."),
            ),
        ]
        triggers = [frozen_with_call("declaration_text", SAME_CALL)]

    def __str__(self) -> str:
        return self.title

    @property
    def wordings(self) -> list[Wording]:
        """Return the declaration in each language it is written in, Italian first."""
        italian, english = Wording(self.title, self.text), Wording(self.title_en, self.text_en)
        return [italian, english] if self.text_en else [italian]

    @property
    def wording(self) -> Wording:
        """Return the declaration in the reader's language, in Italian where it has no other."""
        return self.wordings[-1] if (get_language() or "").startswith(ENGLISH) else self.wordings[0]

    def wording_of(self, mark: str) -> Wording | None:
        """Return the words a mark stands for, or None when they are not, or no longer, those of the declaration."""
        return next((wording for wording in self.wordings if wording.mark == mark), None)

    def says(self, text: str) -> bool:
        """Say whether a text that somebody declared is still one of the declaration's."""
        return any(wording.text == text for wording in self.wordings)

    def is_asked_of(self, body: Organization) -> bool:
        """Say whether a body has to make it, or may."""
        asked = self.AskedOf
        return {
            asked.BODIES: not body.is_informal,
            asked.GROUPS: body.is_informal,
            asked.UNDERTAKINGS: body.kind in UNDERTAKINGS,
        }.get(self.asked_of, True)  # type: ignore[call-overload]
