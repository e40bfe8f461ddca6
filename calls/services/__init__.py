"""Every change to calls and applications happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from calls.services.amendment import (
    ActMissing,
    AmendmentMovedOn,
    AmendmentWaits,
    CallIsDraft,
    CallNotAmendable,
    NothingAmended,
    RuleIsFrozen,
    confirm_amendment,
    propose_amendment,
    refuse_amendment,
)
from calls.services.amendment_faults import amendment_faults
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
from calls.services.faults import Fault, rule_faults
from calls.services.incident import (
    AlreadyOff,
    ReasonMissing,
    SecondPersonNeeded,
    StopMovedOn,
    confirm_off,
    confirm_on,
    propose_on,
    refuse_off,
    refuse_on,
    switch_off,
)

__all__ = [
    "ActMissing",
    "AlreadyOff",
    "AmendmentMovedOn",
    "AmendmentWaits",
    "ApplicationClosed",
    "ApplicationRefused",
    "CallIsDraft",
    "CallIsPublished",
    "CallNotAmendable",
    "CallNotPublishable",
    "Fault",
    "NothingAmended",
    "ReasonMissing",
    "RuleIsFrozen",
    "SecondPersonNeeded",
    "StopMovedOn",
    "amendment_faults",
    "confirm_amendment",
    "confirm_off",
    "confirm_on",
    "draft_call",
    "edit_call",
    "mark_admitted",
    "mark_inadmissible",
    "propose_amendment",
    "propose_on",
    "publish_call",
    "record_outcome",
    "refuse_amendment",
    "refuse_off",
    "refuse_on",
    "rule_faults",
    "save_application",
    "submit_application",
    "switch_off",
    "withdraw_application",
]
