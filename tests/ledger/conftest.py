"""What every test of the money stands on."""

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Call, Fund
from campaigns.models import Campaign
from ledger.services import allocate_fund
from tests.factories import make_application, make_draft_campaign, make_organization
from tests.threads import _ledger_guarded_again, real_transactions

__all__ = ["_ledger_guarded_again", "real_transactions"]


@pytest.fixture
def fund(call: Call) -> Fund:
    """Return a fund of 600,000 euro, filled."""
    fund = call.funds.get()
    allocate_fund(fund=fund, now=timezone.now())
    return fund


@pytest.fixture
def project(call: Call, officer: User, organizer: User) -> Campaign:
    """Return a campaign that only has to own accounts."""
    organization = make_organization(user=organizer)
    application = make_application(call=call, organization=organization)
    return make_draft_campaign(application=application, officer=officer)
