"""What `make rehearse` plays: the published figures of the editions."""

import pytest

from tests.storm import scenes
from tests.storm.editions import EDITIONS, shares_of


@pytest.mark.parametrize("year", sorted(EDITIONS))
def test_shares_of_an_edition_add_up_to_what_is_published(year: str) -> None:
    edition = EDITIONS[year]
    shares = shares_of(edition, seed=1)
    raised = sorted(sum(share.gifts) for share in shares)[edition.failing :]
    assert len(shares) == edition.campaigns
    assert edition.raised_cents - sum(raised) < len(raised)
    assert shares == shares_of(edition, seed=1) != shares_of(edition, seed=2)


def test_shares_of_2020_have_the_published_mean() -> None:
    gifts = [cents for share in shares_of(EDITIONS["2020"], seed=1) for cents in share.gifts]
    assert len(gifts) > 4_000
    assert 75_00 <= sum(gifts) // len(gifts) <= 80_00


@pytest.mark.usefixtures("stripe", "db")
@pytest.mark.parametrize("year", sorted(EDITIONS))
def test_edition_of_a_year_can_be_set_up_today(year: str) -> None:
    edition = EDITIONS[year]
    costs = [shares_of(edition, seed=1)[0].cost_cents]

    town = scenes.edition(year, batches=[1], days=edition.days, between=14, costs=costs)

    assert town["fund_cents"] > 0
    assert [one["threshold_cents"] > 0 for one in town["campaigns"]] == [True]
