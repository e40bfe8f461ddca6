"""The forms of what a promoter shows beside the story; they turn input into a service's arguments and do not save."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.forms import harmless_picture
from campaigns.videos import player_of
from civicfund.papers.forms import PaperField


class PictureForm(forms.Form):
    """Ask for a picture and what it shows."""

    prefix = "picture"
    image = forms.ImageField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 10 MB, at least 800 pixels wide; wider than tall looks best."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    words = forms.CharField(
        label=_("What the picture shows"),
        help_text=_("For people who cannot see it: one sentence."),
        max_length=200,
    )

    def clean_image(self) -> Any:
        """Check the picture by its content and write it again without its hidden data."""
        return harmless_picture(self.cleaned_data["image"])


class VideoForm(forms.Form):
    """Ask for a video's address and title."""

    prefix = "video"
    address = forms.URLField(
        label=_("Address of the video"),
        help_text=_("As it stands in the browser when you watch it, for example https://vimeo.com/76979871"),
        max_length=300,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )
    words = forms.CharField(label=_("Title"), help_text=_("What one sees in it."), max_length=200)

    def clean_address(self) -> str:
        """Return an address whose player may be shown."""
        address = self.cleaned_data["address"]
        if player_of(address, settings.VIDEO_HOSTS) is None:
            raise ValidationError(
                _("Videos are shown from these hosts only: %(hosts)s. Give the address of one video there."),
                params={"hosts": ", ".join(settings.VIDEO_HOSTS)},
            )
        return address


class DocumentForm(forms.Form):
    """Ask for a PDF and its title."""

    prefix = "document"
    upload = PaperField(
        largest_bytes=settings.DOCUMENT_LARGEST_MB * 1024 * 1024,
        label=_("Document"),
        help_text=_("A PDF: everybody can download it."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
    words = forms.CharField(label=_("Title"), help_text=_("What one reads in it."), max_length=200)
