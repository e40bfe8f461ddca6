"""What a ranking has promised is kept: nothing takes it out of the fund, and what a reserve list waits for does not pass on."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Fund
from campaigns.models import Campaign
from matching.services import FundCommitted, decrease_fund, open_campaign, opening, undecided
from tests import factories
from tests.matching.short import act
from tests.vetting import ranking as stage
from vetting.models import Ranking
from vetting.services import answer_review, ask_for_review

NOW = timezone.now().replace(microsecond=0)
#: What the call of the stage puts into its fund, and what one project may get.
FUND, GRANT = 60_000_000, 1_000_000


@pytest.fixture
def provisional(officer: User) -> Ranking:
    """Return a provisional ranking of two projects; what is given out is enough for one."""
    call = stage.make_window(officer=officer, now=NOW)
    first, second = stage.apply_to(call, 2, now=NOW)
    points = {first: [(4500, 2500, 1500)], second: [(4000, 2000, 1250)]}
    stage.score(call, points, officer=officer, now=NOW)
    return stage.publish(call.sessions.get(), "provisional", officer=officer, now=NOW, fund_cents=GRANT)


def take_out(fund: Fund, cents: int, officer: User) -> Any:
    """Take money out of a fund by an act."""
    return decrease_fund(
        fund=fund, amount_cents=cents, act=act(), reason="Nuovo bilancio.", by=officer, now=NOW
    )


def test_what_a_provisional_ranking_gives_is_not_taken_out(provisional: Ranking, officer: User) -> None:
    fund = provisional.session.fund
    waits = provisional.entries.get(outcome="reserve").application
    review = ask_for_review(application=waits, text="Il voto.", by=waits.author, now=NOW)

    with pytest.raises(FundCommitted) as refusal:
        take_out(fund, FUND - 2 * GRANT + 1, officer)
    assert refusal.value.available_cents == FUND - 2 * GRANT

    answer_review(review=review, upheld=False, answer="I voti sono quelli.", by=officer, now=NOW)
    take_out(fund, FUND - GRANT, officer)


def test_what_a_fund_has_left_waits_for_the_reserve_list(provisional: Ranking, officer: User) -> None:
    session, later = provisional.session, stage.after_reviews(provisional)
    stage.publish(session, "final", officer=officer, now=later, fund_cents=GRANT)

    assert "Alcuni progetti sono in lista di riserva" in " ".join(undecided(session.fund, NOW))
    stage.publish(session, "amended", officer=officer, now=later, fund_cents=GRANT, closes_reserve=True)
    assert "lista di riserva" not in " ".join(undecided(session.fund, NOW))


def test_a_campaign_does_not_open_with_money_that_is_kept_for_a_ranking(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = factories.make_call(officer=officer)
    body = factories.make_organization(user=organizer)
    factories.connect_stripe(body)
    application = factories.make_application(call=call, organization=body)
    campaign = factories.make_scheduled_campaign(application=application, officer=officer)
    monkeypatch.setattr(opening, "held_cents", lambda _fund, *, but: FUND - GRANT + 1)

    refused = open_campaign(campaign=campaign, now=timezone.now())

    assert (refused.status, refused.opening_refusal) == (
        Campaign.Status.SCHEDULED,
        Campaign.OpeningRefusal.GRANT_NOT_COVERED,
    )
    monkeypatch.setattr(opening, "held_cents", lambda _fund, *, but: FUND - GRANT)
    assert open_campaign(campaign=campaign, now=timezone.now()).status == Campaign.Status.OPEN
