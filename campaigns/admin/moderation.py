"""What is said on campaigns' pages: public at once, looked at here afterwards, hidden for a reason everybody reads."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from campaigns import services
from campaigns.models.moderated import Moderated
from civicfund.desk import (
    Effects,
    ReadOnlyAdmin,
    ReasonForm,
    Refusal,
    Step,
    moment_column,
    row_link,
)
from civicfund.templatetags.clock import moment

#: How much of a text a list shows.
SHORT = 90
LOOK_DAYS = Moderated.LOOKED_AT_WITHIN.days


class HideForm(ReasonForm):
    """Ask for the reason that everybody reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Reason, read by everybody")


class WordsStep(Step):
    """What every step about something said on a page has before the eyes."""

    def facts(self) -> list[tuple[Any, Any]]:
        """Say whose words they are."""
        return [(gettext("Campaign"), self.row.campaign), (capfirst(self.row._meta.verbose_name), self.row)]


class LookStep(WordsStep):
    """Let something stand."""

    title = _("Let it stand")
    button = _("Nothing to object")
    template = "admin/campaigns/look_at_words.html"
    effects = Effects.NOBODY

    @classmethod
    def is_possible(cls, row: Moderated) -> bool:
        """Say whether nobody has looked at it as it is now."""
        return row.looked_at is None and not row.is_hidden

    def act(self, values: dict[str, Any]) -> str:
        """Take it from the list."""
        services.look_at_words(row=self.row, by=self.request.user, now=timezone.now())
        return gettext("It stands, and leaves the list.")


class HideStep(WordsStep):
    """Hide something."""

    title = _("Hide it")
    button = _("Hide it from everybody")
    template = "admin/campaigns/hide_words.html"
    effects = Effects.TRIED
    is_grave = True
    form_class = HideForm
    refusals = {services.HiddenAlready: Refusal(_("Somebody has hidden it already."))}

    @classmethod
    def is_possible(cls, row: Moderated) -> bool:
        """Say whether it is shown."""
        return not row.is_hidden

    def act(self, values: dict[str, Any]) -> str:
        """Hide it."""
        services.hide_words(row=self.row, reason=values["reason"], by=self.request.user, now=timezone.now())
        return gettext("It is hidden; everybody reads the reason in its place.")


class ShowStep(WordsStep):
    """Show something again."""

    title = _("Show it again")
    button = _("Show it again")
    template = "admin/campaigns/show_words.html"
    effects = Effects.TRIED
    needs_fresh_login = True
    form_class = ReasonForm
    refusals = {services.NotHidden: Refusal(_("Somebody has shown it already."))}

    @classmethod
    def is_possible(cls, row: Moderated) -> bool:
        """Say whether it is hidden."""
        return row.is_hidden

    def facts(self) -> list[tuple[Any, Any]]:
        """Say why it was hidden."""
        hidden = f"{moment(self.row.hidden_at)}, {self.row.hidden_by}: {self.row.hidden_reason}"
        return [*super().facts(), (gettext("hidden at"), hidden)]

    def act(self, values: dict[str, Any]) -> str:
        """Show it."""
        services.show_words(row=self.row, reason=values["reason"], by=self.request.user, now=timezone.now())
        return gettext("Everybody reads it again.")


class WordsAdmin(ReadOnlyAdmin):
    """Look at what was said on campaigns' pages, the oldest first."""

    steps = {"let_stand": LookStep, "hide": HideStep, "show_again": ShowStep}
    actions_detail = tuple(steps)
    list_select_related = ("campaign",)
    looked_shown = moment_column("looked_at", _("last looked at"))
    hidden_shown = moment_column("hidden_at", _("hidden at"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fetch campaigns, promoters and people."""
        lines = super().get_queryset(request)
        return lines.select_related("campaign__application__organization", "looked_by", "hidden_by")

    def has_moderate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Allow whoever may change what is said to let it stand, hide it and show it again."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    @display(description=_("campaign"))
    def campaign_link(self, row: Any) -> str:
        """Lead to the campaign."""
        return row_link(row.campaign)

    @display(description=_("reported problems"))
    def reports(self, row: Any) -> str:
        """Lead to what readers reported about it."""
        links = [(row_link(problem, truncatechars(problem.text, SHORT)),) for problem in row.problems.all()]
        return format_html_join("", "<p>{}</p>", links) or "–"

    @display(description=_("before"))
    def earlier(self, row: Any) -> str:
        """Show what it said before it was corrected."""
        told = [(moment(one.replaced_at), one.title, one.text) for one in row.earlier_texts.all()]
        return format_html_join("", "<p><strong>{}</strong> {} {}</p>", told) or "–"

    @action(
        description=_("Let it stand…"),
        permissions=["moderate"],
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
    )
    def let_stand(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take it from the list."""
        return LookStep.take(self, request, object_id)

    @action(
        description=_("Hide…"), permissions=["moderate"], icon="visibility_off", variant=ActionVariant.DANGER
    )
    def hide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Hide it for a public reason."""
        return HideStep.take(self, request, object_id)

    @action(description=_("Show again…"), permissions=["moderate"], icon="visibility")
    def show_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show it again."""
        return ShowStep.take(self, request, object_id)
