"""What the proofs stand on."""

from tests.donations.conftest import impatient
from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "impatient", "real_transactions"]
