"""An exclusion is taken back by an act, as two people made it. Source: L. 241/1990 art. 21-nonies."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import queue_mail_to_members
from calls.models import Application, ApplicationEvent
from calls.services import ApplicationClosed, mark_undecided
from calls.services.version import note_event
from vetting.models import Decision, DecisionProposal


class ActMissing(Exception):
    """Say that an exclusion is taken back by an act of the municipality: its number is missing, or its day is to come."""


def excluded(application: Application) -> Application:
    """Return an excluded application, locked. Raise ApplicationClosed in any other state."""
    locked = Application.objects.select_for_update(of=("self",)).select_related("call", "session")
    application = locked.get(pk=application.pk)
    if application.status != Application.Status.INADMISSIBLE:
        raise ApplicationClosed(application.public_id)
    return application


def require_act(act_number: str, act_date: date, now: datetime) -> str:
    """Return the number of an act that has been adopted. Raise ActMissing."""
    if not act_number.strip() or act_date > now.date():
        raise ActMissing(act_number)
    return act_number.strip()


@transaction.atomic
def annul_exclusion(*, proposal: DecisionProposal, by: User, now: datetime) -> Decision:
    """Take an exclusion back as a confirmed proposal says, inside the transaction of who calls it.

    The decision and its reason stay on record; the application waits for a decision as before it. Raise ApplicationClosed
    when it is not excluded any more.
    """
    application = mark_undecided(application=proposal.application)
    decision = Decision.objects.select_for_update(of=("self",)).get(application=application)
    decision.application, decision.was_about, decision.annulment = None, application, proposal
    decision.save(update_fields=["application", "was_about", "annulment"])
    reason = f"{proposal.act_number}, {proposal.act_date:%d/%m/%Y}. {proposal.reason}"
    note_event(application=application, what=ApplicationEvent.What.RESTORED, by=by, now=now, reason=reason)
    queue_mail_to_members(
        organization=application.organization,
        key=f"exclusion_annulled:{proposal.pk}",
        topic=application.call.mail_topic,
        template="exclusion_annulled",
        context={"application": application, "proposal": proposal},
        now=now,
    )
    return decision
