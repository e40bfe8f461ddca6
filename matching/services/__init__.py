"""Opening, matching, settling and undoing campaigns: every change to grants happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction. Locks are taken
in one order everywhere: fund, campaign, donation; so no two campaigns can award the same money.
"""

from accounts.services import OwnBody
from matching.services.act import ActMissing, ActName, record_act
from matching.services.audit import record_audit
from matching.services.award import RELEASING, release_grant
from matching.services.campaign import OtherSum, awaits_body
from matching.services.completion import (
    complete_grants,
    funds_to_complete,
    partial_grants,
    partial_grants_in_order,
)
from matching.services.cure import EvidenceMissing, NotAllowed, record_cure_payment
from matching.services.fund import (
    FundCommitted,
    MovedAlready,
    NothingMoves,
    WindowUndecided,
    campaigns_hit,
    carry_over_fund,
    decrease_fund,
    funds_to_pass_on,
    increase_fund,
    next_fund,
    undecided,
)
from matching.services.guard import ReleasesStopped, refuse_while_stopped
from matching.services.incorporation import (
    BodyUnfit,
    BodyWaits,
    IncorporationMovedOn,
    NotAGroup,
    NotYours,
    ProofMissing,
    ProofUnusable,
    body_due_at,
    confirm_body,
    forget_body_proof,
    keep_body_proof,
    record_body,
    refuse_body,
)
from matching.services.keeping import ProjectMissing, confirm_reduced_project, let_donors_leave
from matching.services.line import campaigns_in_line, holds_the_line, serve_line
from matching.services.offer import (
    CoverMissing,
    OfferOver,
    accept_offer,
    close_offer,
    covers_of,
    decline_offer,
)
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
from matching.services.roles import UnknownRight, write_roles
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
    "BodyUnfit",
    "BodyWaits",
    "IncorporationMovedOn",
    "NotAGroup",
    "NotYours",
    "ProofMissing",
    "body_due_at",
    "confirm_body",
    "ProofUnusable",
    "forget_body_proof",
    "keep_body_proof",
    "record_body",
    "refuse_body",
    "awaits_body",
    "ActMissing",
    "ActName",
    "CostNotLower",
    "CoverMissing",
    "EvidenceMissing",
    "FundCommitted",
    "GrantAwarded",
    "MovedAlready",
    "NotAllowed",
    "NotRevocable",
    "NothingMoves",
    "OfferOver",
    "ProjectMissing",
    "RELEASING",
    "ReasonMissing",
    "OtherSum",
    "OwnBody",
    "ReleasesStopped",
    "SamePerson",
    "ShortfallOver",
    "UnknownRight",
    "WaitsForAct",
    "WindowUndecided",
    "accept_offer",
    "acknowledge_withdrawal",
    "campaigns_hit",
    "campaigns_in_line",
    "carry_over_fund",
    "close_campaign",
    "close_offer",
    "complete_grants",
    "confirm_reduced_project",
    "confirm_revocation",
    "cover_shortfall",
    "covers_of",
    "decline_offer",
    "decrease_fund",
    "drop_revocation",
    "follow_shortfall",
    "funds_to_complete",
    "funds_to_pass_on",
    "give_up_reduced_project",
    "holds_the_line",
    "increase_fund",
    "let_donors_leave",
    "lower_cost",
    "next_fund",
    "open_campaign",
    "partial_grants",
    "partial_grants_in_order",
    "propose_revocation",
    "record_act",
    "record_audit",
    "record_cure_payment",
    "refuse_while_stopped",
    "release_grant",
    "serve_line",
    "settle_campaign",
    "settle_keeping",
    "shortfalls_to_follow",
    "stage_of",
    "undecided",
    "withdraw_campaign",
    "write_roles",
]
