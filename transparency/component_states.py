"""What the components that need more than a figure are shown with: example forms, promises, forecasts and lists."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Page, Paginator

from calls.forms import BoroughField

CENTS_OF_A_GIFT = 2_000


class EveryField(forms.Form):
    """Each kind of field, with its help; sent empty, each shows what is missing."""

    text = forms.CharField(label="Testo", help_text="Aiuto")
    email = forms.EmailField(label="E-mail")
    number = forms.IntegerField(label="Numero")
    day = forms.DateField(label="Data", widget=forms.DateInput(attrs={"type": "date"}))
    long = forms.CharField(label="Testo lungo", widget=forms.Textarea(attrs={"rows": 3}))
    choice = forms.ChoiceField(label="Scelta", choices=[("", "—"), ("a", "Una"), ("b", "Altra")])
    radio = forms.ChoiceField(
        label="Una sola", choices=[("a", "Una"), ("b", "Altra")], widget=forms.RadioSelect, help_text="Aiuto"
    )
    several = forms.MultipleChoiceField(
        label="Più d'una", choices=[("a", "Una"), ("b", "Altra")], widget=forms.CheckboxSelectMultiple
    )
    file = forms.FileField(label="File")
    tick = forms.BooleanField(label="Spunta", help_text="Aiuto")
    optional = forms.CharField(label="Facoltativo", required=False)
    borough = BoroughField(excluded=[1])


def messages_in_each_state() -> list[Message]:
    """Return a message of each kind, which says its kind."""
    kinds = (constants.INFO, constants.SUCCESS, constants.WARNING, constants.ERROR)
    return [Message(kind, constants.DEFAULT_TAGS[kind]) for kind in kinds]


def forms_in_each_state() -> dict[str, EveryField]:
    """Return the fields before anything is sent, and after nothing was filled in."""
    sent = EveryField({}, prefix="wrong")
    sent.is_valid()
    return {"fresh": EveryField(prefix="fresh"), "mistaken": sent}


def pages_in_each_state() -> list[Page[int]]:
    """Return the first, a middle and the last page of a list."""
    paginator = Paginator(range(30), 10)
    return [paginator.page(number) for number in (1, 2, 3)]


def promises_in_each_state(bars: dict[str, dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return what a gift does: not enough, enough, and after the threshold in each state of the city's share."""
    call = {"keeps_gifts": False, "threshold_bp": 5_000, "min_donors": 40}
    campaign = {"call": call, "gifts_until": now + timedelta(days=20), "grant": {"state": "reserved"}}
    shown = []
    for name in ("filling", "near", "reached", "released", "waiting", "without"):
        gate = bars[name]
        missing = max(gate["threshold_cents"] - gate["raised_cents"] - CENTS_OF_A_GIFT, 0)
        promise = {
            "amount_cents": CENTS_OF_A_GIFT,
            "missing_after_cents": missing,
            "reaches": missing == 0,
            "was_reached": gate["raised_cents"] >= gate["threshold_cents"],
        }
        shown.append({"name": name, "gate": gate, "promise": promise, "campaign": campaign})
    near = {**shown[1], "name": "near, enough"}
    near["promise"] = {**near["promise"], "amount_cents": 50_000, "missing_after_cents": 0, "reaches": True}
    kept = {
        **shown[0],
        "name": "gifts are kept",
        "campaign": {**campaign, "call": {**call, "keeps_gifts": True}},
    }
    return [*shown, near, kept]


def forecasts_in_each_state() -> dict[str, dict[str, int]]:
    """Return a fund that lasts for its campaigns, and one that does not."""
    lasts = {
        "live": 6,
        "live_at_pace": 4,
        "if_none_cents": 9_000_000,
        "fund_cents": 60_000_000,
        "short_cents": 0,
    }
    lasts |= {"if_all_cents": 42_000_000, "at_pace_cents": 31_000_000}
    return {"lasts": lasts, "short": lasts | {"if_all_cents": 66_000_000, "short_cents": 6_000_000}}
