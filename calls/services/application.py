from django.db import transaction

from calls.models import Application


class ApplicationClosed(Exception):
    """Say that an application is no longer in a state in which it may be changed so."""


def mark_admitted(*, application: Application) -> Application:
    """Let a submitted application go on to its campaign; the decision itself is kept by the caller."""
    return _decide(application, Application.Status.ADMITTED)


def mark_inadmissible(*, application: Application) -> Application:
    """Close a submitted application; the decision with its reason is kept by the caller."""
    return _decide(application, Application.Status.INADMISSIBLE)


@transaction.atomic
def _decide(application: Application, status: Application.Status) -> Application:
    """Move a submitted application to its outcome. Raise ApplicationClosed in any other state."""
    application = Application.objects.select_for_update().get(pk=application.pk)
    if application.status != Application.Status.SUBMITTED:
        raise ApplicationClosed(application.public_id)
    if application.openings.standing().exists():
        # Whoever was asked for something has the time that was given.
        raise ApplicationClosed(application.public_id)
    application.status = status
    application.save(update_fields=["status"])
    return application
