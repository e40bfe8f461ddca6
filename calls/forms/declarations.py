"""The step of the declarations: each tick stands for exactly the words that were read beside it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from calls.declarations import declarations_for
from calls.forms.steps import StepForm
from calls.forms.texts import Texts
from calls.models import Application, DeclarationText, Wording


class Tick(forms.CheckboxInput):
    """A tick that sends the mark of the words beside it, and is set only while those words hold."""

    def __init__(self, declared: DeclarationText) -> None:
        super().__init__(check_test=lambda mark: declared.wording_of(str(mark)) is not None)
        self.mark = declared.wording.mark

    def format_value(self, value: Any) -> str:
        """Return what is sent when it is ticked, whatever was ticked before."""
        return self.mark

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        """Return the mark that was sent."""
        return str(data.get(name, ""))


class DeclaredField(forms.Field):
    """A declaration with its words as label; its value is the mark of the words that were ticked."""

    def __init__(self, declared: DeclarationText) -> None:
        super().__init__(
            label=declared.wording.text,
            required=False,
            widget=Tick(declared),
            help_text="" if declared.required else _("Optional."),
        )
        self.declared = declared
        #: Two people who ticked it in different languages have done the same.
        self.choices = [(wording.mark, _("ticked")) for wording in declared.wordings]

    def clean(self, value: str) -> str:
        """Refuse a tick for words that have changed since."""
        if value and self.declared.wording_of(value) is None:
            raise ValidationError(
                _("The words of this declaration have changed: read them, and tick it again.")
            )
        return value


class DeclarationsForm(StepForm):
    """What the body declares, one tick each."""

    key = "declarations"

    @classmethod
    def names(cls, application: Application) -> list[str]:
        """Return the names of the ticks."""
        return [declared.key for declared in declarations_for(application)]

    def prepare(self) -> None:
        """Put each declaration with its words beside a tick."""
        for declared in declarations_for(self.application):
            self.fields[declared.key] = DeclaredField(declared)

    def inputs_of(self, value: str) -> list[str]:
        """Return the names of all ticks: they are made together."""
        return self.names(self.application)

    def written(self) -> Texts:
        """Return which ticks are set, for which words."""
        made = self.application.declarations.all()
        return {one.key: [Wording(one.title, one.text).mark] for one in made}

    def values(self) -> dict[str, Any]:
        """Return what is ticked, each with the mark of its words."""
        return {"declared": {key: mark for key, mark in super().values().items() if mark}}
