"""The fields in which an application asks for spaces and micro-grants: words why, or nothing."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from calls.forms.texts import Texts
from calls.models import Application, SupportOffer
from calls.models.support import asked_of

PREFIX = "support_"


def requested(application: Application) -> list[SupportOffer]:
    """Return what the call offers to ask for; none in most calls."""
    return [offer for offer in application.call.support_offers.all() if offer.is_requested]


def support_names(application: Application) -> list[str]:
    """Return the names of the inputs."""
    return [f"{PREFIX}{offer.pk}" for offer in requested(application)]


def support_fields(application: Application) -> dict[str, forms.Field]:
    """Return one field for each offer."""
    return {
        f"{PREFIX}{offer.pk}": forms.CharField(
            label=_("%(name)s (%(kind)s)") % {"name": offer.name, "kind": offer.get_kind_display()},
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=" ".join(
                part
                for part in (
                    offer.description,
                    _("If you ask for it beside co-funding, say in a few words why; else leave it empty."),
                )
                if part
            ),
        )
        for offer in requested(application)
    }


def support_texts(application: Application) -> Texts:
    """Return what the draft asks for so far."""
    asked = asked_of(application)
    return {f"{PREFIX}{offer.pk}": [asked.get(offer.pk, "")] for offer in requested(application)}


def take_supported(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a step with what is asked for in one place, words by the key of the offer."""
    supported = {
        int(name.removeprefix(PREFIX)): words for name, words in values.items() if name.startswith(PREFIX)
    }
    others = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    return {**others, "supported": supported} if supported else others
