"""The admitted project asks citizens for money."""

from campaigns.models.act import CostVariation, DeadlineExtension
from campaigns.models.campaign import Campaign, CampaignQuerySet
from campaigns.models.follow import Follow
from campaigns.models.problem import Problem
from campaigns.models.remark import PageReturn, Remark
from campaigns.models.words import CampaignWords

__all__ = [
    "Campaign",
    "CampaignQuerySet",
    "CampaignWords",
    "CostVariation",
    "DeadlineExtension",
    "Follow",
    "PageReturn",
    "Problem",
    "Remark",
]
