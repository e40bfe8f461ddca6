"""The officers' desk: campaigns are read, approved, returned, suspended, resumed and ended."""

from campaigns.admin.campaign import CampaignAdmin

__all__ = ["CampaignAdmin"]
