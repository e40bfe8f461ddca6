"""A small edition played from its first day to its last refund, and the published figures of the large ones."""

from pathlib import Path

import pytest

from demo import embedded
from tests.journeys.running import running
from tests.storm.editions import EDITIONS, shares_of, small
from tests.storm.rehearse import Rehearsal


@pytest.mark.journey
def test_rehearsal_of_a_small_edition_balances(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (
        embedded.engines(tmp_path / "engines", disposable=True) as engines,
        running(tmp_path / "run", engines.owner_database_url, engines.redis_url, is_silent=True) as platform,
    ):
        wrong = Rehearsal(platform, small(EDITIONS["2020"]), seed=1).play()
        states = platform.rows("SELECT status FROM campaigns_campaign ORDER BY 1")
    assert wrong == []
    assert states == [("refunded",), ("succeeded",)]
    assert capsys.readouterr().out.rstrip().endswith("balanced")


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
