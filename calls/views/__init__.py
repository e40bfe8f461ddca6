"""Pages about calls and applications."""

from calls.views.application import (
    application_detail,
    application_edit,
    application_list,
    application_submit,
    application_withdraw,
    apply,
)
from calls.views.call import call_calendar, call_data, call_detail, call_list, call_version
from calls.views.question import ask_question, call_answer, call_answers_feed, call_questions
from calls.views.step import may_write, own_application, step_page, step_plain, writable_application
from calls.views.writing import step_write

__all__ = [
    "ask_question",
    "call_answer",
    "call_answers_feed",
    "call_questions",
    "application_detail",
    "application_edit",
    "application_list",
    "application_submit",
    "application_withdraw",
    "apply",
    "call_calendar",
    "call_data",
    "call_detail",
    "call_list",
    "call_version",
    "may_write",
    "own_application",
    "step_page",
    "step_plain",
    "step_write",
    "writable_application",
]
