"""Opening, matching and settling campaigns: every change to grants happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction. Locks are taken
in one order everywhere: fund, campaign, donation; so no two campaigns can award the same money.
"""

from matching.services.audit import record_audit
from matching.services.award import RELEASING, release_grant
from matching.services.guard import ReleasesStopped, refuse_while_stopped
from matching.services.opening import open_campaign
from matching.services.outcome import GrantAwarded, close_campaign, settle_campaign

__all__ = [
    "RELEASING",
    "GrantAwarded",
    "ReleasesStopped",
    "close_campaign",
    "open_campaign",
    "record_audit",
    "refuse_while_stopped",
    "release_grant",
    "settle_campaign",
]
