"""What the editions and the boroughs add up to."""

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.services import record_outcome
from campaigns.models import Campaign
from civicfund.boroughs import INHABITANTS
from matching.services import release_grant
from tests.factories import give, make_call
from tests.pages import words_of
from transparency.statistics import BoroughFigures, boroughs, editions


@pytest.fixture
def counted(campaign: Campaign, officer: User) -> Campaign:
    """Return a campaign of the second borough that has its grant, beside an edition of which figures were published."""
    past = make_call(officer=officer)
    record_outcome(call=past, campaigns=18, successful=16, raised_cents=33_313_600, source="=un giornale")
    give(campaign=campaign, amount_cents=1_000_000)
    campaign.refresh_from_db()
    release_grant(campaign=campaign, now=timezone.now())
    return campaign


def test_editions_are_counted_here_or_told_with_their_source(counted: Campaign) -> None:
    past, own = sorted(editions(), key=lambda one: not one.is_history)

    assert (past.figures.raised_cents, past.figures.granted_cents) == (33_313_600, None)
    assert (past.citizens, past.city) == (1000, 0)
    assert not own.is_history
    assert (own.figures.campaigns, own.figures.raised_cents, own.figures.granted_cents) == (
        1,
        1_000_000,
        1_000_000,
    )
    assert (own.citizens, own.city) == (30, 30)


def test_boroughs_are_counted_and_compared_by_inhabitants(counted: Campaign) -> None:
    rows = {one.number: one for one in boroughs()}

    assert list(rows) == list(range(1, 10))
    second = rows[2]
    assert (second.campaigns, second.successful, second.raised_cents, second.granted_cents) == (
        1,
        1,
        1_000_000,
        1_000_000,
    )
    assert (second.citizens, second.city) == (500, 500)
    assert second.per_inhabitant_cents == 2_000_000 // INHABITANTS[2] == 12
    assert rows[3] == BoroughFigures(3, "Municipio 3", INHABITANTS[3])


def test_page_tells_history_as_history(counted: Campaign, client: Client) -> None:
    words = words_of(client.get(reverse("transparency:statistics")))

    assert "storia · =un giornale" in words
    assert "333.136\u00a0€" in words
    assert "–" in words


def test_tables_leave_as_csv_that_no_spreadsheet_runs(counted: Campaign, client: Client) -> None:
    def rows_of(name: str) -> list[dict[str, str]]:
        answer = client.get(reverse(f"transparency:{name}"))
        assert answer["Access-Control-Allow-Origin"] == "*"
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    told = {row["source"]: row for row in rows_of("editions_csv")}
    assert told["'=un giornale"]["citizens_eur"] == "333136.00"
    assert told["'=un giornale"]["city_eur"] == ""
    second = rows_of("boroughs_csv")[1]
    assert (second["borough"], second["citizens_eur"], second["per_inhabitant_eur"]) == (
        "2",
        "10000.00",
        "0.12",
    )


def test_statistics_of_an_empty_site(db: None, client: Client) -> None:
    assert editions() == []
    assert client.get(reverse("transparency:statistics")).status_code == 200
