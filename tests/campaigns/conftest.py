from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "real_transactions"]
