"""The officers' desk: applications are decided with a reason by two people, or ranked, and the ranking published."""

from vetting.admin.application import ApplicationAdmin
from vetting.admin.proposal import DecisionProposalAdmin
from vetting.admin.ranking import RankedSessionAdmin, RankingAdmin
from vetting.admin.review import ReviewRequestAdmin

__all__ = [
    "ApplicationAdmin",
    "DecisionProposalAdmin",
    "RankedSessionAdmin",
    "RankingAdmin",
    "ReviewRequestAdmin",
]
