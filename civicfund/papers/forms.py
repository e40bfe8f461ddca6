"""The field every form asks for a file with."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from civicfund.papers.examination import empty, too_large


class PaperField(forms.FileField):
    """Take a PDF, a JPEG or a PNG; what is inside is looked at when it is kept."""

    default_error_messages = {"required": _("Choose a file.")}

    def __init__(self, *, largest_bytes: int, **options: Any) -> None:
        self.largest_bytes = largest_bytes
        accept = forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"})
        super().__init__(**{"widget": accept, "allow_empty_file": True, **options})

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        """Return the file, or say that there is nothing in it or too much."""
        upload = super().clean(data, initial)
        if upload and not upload.size:
            raise ValidationError(empty())
        if upload and upload.size > self.largest_bytes:
            raise ValidationError(too_large(self.largest_bytes))
        return upload or None
