"""Forms about the documents of an application."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from calls.models import Application
from civicfund.papers.forms import PaperField


class DocumentForm(forms.Form):
    """Ask for which document a file is sent, and which file it replaces."""

    requirement = forms.ModelChoiceField(
        queryset=None,
        error_messages={
            "invalid_choice": _("The call does not ask for this document any more: load the page again."),
            "required": _("Say for which document the file is."),
        },
    )
    replaces = forms.ModelChoiceField(
        queryset=None,
        to_field_name="public_id",
        required=False,
        error_messages={"invalid_choice": _("The file to replace is no longer there: load the page again.")},
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opening, files = application.opening, application.attachments
        asked = opening.documents if opening else application.call.document_requirements
        self.fields["requirement"].queryset = asked.all()  # type: ignore[attr-defined]
        carried = files.carried_in(opening) if opening else files.current()
        self.fields["replaces"].queryset = carried  # type: ignore[attr-defined]


class AttachmentForm(DocumentForm):
    """Ask for a whole file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = PaperField(largest_bytes=settings.DOCUMENT_LARGEST_MB * 1024 * 1024)


class LetterForm(forms.Form):
    """Ask for a whole signed letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = PaperField(largest_bytes=settings.DOCUMENT_LARGEST_MB * 1024 * 1024)


class LetterUploadForm(forms.Form):
    """Ask what is known of a signed letter that will come in pieces."""

    name = forms.CharField(max_length=255)
    size_bytes = forms.IntegerField(min_value=0)
    mark = forms.CharField(max_length=100)


class UploadForm(DocumentForm):
    """Ask what is known of a file that will come in pieces."""

    name = forms.CharField(max_length=255)
    size_bytes = forms.IntegerField(min_value=0)
    mark = forms.CharField(max_length=100)
