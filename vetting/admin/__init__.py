"""The officers' desk: applications are checked, then admitted or excluded with a reason."""

from vetting.admin.application import ApplicationAdmin
from vetting.admin.eligibility import EligibilityCheckAdmin

__all__ = ["ApplicationAdmin", "EligibilityCheckAdmin"]
