"""The admitted project asks citizens for money."""

from campaigns.models.act import CostVariation, DeadlineExtension
from campaigns.models.campaign import Campaign, CampaignQuerySet
from campaigns.models.follow import Follow
from campaigns.models.gallery import GalleryItem
from campaigns.models.moderated import Moderated
from campaigns.models.problem import Problem
from campaigns.models.question import Question
from campaigns.models.remark import PageReturn, Remark
from campaigns.models.update import CampaignUpdate, EarlierText
from campaigns.models.words import CampaignWords

__all__ = [
    "Campaign",
    "CampaignQuerySet",
    "CampaignUpdate",
    "CampaignWords",
    "CostVariation",
    "DeadlineExtension",
    "EarlierText",
    "Follow",
    "GalleryItem",
    "Moderated",
    "PageReturn",
    "Problem",
    "Question",
    "Remark",
]
