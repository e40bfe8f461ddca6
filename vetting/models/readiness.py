"""Which applications may be judged on merit: the one place that says so."""

from django.db.models import QuerySet

from calls.models import Application


def ready_for_merit(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Keep the applications that a committee may judge: handed in, and neither withdrawn nor decided about.

    What a formal check has to have found before is one more condition here.
    """
    return applications.filter(status=Application.Status.SUBMITTED)
