"""Every change to the rows of the vetting happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from vetting.services.decision import (
    CostNotAdmitted,
    ReasonMissing,
    admit_application,
    exclude_application,
)
from vetting.services.eligibility import (
    AnswerAwaited,
    CheckConcluded,
    CheckNotConcluded,
    Given,
    GroundsMissing,
    NoteMissing,
    NotFoundAdmissible,
    QuestionsOpen,
    begin_check,
    conclude_eligibility,
    record_answers,
    reopen_check,
    require_admissible,
)
from vetting.services.integration import (
    MOST_DAYS,
    DaysOutOfRange,
    RequestEnded,
    answer_request,
    ask_for_more,
    call_off_request,
    due_after,
    follow_taken_back,
    lapse_request,
    remind_request,
)

__all__ = [
    "MOST_DAYS",
    "AnswerAwaited",
    "CheckConcluded",
    "CheckNotConcluded",
    "CostNotAdmitted",
    "DaysOutOfRange",
    "Given",
    "GroundsMissing",
    "NotFoundAdmissible",
    "NoteMissing",
    "QuestionsOpen",
    "ReasonMissing",
    "RequestEnded",
    "admit_application",
    "answer_request",
    "ask_for_more",
    "begin_check",
    "call_off_request",
    "conclude_eligibility",
    "due_after",
    "exclude_application",
    "follow_taken_back",
    "lapse_request",
    "record_answers",
    "remind_request",
    "reopen_check",
    "require_admissible",
]
