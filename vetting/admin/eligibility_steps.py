"""What concludes a formal check: found admissible, found not admissible, or taken up again."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from calls.models import Application
from calls.services import ApplicationClosed, ReasonMissing
from civicfund.desk import Effects, ReasonForm, Refusal, Step, StepForm
from civicfund.templatetags.clock import by_when
from vetting import services
from vetting.admin.eligibility_checklist import next_page
from vetting.models import EligibilityCheck

Outcome = EligibilityCheck.Outcome
REASON = Refusal(gettext_lazy("Write the reason."), "reason")


class CheckStep(Step):
    """Do something to a formal check, and go on to the next one that waits."""

    effects = Effects.TRIED

    #: Set once it is done: the officer then goes on, and otherwise back.
    done = False
    refusals = {
        ReasonMissing: REASON,
        services.CheckConcluded: Refusal(Step.too_late),
        services.CheckNotConcluded: Refusal(Step.too_late),
        services.AnswerAwaited: Refusal(gettext_lazy("The organization still has time to answer.")),
        ApplicationClosed: Refusal(Step.too_late),
    }

    @classmethod
    def is_possible(cls, row: EligibilityCheck) -> bool:
        """Say whether the check is open, nothing is asked, and its application in the officers' hands."""
        return row.is_open and is_in_hand(row) and asked_of(row) is None

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which application it is."""
        application = self.row.application
        return [
            (gettext("Protocol"), application.protocol_number),
            (gettext("Project"), application.title),
            (gettext("Organization"), application.organization),
            (gettext("To be checked"), by_when(self.row.due_at)),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say whom the mail reaches."""
        return {"members": self.row.application.organization.members.filter(is_active=True).count()}

    def leave(self) -> HttpResponse:
        """Go on to the next check once this is done, else back to its page."""
        return next_page(self.request, self.row) if self.done else super().leave()


class ConcludeForm(StepForm):
    """Ask for words that the body reads, if any."""

    words = forms.CharField(
        label=gettext_lazy("Words to the organization"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class AdmissibleStep(CheckStep):
    """Find an application admissible."""

    title = gettext_lazy("Find the application admissible")
    button = gettext_lazy("Admissible")
    lead = gettext_lazy("It can then be judged on its merit. The admission itself comes later.")
    template = "admin/vetting/admissible.html"
    form_class = ConcludeForm
    refusals = {
        **CheckStep.refusals,
        services.QuestionsOpen: Refusal(lambda error: open_words(error)),
    }

    def act(self, values: dict[str, Any]) -> str:
        """Conclude."""
        services.conclude_eligibility(
            application=self.row.application,
            outcome=Outcome.ADMISSIBLE,
            by=self.request.user,
            words=values["words"],
            now=timezone.now(),
        )
        self.done = True
        return gettext("Found admissible: %(title)s.") % {"title": self.row.application.title}


def open_words(error: services.QuestionsOpen) -> str:
    """Say which questions keep an application from being found admissible."""
    names = " ".join(question.text for question in error.questions)
    return gettext("These are open or answered with no: %(names)s") % {"names": names}


class InadmissibleForm(ReasonForm):
    """Ask for the grounds and the reason."""

    grounds = forms.MultipleChoiceField(
        label=gettext_lazy("Grounds"),
        choices=EligibilityCheck.Ground,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    field_order = ("grounds", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = gettext("The members of the organization read it in the mail.")


class InadmissibleStep(CheckStep):
    """Find an application not admissible."""

    title = gettext_lazy("Find the application not admissible")
    button = gettext_lazy("Not admissible")
    lead = gettext_lazy("What can be put right is asked for first (L. 241/1990 art. 6).")
    template = "admin/vetting/inadmissible.html"
    form_class = InadmissibleForm
    is_grave = True
    refusals = {
        **CheckStep.refusals,
        services.GroundsMissing: Refusal(gettext_lazy("Choose at least one ground."), "grounds"),
    }

    def act(self, values: dict[str, Any]) -> str:
        """Conclude."""
        services.conclude_eligibility(
            application=self.row.application,
            outcome=Outcome.INADMISSIBLE,
            grounds=values["grounds"],
            words=values["reason"],
            by=self.request.user,
            now=timezone.now(),
        )
        self.done = True
        return gettext("Found not admissible: %(title)s.") % {"title": self.row.application.title}


class ReopenStep(CheckStep):
    """Take a concluded check up again."""

    title = gettext_lazy("Take the check up again")
    button = gettext_lazy("Take it up again")
    lead = gettext_lazy("What was found does not hold any more; the answers stay as they are.")
    template = "admin/vetting/reopen.html"
    effects = Effects.TRIED
    form_class = ReasonForm
    is_grave = True

    @classmethod
    def is_possible(cls, row: EligibilityCheck) -> bool:
        """Say whether the check is concluded and nothing has been decided since."""
        return not row.is_open and is_in_hand(row)

    def act(self, values: dict[str, Any]) -> str:
        """Open it again; the officer stays with it."""
        services.reopen_check(
            check=self.row, by=self.request.user, reason=values["reason"], now=timezone.now()
        )
        return gettext("The check is open again.")


def is_in_hand(check: EligibilityCheck) -> bool:
    """Say whether the application of a check waits for its decision."""
    return check.application.status == Application.Status.SUBMITTED


def asked_of(check: EligibilityCheck) -> Any:
    """Return the request that the body of a check has time to answer, or None."""
    requests = check.application.integration_requests.all()
    return next((one for one in requests if one.state == one.State.ASKED), None)
