"""The story of an application as its body reads it: what has happened, and what comes next by when."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from calls.models import Application, ApplicationEvent
from civicfund.templatetags.clock import by_when, until

Status = Application.Status


class Moment(NamedTuple):
    """Something that has happened, in the reader's words; `at` is empty for what comes next."""

    title: str
    at: datetime | None
    who: str = ""
    reason: str = ""
    version: Any = None
    is_next: bool = False


def story_of(application: Application, now: datetime) -> list[Moment]:
    """Return what has happened to an application, the oldest first, and what comes next."""
    past = [Moment(_("Begun"), application.created_at, str(application.author))]
    events = application.events.select_related("by", "version").order_by("at", "pk")
    past += [_told(event) for event in events]
    past += [*_ranked(application), *_decided(application)]
    # What was decided once may have been taken back since.
    return [*sorted(past, key=lambda moment: moment.at or now), *_next(application, now)]


def _told(event: ApplicationEvent) -> Moment:
    """Tell one event; of the office's writing, the step as well."""
    title = event.get_what_display()
    if event.step:
        title = f"{title}: {event.get_step_display()}"
    return Moment(title, event.at, str(event.by) if event.by else "", event.reason, event.version)


def _decided(application: Application) -> Iterator[Moment]:
    """Tell the decisions, which an app above keeps: those that were taken back, and the one that stands."""
    standing = getattr(application, "decision", None)
    for decision in [*application.annulled_decisions.all(), *([standing] if standing else [])]:
        yield Moment(decision.get_outcome_display().capitalize(), decision.decided_at, reason=decision.reason)


def _answer_due_at(application: Application) -> datetime | None:
    """Return until when an answer to the office may be handed in, if one is asked for."""
    opening = application.openings.standing().first()
    return opening.due_at if opening else None


def _is_admissible(application: Application) -> bool:
    """Say whether the formal check, which an app above keeps, has found an application admissible."""
    check = getattr(application, "eligibility", None)
    return check is not None and check.outcome == "admissible"


def _ranked(application: Application) -> Iterator[Moment]:
    """Tell the published rankings the application is in, which an app above keeps."""
    entries = application.ranking_entries.select_related("ranking").order_by("ranking__number")
    for entry in entries.filter(ranking__status="published"):
        titles = {
            "provisional": _("Provisional ranking published"),
            "final": _("Final ranking published"),
            "amended": _("New version of the ranking published"),
        }
        yield Moment(titles[entry.ranking.kind], entry.ranking.decided_at)


def _next(application: Application, now: datetime) -> Iterator[Moment]:
    """Say what comes next, and by when as far as a date is known."""
    words = ""
    if application.status == Status.DRAFT:
        session = application.call.session_open_at(now)
        words = (
            _("You hand it in %(by_when)s.") % {"by_when": by_when(session.closes_at)}
            if session
            else _("Applications to this call are closed at the moment: the draft stays here.")
        )
    elif application.status == Status.SUBMITTED and (due_at := _answer_due_at(application)):
        words = _("You hand in your answer %(by_when)s. Then the office goes on with its check.") % {
            "by_when": by_when(due_at)
        }
    elif application.status == Status.SUBMITTED and _is_admissible(application):
        words = _(
            "The project is judged on its merit; you are told by e-mail whether it is admitted, always with the reason."
        )
    elif application.status == Status.SUBMITTED and application.may_be_taken_back(now):
        words = _(
            "You can still take it back and change it %(until)s. Then the office reads it and tells you by e-mail "
            "whether it is admitted, always with the reason."
        ) % {"until": until(application.session.closes_at)}
    elif application.status == Status.SUBMITTED and application.ranking_entries.exists():
        words = _("After the days for reviews the ranking becomes final, and you get an e-mail.")
    elif application.status == Status.RESERVE:
        words = _("If somebody above leaves the ranking, yours moves up and you get an e-mail.")
    elif application.status == Status.SUBMITTED:
        words = _(
            "The office reads it and tells you by e-mail whether it is admitted, always with the reason."
        )
    elif application.status == Status.ADMITTED:
        words = _("You prepare the campaign page; the office approves it, and the citizens can give.")
    if words:
        yield Moment(words, None, is_next=True)
