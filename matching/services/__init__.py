"""Opening, matching, settling and undoing campaigns: every change to grants happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction. Locks are taken
in one order everywhere: fund, campaign, donation; so no two campaigns can award the same money.
"""

from matching.services.act import ActMissing, record_act
from matching.services.audit import record_audit
from matching.services.award import RELEASING, release_grant
from matching.services.cure import EvidenceMissing, NotAllowed, record_cure_payment
from matching.services.guard import ReleasesStopped, refuse_while_stopped
from matching.services.keeping import ProjectMissing, confirm_reduced_project, let_donors_leave
from matching.services.opening import open_campaign
from matching.services.outcome import (
    GrantAwarded,
    close_campaign,
    give_up_reduced_project,
    settle_campaign,
    settle_keeping,
)
from matching.services.revocation import (
    NotRevocable,
    SamePerson,
    confirm_revocation,
    drop_revocation,
    propose_revocation,
)
from matching.services.shortfall import (
    ShortfallOver,
    cover_shortfall,
    follow_shortfall,
    shortfalls_to_follow,
)
from matching.services.variation import CostNotLower, lower_cost
from matching.services.withdrawal import (
    ReasonMissing,
    WaitsForAct,
    acknowledge_withdrawal,
    stage_of,
    withdraw_campaign,
)

__all__ = [
    "RELEASING",
    "ActMissing",
    "CostNotLower",
    "EvidenceMissing",
    "GrantAwarded",
    "ReleasesStopped",
    "NotAllowed",
    "NotRevocable",
    "ProjectMissing",
    "ReasonMissing",
    "SamePerson",
    "ShortfallOver",
    "WaitsForAct",
    "acknowledge_withdrawal",
    "close_campaign",
    "confirm_reduced_project",
    "confirm_revocation",
    "cover_shortfall",
    "drop_revocation",
    "follow_shortfall",
    "give_up_reduced_project",
    "let_donors_leave",
    "lower_cost",
    "open_campaign",
    "propose_revocation",
    "record_act",
    "record_audit",
    "refuse_while_stopped",
    "record_cure_payment",
    "release_grant",
    "settle_campaign",
    "settle_keeping",
    "shortfalls_to_follow",
    "stage_of",
    "withdraw_campaign",
]
