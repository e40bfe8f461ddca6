from collections.abc import Sequence

from django.db import transaction

from calls.models import Application

Status = Application.Status


class ApplicationClosed(Exception):
    """Say that an application is no longer in a state in which it may be changed so."""


def mark_admitted(*, application: Application) -> Application:
    """Let a submitted application go on to its campaign, or one that moves up from the reserve list.

    The decision itself is kept by the caller.
    """
    return _decide(application, Status.ADMITTED, (Status.SUBMITTED, Status.RESERVE))


def mark_inadmissible(*, application: Application) -> Application:
    """Close a submitted application; the decision with its reason is kept by the caller."""
    return _decide(application, Status.INADMISSIBLE)


def mark_not_selected(*, application: Application) -> Application:
    """Close an application that a final ranking gives nothing; the decision with its reasons is kept by the caller."""
    return _decide(application, Status.NOT_SELECTED, (Status.SUBMITTED, Status.RESERVE))


def mark_reserve(*, application: Application) -> Application:
    """Let a submitted application wait on the reserve list of a final ranking."""
    return _decide(application, Status.RESERVE)


def mark_undecided(*, application: Application) -> Application:
    """Let an application whose exclusion was taken back wait for a decision again; the act is kept by the caller."""
    return _decide(application, Status.SUBMITTED, (Status.INADMISSIBLE,))


@transaction.atomic
def _decide(
    application: Application, status: Application.Status, waiting: Sequence[str] = (Status.SUBMITTED,)
) -> Application:
    """Move an application that waits to its outcome. Raise ApplicationClosed in any other state."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status not in waiting:
        raise ApplicationClosed(application.public_id)
    if application.openings.standing().exists():
        # Whoever was asked for something has the time that was given.
        raise ApplicationClosed(application.public_id)
    application.status = status
    application.save(update_fields=["status"])
    return application
