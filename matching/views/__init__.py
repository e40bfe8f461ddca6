"""Pages about the municipality's share and about what ends or changes a campaign, for the promoters."""

from matching.views.ending import reduced_project, withdraw
from matching.views.incorporation import new_body, new_body_proof
from matching.views.offer import grant_offer
from matching.views.operation import machine, metrics, readyz

__all__ = [
    "new_body",
    "new_body_proof",
    "grant_offer",
    "machine",
    "metrics",
    "operation",
    "readyz",
    "reduced_project",
    "withdraw",
]
