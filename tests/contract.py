"""The contract with Stripe, watched in every test: a request that its own library's types do not allow is a fault of ours."""

from types import SimpleNamespace
from typing import Any

import pytest

from stripe_twin import api, params
from stripe_twin.errors import StripeRefusal
from stripe_twin.schemas import Schema


class Contract:
    """What was asked of the local Stripe in a test, and which requests were none that Stripe understands."""

    def __init__(self) -> None:
        self.looked_at = 0
        self.violations: list[StripeRefusal] = []

    def checked(self, value: Any, schema: Schema) -> Any:
        """Check a request as the local Stripe does, and keep what is wrong with it."""
        self.looked_at += 1
        try:
            return params.checked(value, schema)
        except StripeRefusal as violation:
            self.violations.append(violation)
            raise

    def forgive(self) -> None:
        """Forget violations that a test has made on purpose."""
        self.violations.clear()


@pytest.fixture
def contract(monkeypatch: pytest.MonkeyPatch) -> Contract:
    """Return the record of a test's requests to the local Stripe that all tests share."""
    found = Contract()
    monkeypatch.setattr(api, "params", SimpleNamespace(checked=found.checked))
    return found
