"""The rows of the floor everybody stands on: the trail, and when each task last ran."""

from civicfund.operation.models import TaskRun
from civicfund.trail.models import Change, ListExport

__all__ = ["Change", "ListExport", "TaskRun"]
