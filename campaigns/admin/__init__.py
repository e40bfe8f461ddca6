"""The officers' desk: campaigns are read, approved, returned, suspended, resumed, ended and given more time."""

from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.extension import DeadlineExtensionAdmin
from campaigns.admin.problem import ProblemAdmin

__all__ = ["CampaignAdmin", "DeadlineExtensionAdmin", "ProblemAdmin"]
