"""What every test of the money stands on."""

from typing import Any

import pytest

from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "quick_passwords", "real_transactions"]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """Hash invented passwords fast: nobody attacks them."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Stripe's library try again at once instead of pausing."""
    monkeypatch.setattr("stripe.HTTPClient._sleep_time_seconds", lambda *args, **kwargs: 0)
