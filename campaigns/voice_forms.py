"""The forms of what promoters and citizens tell each other; they turn input into a service's arguments and do not save."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.forms import harmless_picture
from campaigns.models import CampaignUpdate


class UpdateForm(forms.Form):
    """Ask for an update's title, text and picture."""

    title = forms.CharField(label=_("Title"), max_length=120)
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Markdown: empty line for a new paragraph, ## for a heading, - for a list."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 12}),
    )
    image = forms.ImageField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP, up to 10 MB, at least 800 pixels wide; wider than tall looks best."),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    image_alt = forms.CharField(
        label=_("What the picture shows"),
        help_text=_("For people who cannot see it: one sentence."),
        max_length=200,
        required=False,
    )
    drop_image = forms.BooleanField(label=_("Take the picture away"), required=False)

    def __init__(self, *args: Any, update: CampaignUpdate | None = None, **kwargs: Any) -> None:
        initial = (
            {"title": update.title, "text": update.text, "image_alt": update.image_alt} if update else {}
        )
        super().__init__(*args, initial=initial, **kwargs)
        self.kept = update.image if update and update.image else ""
        if not self.kept:
            del self.fields["drop_image"]

    def clean_image(self) -> Any:
        """Check a new picture by its content and write it again without its hidden data."""
        upload = self.cleaned_data["image"]
        return harmless_picture(upload) if upload else ""

    def clean(self) -> dict[str, Any]:
        """Return an update as the service takes it: the picture that is there stays unless another comes or it goes."""
        data = super().clean() or self.cleaned_data
        drop = data.pop("drop_image", False)
        data["image"] = data.get("image") or ("" if drop else self.kept)
        if not data["image"]:
            data["image_alt"] = ""
        elif not data.get("image_alt", "").strip():
            self.add_error("image_alt", _("Say in one sentence what the picture shows."))
        return data


class QuestionForm(forms.Form):
    """Ask a citizen for a question and the address to which its answer goes."""

    text = forms.CharField(
        label=_("Your question"),
        help_text=_("Everybody will read it with the answer: nothing personal, one question at a time."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Leave it empty if you do not want to be named: a first name is enough."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_(
            "Only for the answer. Nobody sees it, and it is forgotten once the answer has been sent."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: People do not see it; programs fill it in.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )


class AnswerForm(forms.Form):
    """Ask a promoter for an answer."""

    text = forms.CharField(
        label=_("Your answer"),
        help_text=_("Everybody reads it below the question. Whoever asked gets it by mail."),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
