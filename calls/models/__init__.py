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
from calls.models.declaration_text import DeclarationText, Wording
from calls.models.faq import CallFaq
from calls.models.incident import Stop, StopStep
from calls.models.outcome import EditionOutcome
from calls.models.partner import Partner
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
    "DocumentRequirement",
    "EditionOutcome",
    "Fund",
    "Partner",
    "Presence",
    "SavedStep",
    "StepKey",
    "Stop",
    "StopStep",
    "Theme",
    "Upload",
    "Wording",
]
