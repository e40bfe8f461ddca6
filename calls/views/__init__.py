"""Pages about calls and applications."""

from calls.views.application import (
    application_detail,
    application_edit,
    application_list,
    apply,
)
from calls.views.attachment import (
    document,
    document_remove,
    document_restore,
    step_documents,
    upload_drop,
)
from calls.views.call import call_calendar, call_data, call_detail, call_list, call_version
from calls.views.desk_writing import desk_writing_end
from calls.views.eligibility import eligibility
from calls.views.organization import step_organization
from calls.views.partner import partner_edit, partner_invite, partner_mandate, partner_remove, step_partners
from calls.views.partner_answer import partner_answer, partner_own_mandate, partner_take_back
from calls.views.partner_letter import (
    partner_letter,
    partner_letter_begin,
    partner_letter_keep,
    partner_own_letter,
    partner_own_letter_begin,
    partner_own_letter_keep,
    partner_own_upload,
)
from calls.views.question import ask_question, call_answer, call_answers_feed, call_questions
from calls.views.step import may_write, own_application, step_page, writable_application
from calls.views.submission import (
    application_deposit,
    application_receipt,
    application_submit,
    application_take_back,
    application_version,
    application_withdraw,
)
from calls.views.upload import upload, upload_begin
from calls.views.verification import verification, verify
from calls.views.writing import step_write

__all__ = [
    "document",
    "document_remove",
    "document_restore",
    "step_documents",
    "upload",
    "upload_begin",
    "upload_drop",
    "ask_question",
    "call_answer",
    "call_answers_feed",
    "call_questions",
    "application_deposit",
    "application_detail",
    "application_edit",
    "application_list",
    "application_receipt",
    "application_submit",
    "application_take_back",
    "application_version",
    "application_withdraw",
    "apply",
    "call_calendar",
    "call_data",
    "call_detail",
    "call_list",
    "call_version",
    "may_write",
    "own_application",
    "partner_answer",
    "partner_edit",
    "partner_invite",
    "desk_writing_end",
    "partner_letter",
    "partner_letter_begin",
    "partner_letter_keep",
    "partner_mandate",
    "partner_own_letter",
    "partner_own_letter_begin",
    "partner_own_letter_keep",
    "partner_own_upload",
    "partner_own_mandate",
    "partner_remove",
    "partner_take_back",
    "step_page",
    "step_organization",
    "step_partners",
    "step_write",
    "writable_application",
    "verification",
    "verify",
    "eligibility",
]
