"""The officers' desk: applications are checked, then admitted or excluded with a reason."""

from vetting.admin.application import (
    ApplicationAdmin,
)
from vetting.admin.assignment import (
    AssignmentAdmin,
)
from vetting.admin.committee import (
    CommitteeMemberAdmin,
)
from vetting.admin.eligibility import (
    EligibilityCheckAdmin,
)
from vetting.admin.my_file import (
    MyFileAdmin,
)
from vetting.admin.proposal import (
    DecisionProposalAdmin,
)
from vetting.admin.ranking import (
    RankedSessionAdmin,
    RankingAdmin,
)
from vetting.admin.review import (
    ReviewRequestAdmin,
)
from vetting.admin.round import (
    RoundAdmin,
)

__all__ = [
    "ApplicationAdmin",
    "AssignmentAdmin",
    "CommitteeMemberAdmin",
    "DecisionProposalAdmin",
    "EligibilityCheckAdmin",
    "MyFileAdmin",
    "RankedSessionAdmin",
    "RankingAdmin",
    "ReviewRequestAdmin",
    "RoundAdmin",
]
