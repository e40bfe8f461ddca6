"""The officers' desk: calls are written as drafts, published once, and read-only from then on but for amendments."""

from calls.admin.amendment import AmendmentAdmin
from calls.admin.call import CallAdmin
from calls.admin.desk_writing import ApplicantAdmin, DraftAdmin
from calls.admin.faq import CallFaqAdmin
from calls.admin.question import CallAnswerAdmin, CallQuestionAdmin
from calls.admin.stop import StopAdmin
from calls.admin.support import SupportRequestAdmin

__all__ = [
    "AmendmentAdmin",
    "ApplicantAdmin",
    "DraftAdmin",
    "CallAdmin",
    "CallAnswerAdmin",
    "CallFaqAdmin",
    "CallQuestionAdmin",
    "StopAdmin",
    "SupportRequestAdmin",
]
