"""The officers' desk: campaigns are read, approved, returned, suspended, resumed, ended and given more time."""

from campaigns.admin.campaign import CampaignAdmin
from campaigns.admin.extension import DeadlineExtensionAdmin
from campaigns.admin.problem import ProblemAdmin
from campaigns.admin.words import CampaignUpdateAdmin, GalleryItemAdmin, QuestionAdmin

__all__ = [
    "CampaignAdmin",
    "CampaignUpdateAdmin",
    "DeadlineExtensionAdmin",
    "GalleryItemAdmin",
    "ProblemAdmin",
    "QuestionAdmin",
]
