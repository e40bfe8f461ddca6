"""Publishing a call from the desk."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import services
from calls.examples import worked_examples
from calls.models import Call
from civicfund.desk import Effects, Refusal, Step


class PublishStep(Step):
    """Publish a call."""

    title = gettext_lazy("Publish the call")
    button = gettext_lazy("Publish and freeze the rules")
    lead = gettext_lazy(
        "From this moment everybody can read the call, and its rules can no longer be changed: not by you, not by anybody."
    )
    too_late = gettext_lazy("This call is published already.")
    template = "admin/calls/publish.html"
    effects = Effects.TOLD
    refusals = {services.CallIsPublished: Refusal(too_late)}
    faults: list[services.Fault] = []
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Call) -> bool:
        """Say whether the call is a draft."""
        return row.status == Call.Status.DRAFT

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Work the rules out for some costs."""
        call = self.row
        return {
            "call": call,
            "examples": worked_examples(call),
            "sessions": call.sessions.all(),
            "faults": self.faults,
        }

    def act(self, values: dict[str, Any]) -> str:
        """Publish."""
        services.publish_call(call=self.row, by=self.request.user, now=timezone.now())
        return _("The call is published.")

    def acted(self, form: Any) -> bool:
        """Show one sentence per fault when the rules do not fit together."""
        try:
            return super().acted(form)
        except services.CallNotPublishable as refusal:
            self.faults = refusal.faults
            return False
