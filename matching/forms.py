"""Forms of the promoter about the grant and the end of a campaign; they turn input into a service's arguments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, OrgKind, User
from civicfund.papers.forms import PaperField
from matching.models import GrantOffer, IncorporationProof
from matching.services.incorporation import LARGEST_BYTES

DECLINE = "decline"
GAP = "gap"


class EraseForm(forms.Form):
    """Ask whether what goes and what stays has been read."""

    is_understood = forms.BooleanField(
        label=_("I have read what goes and what stays. I know that what goes cannot be had again.")
    )


class WithdrawalForm(forms.Form):
    """Ask why a campaign is withdrawn, and whether what follows has been read."""

    reason = forms.CharField(
        label=_("Why you withdraw"),
        help_text=_("Everybody reads it on the campaign's page, and every donor in an e-mail."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    is_understood = forms.BooleanField(
        label=_("I have read what follows. I know that the campaign cannot be opened again.")
    )


class NewBodyForm(forms.Form):
    """Ask which body a group of citizens has set up, and what proves it."""

    body = forms.ModelChoiceField(
        label=_("The new body"),
        queryset=Organization.objects.none(),
        empty_label=_("Choose…"),
        help_text=_(
            "One of your organizations that this call admits. Register it first if it is not in the list."
        ),
    )
    proof = forms.CharField(
        label=_("What proves it"),
        help_text=_("For example: deed of 3 March 2027, registered at the tax office of Milan, number 1234."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    upload = PaperField(
        label=_("The proof as a file"),
        largest_bytes=LARGEST_BYTES,
        required=False,
        help_text=_(
            "The deed, or the tax office's certificate: PDF, JPEG or PNG, at most 10 MB. The words or the file are enough."
        ),
    )

    def __init__(
        self, *args: Any, user: User, kinds: list[str], kept: IncorporationProof | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        #: A file that has arrived with an earlier try: it need not be chosen again.
        self.kept = kept
        bodies = Organization.objects.owned_by(user).filter(kind__in=kinds).exclude(kind=OrgKind.INFORMAL)
        self.fields["body"].queryset = bodies.distinct()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for words or a file, next to the words."""
        data = super().clean() or self.cleaned_data
        has_file = bool(data.get("upload") or self.kept or "upload" in self.errors)
        if not data.get("proof", "").strip() and not has_file:
            self.add_error("proof", _("Say what proves it, or upload the file."))
        return data


class ReducedProjectForm(forms.Form):
    """Ask for the reduced project that the gifts are enough for."""

    project = forms.CharField(
        label=_("The reduced project"),
        help_text=_(
            "What you will do with what was given, and what you will leave out. Every donor reads it."
        ),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class OfferAnswerForm(forms.Form):
    """Ask whether a part is accepted, and in writing how the rest is covered."""

    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("How the rest is covered, in your words"),
        required=False,
        max_length=2000,
        help_text=_(
            "Needed unless you simply wait for more. The officers read it; keep it to a few sentences."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, covers: list[GrantOffer.Cover], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accepted = [(str(cover), _("We accept: %(how)s") % {"how": cover.label}) for cover in covers]
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            *accepted,
            (DECLINE, _("We do not accept this part: we keep our place and wait for more")),
            (GAP, _("We do not accept, and we cannot cover the rest: our donors have to know")),
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for the words where the answer needs them, next to the field."""
        data = super().clean() or self.cleaned_data
        needs_words = data.get("answer") not in (None, DECLINE)
        if needs_words and not data.get("words", "").strip() and "words" not in self.errors:
            self.add_error("words", _("Write in a few sentences how the rest is covered, or why it is not."))
        return data
