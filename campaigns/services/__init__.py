"""Every change to a campaign's page and schedule happens in a function of this package.

Opening, reaching the threshold and closing touch money, so they live in the apps that know it and call down to the
functions of `money`. Each function is one sentence of the business: keyword-only arguments, `now` passed in, one
transaction, an exception if it cannot be done.
"""

from campaigns.services.extension import (
    NothingToExtend,
    batch_of,
    extend_deadline,
)
from campaigns.services.follow import (
    TooManyAsked,
    ask_to_follow,
    confirm_follow,
    end_follow,
    remind_of_closing,
    tell_openings,
    tell_result,
)
from campaigns.services.money import (
    VARIABLE,
    WITHDRAWABLE,
    mark_answered,
    mark_closing,
    mark_cure,
    mark_flow,
    mark_keeping,
    mark_kept,
    mark_leaving,
    mark_open,
    mark_opening_refused,
    mark_reached,
    mark_refund_returned,
    mark_refunded,
    mark_settled,
    mark_varied,
    mark_waiver,
    mark_withdrawn,
)
from campaigns.services.page import (
    CampaignIncomplete,
    draft_campaign,
    edit_campaign,
    return_campaign,
    submit_campaign,
)
from campaigns.services.problem import RIGHT as PROBLEM_RIGHT
from campaigns.services.problem import ProblemClosed, TooManyProblems, close_problem, report_problem
from campaigns.services.remark import (
    RemarkGone,
    RemarksOpen,
    answer_remark,
    page_of,
    withdraw_remarks,
)
from campaigns.services.row import (
    RemarksMissing,
    WrongState,
)
from campaigns.services.schedule import (
    SCHEDULABLE,
    BadSchedule,
    HeldTooLong,
    MovedOn,
    approve_campaign,
    deadline_after,
    end_campaign,
    resume_campaign,
    schedule_as_seen,
    schedule_mark,
    suspend_campaign,
)

__all__ = [
    "SCHEDULABLE",
    "VARIABLE",
    "WITHDRAWABLE",
    "BadSchedule",
    "CampaignIncomplete",
    "NothingToExtend",
    "HeldTooLong",
    "MovedOn",
    "RemarkGone",
    "RemarksMissing",
    "RemarksOpen",
    "WrongState",
    "answer_remark",
    "approve_campaign",
    "batch_of",
    "deadline_after",
    "TooManyAsked",
    "PROBLEM_RIGHT",
    "ProblemClosed",
    "TooManyProblems",
    "close_problem",
    "report_problem",
    "ask_to_follow",
    "confirm_follow",
    "end_follow",
    "remind_of_closing",
    "tell_openings",
    "tell_result",
    "draft_campaign",
    "edit_campaign",
    "end_campaign",
    "extend_deadline",
    "mark_answered",
    "mark_closing",
    "mark_cure",
    "mark_keeping",
    "mark_kept",
    "mark_leaving",
    "mark_waiver",
    "mark_flow",
    "mark_open",
    "mark_opening_refused",
    "mark_reached",
    "mark_refund_returned",
    "mark_refunded",
    "mark_settled",
    "mark_varied",
    "mark_withdrawn",
    "page_of",
    "resume_campaign",
    "return_campaign",
    "schedule_as_seen",
    "schedule_mark",
    "submit_campaign",
    "suspend_campaign",
    "withdraw_remarks",
]
