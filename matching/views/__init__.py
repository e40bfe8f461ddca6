"""Pages about the municipality's share and about what ends or changes a campaign, for the promoters."""

from matching.views.ending import reduced_project, withdraw
from matching.views.incorporation import new_body, new_body_proof
from matching.views.offer import grant_offer
from matching.views.operation import machine, metrics, readyz
from matching.views.privacy import (
    address_copy,
    address_data,
    address_erase,
    my_data,
    my_data_copy,
    my_data_erase,
)
from matching.views.register import register

__all__ = [
    "address_copy",
    "address_data",
    "address_erase",
    "my_data",
    "my_data_copy",
    "my_data_erase",
    "register",
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
