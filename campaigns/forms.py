"""Forms about campaigns; they turn input into a service's arguments and do not save."""

import io
import secrets
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from calls.models.call import BOROUGHS
from campaigns.models import Campaign, Remark
from campaigns.services.remark import PLACE_OF

LARGEST_UPLOAD_BYTES = 10 * 1024 * 1024
LARGEST_SIDE = 1600
MOST_PIXELS = 50_000_000


class CampaignForm(forms.ModelForm):
    """Ask for a campaign's page."""

    class Meta:
        model = Campaign
        fields = ["title", "summary", "story", "image", "image_alt"]
        help_texts = {
            "story": _("Markdown: empty line for a new paragraph, ## for a heading, - for a list."),
            "image": _(
                "JPEG, PNG or WebP, up to 10 MB, at least 800 pixels wide; wider than tall looks best."
            ),
            "image_alt": _("For people who cannot see it: one sentence."),
        }
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "story": forms.Textarea(attrs={"rows": 14}),
            "image": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        }

    def __init__(self, *args: Any, remarks: Iterable[Remark] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remarks = list(remarks)

    @property
    def rows(self) -> list[tuple[Any, list[Remark]]]:
        """Return each field with the officers' remarks about it; those about a picture stand over the picture."""
        said = {name: [one for one in self.remarks if one.place == place] for name, place in PLACE_OF.items()}
        return [(field, [] if field.name == "image_alt" else said.get(field.name, [])) for field in self]

    def clean_image(self) -> Any:
        """Check a new picture by its content and write it again: small, upright, without its hidden data."""
        upload = self.cleaned_data["image"]
        if not upload or "image" not in self.changed_data:
            return upload
        if upload.size > LARGEST_UPLOAD_BYTES:
            raise ValidationError(_("The picture is larger than 10 MB: make it smaller."))
        return ContentFile(_rewritten(upload), name=f"{secrets.token_hex(12)}.jpg")


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
    theme = forms.CharField(label=_("Theme"), required=False, max_length=120)
    sort = forms.ChoiceField(label=_("Order"), required=False, choices=[("", _("As usual")), *SORTS])
    borough = forms.TypedChoiceField(
        label=_("Borough"), required=False, coerce=int, empty_value=None, choices=[("", _("All")), *BOROUGHS]
    )


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
