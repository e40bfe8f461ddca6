"""Forms about campaigns; they turn input into a service's arguments and do not save."""

import copy
import io
import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from calls.models.call import BOROUGHS
from campaigns.models import Campaign, Remark
from campaigns.models.texts import PARTS
from campaigns.services.remark import PLACE_OF

LARGEST_UPLOAD_BYTES = 10 * 1024 * 1024
LARGEST_SIDE = 1600
MOST_PIXELS = 50_000_000


class CampaignForm(forms.ModelForm):
    """Ask for a campaign's page."""

    class Meta:
        model = Campaign
        fields = ["title", "summary", "easy_words", "story", "image", "image_alt"]
        help_texts = {
            "story": _("Markdown: empty line for a new paragraph, ## for a heading, - for a list."),
            "image": _(
                "JPEG, PNG or WebP, up to 10 MB, at least 800 pixels wide; wider than tall looks best."
            ),
            "image_alt": _("For people who cannot see it: one sentence."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "easy_words": forms.Textarea(attrs={"rows": 5}),
            "story": forms.Textarea(attrs={"rows": 14}),
            "image": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        }

    def __init__(self, *args: Any, remarks: Iterable[Remark] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remarks = list(remarks)
        for code, name in settings.LANGUAGES:
            if code != settings.LANGUAGE_CODE:
                self._add_language(code, name)

    def _add_language(self, code: str, name: str) -> None:
        """Ask for each part of the page in another language; all of it is the promoter's choice."""
        written = self.instance.translations.get(code, {})
        for part in PARTS:
            field = copy.deepcopy(self.fields[part])
            field.required = False
            field.label = _("%(part)s in %(language)s") % {"part": field.label, "language": name}
            field.help_text = _("Leave it empty and readers of this language see what you wrote above.")
            field.initial = written.get(part, "")
            self.fields[f"{part}_{code}"] = field

    @property
    def rows(self) -> list[tuple[Any, list[Remark]]]:
        """Return each field of the page itself with the officers' remarks about it, those about a picture over the picture."""
        said = {name: [one for one in self.remarks if one.place == place] for name, place in PLACE_OF.items()}
        own = {name: said.get(name, []) for name in self.Meta.fields if name != "image_alt"}
        return [(self[name], own.get(name, [])) for name in self.Meta.fields]

    @property
    def languages(self) -> list[dict[str, Any]]:
        """Return the fields of each other language; open when something is written there."""
        shown = []
        for code, name in settings.LANGUAGES:
            if code != settings.LANGUAGE_CODE:
                fields = [self[f"{part}_{code}"] for part in PARTS]
                is_open = any(field.value() or field.errors for field in fields)
                shown.append({"name": name, "fields": fields, "is_open": is_open})
        return shown

    def changed(self) -> dict[str, Any]:
        """Return what of the page has changed, as the service takes it."""
        others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        names = {f"{part}_{code}" for code in others for part in PARTS}
        told = {name: self.cleaned_data[name] for name in self.changed_data if name not in names}
        if names & set(self.changed_data):
            words = {code: {part: self.cleaned_data[f"{part}_{code}"] for part in PARTS} for code in others}
            told["translations"] = {
                code: {part: text for part, text in parts.items() if text} for code, parts in words.items()
            }
        return told

    def clean_image(self) -> Any:
        """Check a new picture by its content and write it again: small, upright, without its hidden data."""
        upload = self.cleaned_data["image"]
        if not upload or "image" not in self.changed_data:
            return upload
        return harmless_picture(upload)


class AnswerForm(forms.Form):
    """Ask what was done about a remark."""

    answer = forms.CharField(
        label=_("What you did about it, or why it stays as it is"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CampaignFilterForm(forms.Form):
    """Take the filters of the list of campaigns; what makes no sense is left out."""

    STATES = [
        ("open", _("Open now")),
        ("ending", _("Ending soon")),
        ("reached", _("Threshold reached")),
        ("ended", _("Ended")),
    ]
    SORTS = [
        ("ending", _("Ending soonest")),
        ("near", _("Nearest to the threshold")),
        ("new", _("Newest")),
    ]

    q = forms.CharField(label=_("Words"), required=False, max_length=80)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *STATES])
    around = forms.CharField(label=_("Near"), required=False, max_length=80)
    theme = forms.CharField(label=_("Theme"), required=False, max_length=120)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[("", _("As usual")), *SORTS])
    borough = forms.TypedChoiceField(
        label=_("Borough"), required=False, coerce=int, empty_value=None, choices=[("", _("All")), *BOROUGHS]
    )


def harmless_picture(upload: Any) -> ContentFile:
    """Return a picture that somebody sent as it can be shown, under a name that nobody guesses. Raise ValidationError."""
    if upload.size > LARGEST_UPLOAD_BYTES:
        raise ValidationError(_("The picture is larger than 10 MB: make it smaller."))
    return ContentFile(_rewritten(upload), name=f"{secrets.token_hex(12)}.jpg")


def _rewritten(upload: Any) -> bytes:
    """Return a picture as JPEG of at most 1600 pixels, turned upright, nothing but its pixels."""
    unreadable = _("This file is not a picture that can be read: save it as JPEG or PNG.")
    try:
        upload.seek(0)
        picture = Image.open(upload)
        if picture.width * picture.height > MOST_PIXELS:
            raise ValidationError(_("The picture has more than 50 million pixels: make it smaller."))
        picture = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        raise ValidationError(unreadable) from None
    if picture.width < 800:
        raise ValidationError(_("The picture is less than 800 pixels wide: choose a larger one."))
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    # On white, as on the page; a new picture carries nothing of what the file said beside its pixels.
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture.getchannel("A"))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=84, optimize=True, progressive=True)
    return out.getvalue()
