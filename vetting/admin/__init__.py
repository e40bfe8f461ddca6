"""The officers' desk: two people decide, committees are appointed, judge and close, rankings are published."""

from vetting.admin.application import ApplicationAdmin
from vetting.admin.assignment import AssignmentAdmin
from vetting.admin.committee import CommitteeMemberAdmin
from vetting.admin.my_file import MyFileAdmin
from vetting.admin.proposal import DecisionProposalAdmin
from vetting.admin.ranking import RankedSessionAdmin, RankingAdmin
from vetting.admin.review import ReviewRequestAdmin
from vetting.admin.round import RoundAdmin

__all__ = [
    "ApplicationAdmin",
    "AssignmentAdmin",
    "CommitteeMemberAdmin",
    "DecisionProposalAdmin",
    "MyFileAdmin",
    "RankedSessionAdmin",
    "RankingAdmin",
    "ReviewRequestAdmin",
    "RoundAdmin",
]
