"""Forms about organizations; they turn input into a service's arguments and do not save."""

from accounts.forms.bank_account import IbanForm, StopIbanForm
from accounts.forms.claim import ClaimForm, ObjectionForm, StatuteForm
from accounts.forms.members import InvitationForm, RoleForm
from accounts.forms.organization import OrganizationForm

__all__ = [
    "ClaimForm",
    "IbanForm",
    "InvitationForm",
    "ObjectionForm",
    "OrganizationForm",
    "RoleForm",
    "StatuteForm",
    "StopIbanForm",
]
