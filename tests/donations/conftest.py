"""What every test of the money stands on."""

import pytest

from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "real_transactions"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Stripe's library try again at once instead of pausing."""
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *args, **kwargs: 0)
