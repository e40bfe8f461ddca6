"""The municipality adds its share."""

from matching.models.act import AdministrativeAct
from matching.models.audit import AuditRun, AuditRunQuerySet
from matching.models.cure import Cure, CurePayment, Shortfall
from matching.models.ending import Revocation, Withdrawal
from matching.models.grant import Grant

__all__ = [
    "AdministrativeAct",
    "AuditRun",
    "AuditRunQuerySet",
    "Cure",
    "CurePayment",
    "Grant",
    "Revocation",
    "Shortfall",
    "Withdrawal",
]
