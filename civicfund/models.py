"""The rows of the floor everybody stands on: the trail, when each task last ran, and counters."""

from civicfund.counters import Counter
from civicfund.operation.models import TaskRun
from civicfund.trail.models import Change, ListExport

__all__ = ["Change", "Counter", "ListExport", "TaskRun"]
