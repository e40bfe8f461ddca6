"""What every page of the officers' desk is made of: read-only rows, queues of what waits, and steps that call services."""

from civicfund.desk.acts import ActForm, DayWidget, LocalTimeWidget, ReasonedActForm
from civicfund.desk.admin import DeskAdmin, ReadOnlyAdmin, ReadOnlyInline
from civicfund.desk.columns import (
    day_column,
    euro_column,
    moment_column,
    percent_column,
    row_link,
    status_column,
    value_column,
)
from civicfund.desk.effects import Effects, Mailing
from civicfund.desk.menu import waiting_numbers
from civicfund.desk.queues import Queue, QueueFilter, after, everything, queue_tabs, waiting_queues
from civicfund.desk.steps import ReasonForm, Refusal, Step, StepForm

__all__ = [
    "ActForm",
    "DayWidget",
    "DeskAdmin",
    "Effects",
    "LocalTimeWidget",
    "Mailing",
    "Queue",
    "QueueFilter",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "ReasonForm",
    "ReasonedActForm",
    "Refusal",
    "Step",
    "StepForm",
    "after",
    "day_column",
    "euro_column",
    "everything",
    "moment_column",
    "percent_column",
    "queue_tabs",
    "row_link",
    "status_column",
    "value_column",
    "waiting_numbers",
    "waiting_queues",
]
