"""Officers check, the committee scores, the ranking is published."""

from vetting.models.assignment import (
    Assignment,
    ConflictDeclaration,
    ConflictMatch,
    MyFile,
)
from vetting.models.committee import (
    CommitteeMember,
)
from vetting.models.decision import (
    Decision,
)
from vetting.models.eligibility import (
    EligibilityCheck,
    EligibilityItem,
)
from vetting.models.integration import (
    IntegrationRequest,
)
from vetting.models.proposal import (
    DecisionProposal,
)
from vetting.models.ranking import (
    RankedSession,
    Ranking,
    RankingEntry,
)
from vetting.models.readiness import (
    ready_for_merit,
)
from vetting.models.reopening import (
    Reopening,
)
from vetting.models.review import (
    ReviewRequest,
    ScoreCorrection,
)
from vetting.models.round import (
    DiscussionNote,
    Minutes,
    Round,
)
from vetting.models.sheet import (
    Score,
    ScoreSheet,
)

__all__ = [
    "Assignment",
    "CommitteeMember",
    "ConflictDeclaration",
    "ConflictMatch",
    "Decision",
    "DecisionProposal",
    "DiscussionNote",
    "EligibilityCheck",
    "EligibilityItem",
    "IntegrationRequest",
    "Minutes",
    "MyFile",
    "RankedSession",
    "Ranking",
    "RankingEntry",
    "Reopening",
    "ReviewRequest",
    "Round",
    "Score",
    "ScoreCorrection",
    "ScoreSheet",
    "ready_for_merit",
]
