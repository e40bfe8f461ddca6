"""The municipality adds its share."""

from matching.models.act import AdministrativeAct
from matching.models.audit import AuditRun, AuditRunQuerySet
from matching.models.cure import Cure, CurePayment, Shortfall
from matching.models.ending import Revocation, Withdrawal
from matching.models.fund import FundMovement
from matching.models.grant import Grant
from matching.models.incorporation import Incorporation, IncorporationProof
from matching.models.partial import GrantCompletion, GrantOffer
from matching.models.privacy import Erasure, RetentionRun, RetentionRunQuerySet

__all__ = [
    "Incorporation",
    "IncorporationProof",
    "AdministrativeAct",
    "AuditRun",
    "AuditRunQuerySet",
    "Cure",
    "CurePayment",
    "Erasure",
    "FundMovement",
    "Grant",
    "GrantCompletion",
    "GrantOffer",
    "RetentionRun",
    "RetentionRunQuerySet",
    "Revocation",
    "Shortfall",
    "Withdrawal",
]
