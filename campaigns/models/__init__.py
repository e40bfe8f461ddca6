"""The admitted project asks citizens for money."""

from campaigns.models.act import CostVariation, DeadlineExtension
from campaigns.models.campaign import Campaign, CampaignQuerySet

__all__ = ["Campaign", "CampaignQuerySet", "CostVariation", "DeadlineExtension"]
