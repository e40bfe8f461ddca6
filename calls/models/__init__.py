"""The call is published, applicants apply."""

from calls.models.amendment import Amendment
from calls.models.application import Application
from calls.models.call import Call, EditionOutcome
from calls.models.incident import Stop, StopStep
from calls.models.parts import CallSession, Criterion, DocumentRequirement, Fund, Theme

__all__ = [
    "Amendment",
    "Application",
    "Call",
    "CallSession",
    "Criterion",
    "DocumentRequirement",
    "EditionOutcome",
    "Fund",
    "Stop",
    "StopStep",
    "Theme",
]
