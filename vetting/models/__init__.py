"""Officers check, the committee scores, the ranking is published."""

from vetting.models.decision import Decision
from vetting.models.eligibility import EligibilityCheck, EligibilityItem
from vetting.models.integration import IntegrationRequest

__all__ = ["Decision", "EligibilityCheck", "EligibilityItem", "IntegrationRequest"]
