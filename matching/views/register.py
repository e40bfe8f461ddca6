"""The register of processing activities, for the data protection officer: written from the table that erases."""

from typing import Any

from django.conf import settings
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from civicfund.operation.models import TaskRun
from civicfund.retention import GROUPS, NIGHT, kind
from donations.models import ForgottenDonor
from matching.models import Erasure, RetentionRun
from matching.operation_words import TASKS

#: What it takes to read the register.
RIGHT = "matching.view_register"
#: How many nights and erasures the page shows.
SHOWN = 14


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Show what is kept about people, on which ground and for how long, what erases it and what the last nights erased.

    Source: Regulation (EU) 2016/679 art. 30 c. 1.
    """
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    context = {
        **site.each_context(request),
        "title": _("Register of processing activities"),
        "now": timezone.now(),
        "city": settings.CITY,
        "groups": [(title, [(one, _eraser(one.task)) for one in kinds]) for title, kinds in GROUPS],
        "nights": [_night(run) for run in RetentionRun.objects.all()[:SHOWN]],
        "night_task": TaskRun.objects.filter(task=NIGHT).first(),
        "erasures": Erasure.objects.all()[:SHOWN],
        "waiting": ForgottenDonor.objects.waiting().count(),
        "reserved": ForgottenDonor.objects.reserved().count(),
    }
    return TemplateResponse(request, "admin/register.html", context)


def _eraser(task: str) -> Any:
    """Return in words the task that erases a kind."""
    return TASKS[task] if task else ""


def _night(run: RetentionRun) -> dict[str, Any]:
    """Return a night's report with the names of the kinds."""
    erased = [(kind(key).name, number) for key, number in run.erased.items()]
    failed = [(kind(key).name, error) for key, error in run.failed.items()]
    return {"run": run, "erased": erased, "failed": failed}
