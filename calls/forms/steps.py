"""The steps of an application as forms: what can be read becomes values, what cannot is kept as it was typed."""

from typing import Any, Self

from django import forms
from django.db.models import Q
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from calls.forms.fields import BoroughField
from calls.forms.support import support_fields, support_names, support_texts, take_supported
from calls.forms.texts import Group, Texts, text_of, texts_of
from calls.models import Application
from calls.openable import open_values


class StepForm(forms.Form):
    """A step of an application; only what `needed` names has to be there, for a draft may be incomplete."""

    key = ""
    template = "calls/application_step.html"
    needed: tuple[str, ...] = ()
    use_required_attribute = False

    def __init__(self, texts: Texts | None, *, application: Application, user: User) -> None:
        self.application = application
        self.user = user
        self.closed = closed_inputs(self)
        self.stored: Texts = self._stored()
        kept = {name: self.stored.get(name, []) for name in self.closed}
        self.typed: Texts = self.stored if texts is None else {**texts, **kept}
        super().__init__(MultiValueDict(self.typed))
        self.prepare()
        for name in self.closed & set(self.fields):
            self.fields[name].widget.attrs["disabled"] = True

    def _stored(self) -> Texts:
        """Return what was last saved, as it was typed where that says more than the columns."""
        saved = self.application.saved_step(self.key)
        if self.application.opening:
            return {**self.written(), **(saved.texts if saved else {})}
        return saved.unfinished if saved and saved.unfinished else self.written()

    def inputs_of(self, value: str) -> list[str]:
        """Return the names of the inputs in which one of the service's values is typed."""
        return [value]

    def open_texts(self) -> Texts:
        """Return what was typed into the open inputs."""
        return {name: texts for name, texts in self.typed.items() if name not in self.closed}

    def open_values(self) -> dict[str, Any]:
        """Return what could be read of what is open."""
        names = open_values(self.application.opening.fields, self.key)
        return {name: value for name, value in self.values().items() if name in names}

    def again(self, texts: Texts) -> Self:
        """Return the same step with other texts."""
        return type(self)(texts, application=self.application, user=self.user)

    def ordered(self, texts: Texts, order: str) -> Texts:
        """Return texts after what a button of the step orders."""
        return texts

    @classmethod
    def names(cls, application: Application) -> list[str]:
        """Return the names of the inputs of the step."""
        return list(cls.base_fields)

    @classmethod
    def typed_in(cls, data: Any, application: Application) -> Texts:
        """Return what a browser sent for this step."""
        return texts_of(data, cls.names(application))

    def prepare(self) -> None:
        """Fit the fields to the call and the person."""

    def written(self) -> Texts:
        """Return what the columns hold, as a person would type it."""
        return {name: [text_of(getattr(self.application, name))] for name in self.base_fields}

    def full_clean(self) -> None:
        """Read what was typed; an empty field is no mistake in a draft."""
        super().full_clean()
        for name, errors in list(self.errors_by_name.items()):
            if name not in self.needed and [error.code for error in errors.as_data()] == ["required"]:
                del self._errors[name]  # type: ignore[union-attr]
                column = Application._meta.get_field(name)
                self.cleaned_data[name] = None if column.null else ""

    @property
    def errors_by_name(self) -> dict[str, Any]:
        """Return the errors found so far."""
        return self._errors or {}

    @property
    def groups(self) -> list[Group]:
        """Return by what two people's texts are compared."""
        return [
            Group(
                name,
                str(field.label),
                [name],
                {str(value): label for value, label in getattr(field, "choices", ())},
            )
            for name, field in self.fields.items()
        ]

    @property
    def rows(self) -> list[forms.Form]:
        """Return the rows of a step that has some."""
        return []

    @property
    def is_readable(self) -> bool:
        """Say whether all of the step could be read."""
        return not self.errors and not any(row.errors for row in self.rows)

    def values(self) -> dict[str, Any]:
        """Return what could be read, as the service takes it."""
        wrong = self.errors
        return {name: value for name, value in self.cleaned_data.items() if name not in wrong}

    def unfinished(self) -> Texts:
        """Return all of the step as it was typed if some of it cannot be read, else nothing."""
        return {} if self.is_readable else self.typed

    def only_show(self) -> None:
        """Switch the inputs off for a person who may only read."""
        for form in [self, *self.rows]:
            for field in form.fields.values():
                field.widget.attrs["disabled"] = True


def closed_inputs(form: StepForm) -> set[str]:
    """Return the names of the inputs that cannot be written: none of a draft, later all that nobody has opened."""
    opening = form.application.opening
    if not opening:
        return set()
    opened = open_values(opening.fields, form.key)
    return set(form.names(form.application)) - {name for value in opened for name in form.inputs_of(value)}


class ProjectForm(StepForm):
    """What the project is."""

    key = "project"
    needed = ("title", "organization")
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Who applies"))
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("Short and concrete: citizens will read it on the campaign page."),
    )
    summary = forms.CharField(
        label=_("Summary"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences: what changes, for whom."),
    )
    theme = forms.ModelChoiceField(None, label=_("Theme"), empty_label=_("Choose…"))
    campaign_text = forms.CharField(
        label=_("The text for the citizens"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "Tell citizens what you will do. Markdown: empty line for a new paragraph, ## for a heading."
        ),
    )

    @classmethod
    def names(cls, application: Application) -> list[str]:
        """Return the names of the inputs, those of what the call offers beside co-funding included."""
        return [*cls.base_fields, *support_names(application)]

    def inputs_of(self, value: str) -> list[str]:
        """Return the names of the inputs of a value; what is asked for beside co-funding has one for each offer."""
        return support_names(self.application) if value == "supported" else [value]

    def written(self) -> Texts:
        """Return what the columns and the requests hold."""
        return {**super().written(), **support_texts(self.application)}

    def values(self) -> dict[str, Any]:
        """Return what could be read, with what is asked for in one place."""
        return take_supported(super().values())

    def prepare(self) -> None:
        """Offer the themes and the support of the call, and the bodies for which the person writes."""
        self.fields.update(support_fields(self.application))
        self.fields["theme"].queryset = self.application.call.themes.all()  # type: ignore[attr-defined]
        own = Organization.objects.writable_by(self.user)
        bodies = Organization.objects.filter(pk=self.application.organization_id)
        # An officer who writes for a body hands its application to no other, the officer's own ones included.
        is_own = getattr(self.application, "is_writable", None)
        if is_own is None:
            is_own = own.filter(pk=self.application.organization_id).exists()
        if is_own:
            bodies = Organization.objects.filter(Q(pk__in=own) | Q(pk=self.application.organization_id))
        self.fields["organization"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["organization"].empty_label = None  # type: ignore[attr-defined]


class PlaceForm(StepForm):
    """Where the project happens, for whom and by whom."""

    key = "place"
    borough = BoroughField(label=_("Municipio"))
    place = forms.CharField(
        label=_("Address or place"),
        max_length=200,
        required=False,
        help_text=_("Street, square or neighbourhood."),
    )
    beneficiaries = forms.CharField(
        label=_("Whom it serves"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who is better off, and about how many people."),
    )
    team = forms.CharField(
        label=_("Who carries it out"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The people who will do it and what they have done before."),
    )

    def prepare(self) -> None:
        """Leave out the boroughs the call excludes."""
        excluded = self.application.call.excluded_boroughs
        self.fields["borough"].excluded = excluded  # type: ignore[attr-defined]
        self.fields["borough"].widget.excluded = excluded  # type: ignore[attr-defined]
