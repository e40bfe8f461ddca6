"""The officers' desk: the funds, the municipality's shares and what undoes them, and the audits."""

from matching.admin.audit import AuditRunAdmin
from matching.admin.campaign import MatchedCampaignAdmin
from matching.admin.cure import CureAdmin
from matching.admin.ending import RevocationAdmin, WithdrawalAdmin
from matching.admin.fund import FundAdmin
from matching.admin.grant import GrantAdmin
from matching.admin.incorporation import IncorporationAdmin
from matching.admin.role import HouseRoleAdmin
from matching.admin.shortfall import ShortfallAdmin

__all__ = [
    "AuditRunAdmin",
    "CureAdmin",
    "FundAdmin",
    "GrantAdmin",
    "HouseRoleAdmin",
    "IncorporationAdmin",
    "MatchedCampaignAdmin",
    "RevocationAdmin",
    "ShortfallAdmin",
    "WithdrawalAdmin",
]
