from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts.models import OrganizationPaper


class StatuteForm(forms.Form):
    """Ask for a body's statute."""

    statute = forms.FileField(
        label=_("Statute"),
        help_text=_("The one in force, as a PDF of at most 10 MB."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )


class ClaimForm(forms.Form):
    """Ask why a person may act for a body, and for the proof; one that has arrived need not be sent again."""

    words = forms.CharField(
        label=_("Why you act for this organization"),
        help_text=_("Your office in it, and since when. The owners read this."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proof = forms.FileField(
        label=_("Proof"),
        help_text=_(
            "For example the minutes of your election, or a mandate signed by the legal representative: PDF, JPEG or PNG, at "
            "most 10 MB. Only the officers open it."
        ),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": _("Add the proof."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, kept: OrganizationPaper | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keep(kept)

    def keep(self, kept: OrganizationPaper | None) -> None:
        """Ask no more for a file that has arrived."""
        self.kept = kept
        self.fields["proof"].required = kept is None

    def clean_words(self) -> str:
        """Refuse what says nothing."""
        words: str = self.cleaned_data["words"].strip()
        if not any(letter.isalpha() for letter in words):
            raise ValidationError(_("Say it in words."))
        return words

    @property
    def upload(self) -> UploadedFile | None:
        """Return a file that has just arrived, whatever is wrong elsewhere."""
        return self.cleaned_data.get("proof") if "proof" not in self.errors else None


class ObjectionForm(forms.Form):
    """Ask an owner what speaks against a claim."""

    words = forms.CharField(
        label=_("Your objection"),
        help_text=_("Only the officers read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
