"""The call is published, applicants apply."""

from calls.models.amendment import Amendment
from calls.models.application import Application
from calls.models.application_parts import (
    Activity,
    BudgetLine,
    Declaration,
    Presence,
    SavedStep,
    StepKey,
)
from calls.models.attachment import Attachment, Upload
from calls.models.call import Call
from calls.models.consent import PartnerConsent
from calls.models.declaration_text import DeclarationText, Wording
from calls.models.desk_writing import Applicant, DeskWriting, Draft
from calls.models.eligibility import EligibilityQuestion
from calls.models.faq import CallFaq
from calls.models.incident import Stop, StopStep
from calls.models.opening import Opening, OpeningStep
from calls.models.outcome import EditionOutcome
from calls.models.partner import Partner
from calls.models.partner_letter import PartnerLetter
from calls.models.parts import CallSession, Criterion, DocumentRequirement, Fund, Theme
from calls.models.question import AnswerCorrection, CallAnswer, CallQuestion
from calls.models.support import SupportOffer, SupportRequest
from calls.models.version import ApplicationEvent, ApplicationVersion

__all__ = [
    "SupportOffer",
    "SupportRequest",
    "Activity",
    "Amendment",
    "AnswerCorrection",
    "Applicant",
    "Application",
    "Attachment",
    "BudgetLine",
    "ApplicationEvent",
    "ApplicationVersion",
    "Call",
    "CallAnswer",
    "CallFaq",
    "CallQuestion",
    "CallSession",
    "Criterion",
    "Declaration",
    "DeclarationText",
    "DeskWriting",
    "DocumentRequirement",
    "Draft",
    "EditionOutcome",
    "EligibilityQuestion",
    "Fund",
    "Opening",
    "OpeningStep",
    "Partner",
    "PartnerConsent",
    "PartnerLetter",
    "Presence",
    "SavedStep",
    "StepKey",
    "Stop",
    "StopStep",
    "Theme",
    "Upload",
    "Wording",
]
