from tests.passwords import quick_passwords
from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "quick_passwords", "real_transactions"]
