"""What the tests of the formal check and of requests to a body begin with."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from calls.models import Application, Call
from tests.factories import make_application, make_call, make_organization
from vetting.models import IntegrationRequest
from vetting.services import ask_for_more

QUESTION = "Il cortile è aperto a tutti?"


def make_checked_call(officer: User, **changes: Any) -> Call:
    """Publish a call that asks for a formal check, with a question of the officers' own."""
    documents = [{"name": "Statuto", "required": False}, {"name": "Consenso", "required": False}]
    rules = {"check_days": 30, "eligibility_questions": [QUESTION], "documents": documents, **changes}
    return make_call(officer=officer, **rules)


def make_submitted(call: Call, user: User, **changes: Any) -> Application:
    """Hand an application in."""
    return make_application(call=call, organization=make_organization(user=user), **changes)


def ask(
    application: Application, officer: User, *, now: datetime | None = None, **changes: Any
) -> IntegrationRequest:
    """Ask for the beneficiaries and the consent, with ten days."""
    asked: dict[str, Any] = {
        "fields": ["beneficiaries"],
        "documents": application.call.document_requirements.filter(name="Consenso"),
        "reason": "Manca il consenso.",
        "days": 10,
        **changes,
    }
    return ask_for_more(application=application, by=officer, now=now or timezone.now(), **asked)
