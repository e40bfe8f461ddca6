"""The officers' desk: campaigns are read, approved, returned, suspended and resumed."""

from campaigns.admin.campaign import CampaignAdmin

__all__ = ["CampaignAdmin"]
