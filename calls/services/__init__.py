"""Every change to calls and applications happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from calls.services.application import (
    ApplicationClosed,
    ApplicationRefused,
    mark_admitted,
    mark_inadmissible,
    save_application,
    submit_application,
    withdraw_application,
)
from calls.services.call import (
    CallIsPublished,
    CallNotPublishable,
    draft_call,
    edit_call,
    publish_call,
    record_outcome,
)

__all__ = [
    "ApplicationClosed",
    "ApplicationRefused",
    "CallIsPublished",
    "CallNotPublishable",
    "draft_call",
    "edit_call",
    "mark_admitted",
    "mark_inadmissible",
    "publish_call",
    "record_outcome",
    "save_application",
    "submit_application",
    "withdraw_application",
]
