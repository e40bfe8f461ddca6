"""Which applications may be judged on merit: the one place that says so."""

from django.db.models import Q, QuerySet

from calls.models import Application
from vetting.models.eligibility import EligibilityCheck


def ready_for_merit(applications: QuerySet[Application]) -> QuerySet[Application]:
    """Keep the applications that a committee may judge: handed in, neither withdrawn nor decided about, found admissible.

    A call that asks for no formal check sends what is handed in straight to its committee.
    """
    found = Q(call__check_days=0) | Q(eligibility__in=EligibilityCheck.objects.admissible())
    return applications.filter(found, status=Application.Status.SUBMITTED)
