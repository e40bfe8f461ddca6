"""The editions of Milan are data: each is published through the same service as an officer's call."""

import tomllib
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import OrgKind, User
from calls.admin_forms import CallDeskForm
from calls.management.commands import load_editions
from calls.management.commands.load_editions import EDITIONS, load_edition
from calls.models import Call, Fund

ROME = ZoneInfo("Europe/Rome")
NOW = datetime(2027, 3, 14, 12, 0, tzinfo=ROME)
BODIES = set(OrgKind) - {OrgKind.INFORMAL}
NON_PROFIT = BODIES - {OrgKind.MSME}


def rome(*instant: int) -> datetime:
    """Return a local time of Milan."""
    return datetime(*instant, tzinfo=ROME)


PUBLISHED = {
    "2015": {
        "edition": "2015-17",
        "shares": (5000, 5000),
        "cap": 50_000,
        "costs": (0, None),
        "fund": 400_000,
        "days": (40, 50),
        "kinds": BODIES,
        "windows": [(rome(2015, 10, 15, 12), rome(2016, 1, 18, 12))],
        "mode": Call.ReservationMode.FIRST_REACHED,
        "policy": Call.PartialPolicy.AUTO,
        "excluded": [],
    },
    "2020": {
        "edition": "2020-21",
        "shares": (4000, 6000),
        "cap": 60_000,
        "costs": (0, 100_000),
        "fund": 550_000,
        "days": (60, 60),
        "kinds": NON_PROFIT | {OrgKind.INFORMAL},
        "windows": [(rome(2020, 5, 30), rome(2020, 7, 31, 12))],
        "mode": Call.ReservationMode.RESERVED,
        "policy": Call.PartialPolicy.NONE,
        "excluded": [],
    },
    "2022": {
        "edition": "2022-23",
        "shares": (4000, 6000),
        "cap": 48_000,
        "costs": (20_000, 80_000),
        "fund": 500_000,
        "days": (45, 45),
        "kinds": NON_PROFIT,
        "windows": [(rome(2022, 5, 25), rome(2022, 7, 15, 12))],
        "mode": Call.ReservationMode.RESERVED,
        "policy": Call.PartialPolicy.NONE,
        "excluded": [1],
    },
    "2024": {
        "edition": "2024-25",
        "shares": (5000, 5000),
        "cap": 50_000,
        "costs": (20_000, 100_000),
        "fund": 600_000,
        "days": (40, 60),
        "kinds": BODIES,
        "windows": [
            (rome(2024, 10, 11, 9), rome(2025, 2, 1)),
            (rome(2025, 6, 1), rome(2025, 11, 1)),
        ],
        "mode": Call.ReservationMode.RESERVED,
        "policy": Call.PartialPolicy.NONE,
        "excluded": [],
    },
}

#: Edition, cost, then threshold, grant and own share, in euro.
EXAMPLES = [
    ("2015", 100_000, 50_000, 50_000, 0),
    ("2015", 120_000, 60_000, 50_000, 10_000),
    ("2015", 30_000, 15_000, 15_000, 0),
    ("2020", 100_000, 40_000, 60_000, 0),
    ("2020", 10_000, 4_000, 6_000, 0),
    ("2022", 80_000, 32_000, 48_000, 0),
    ("2022", 20_000, 8_000, 12_000, 0),
    ("2024", 100_000, 50_000, 50_000, 0),
    ("2024", 20_000, 10_000, 10_000, 0),
    ("cortili", 75_000, 45_000, 30_000, 0),
    ("cortili", 50_000, 30_000, 20_000, 0),
]


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_load_edition_has_the_published_rules(officer: User, name: str) -> None:
    known = PUBLISHED[name]

    call = load_edition(name, by=officer, now=NOW)

    most = call.cost_max_cents and call.cost_max_cents // 100
    assert call.status == Call.Status.PUBLISHED
    assert call.edition == known["edition"]
    assert (call.threshold_bp, call.grant_bp) == known["shares"]
    assert call.cap_cents == known["cap"] * 100
    assert (call.cost_min_cents // 100, most) == known["costs"]
    assert call.fund_cents == known["fund"] * 100
    assert (call.campaign_days_min, call.campaign_days_max) == known["days"]
    assert set(call.eligible_kinds) == known["kinds"]
    assert [(session.opens_at, session.closes_at) for session in call.sessions.all()] == known["windows"]
    assert (call.reservation_mode, call.partial_policy) == (known["mode"], known["policy"])
    assert call.excluded_boroughs == known["excluded"]


@pytest.mark.parametrize("name", [path.stem for path in sorted(EDITIONS.glob("*.toml"))])
def test_edition_states_every_rule_itself(officer: User, name: str) -> None:
    written = tomllib.loads((EDITIONS / f"{name}.toml").read_text())["call"]
    left_out = {"cost_max_cents", "donor_limit_cents", "donor_limit_bp", "questions_until"}

    call = load_edition(name, by=officer, now=NOW)

    assert set(CallDeskForm.base_fields) - set(written) <= left_out, (
        "empty means no limit, or no questions; nothing else may be"
    )
    assert call.settlement_policy == Call.SettlementPolicy.REMAINING
    assert (call.cure_days, call.promoter_may_cure, call.stops_when_covered) == (10, False, False)


def test_load_edition_of_2024_splits_its_fund_between_two_windows(officer: User) -> None:
    call = load_edition("2024", by=officer, now=NOW)

    first, second = call.sessions.all()
    assert first.fund != second.fund
    assert first.fund.allocation_cents + second.fund.allocation_cents == 60_000_000
    assert call.session_open_at(rome(2025, 1, 31, 23, 59, 59)) == first
    assert call.session_open_at(rome(2025, 2, 1)) is None
    assert call.session_open_at(rome(2025, 6, 1)) == second
    assert call.session_open_at(rome(2025, 10, 31, 23, 59, 59)) == second
    assert call.session_open_at(rome(2025, 11, 1)) is None


def test_load_edition_of_2015_has_its_published_outcome(officer: User) -> None:
    outcome = load_edition("2015", by=officer, now=NOW).outcome

    assert (outcome.raised_cents, outcome.granted_cents) == (33_313_600, 32_388_200)
    assert (outcome.admitted, outcome.successful) == (22, 16)
    assert outcome.donors == 1492 + 154
    assert "eppela" in outcome.source


def test_load_edition_that_is_invented_is_open_whenever_it_is_loaded(officer: User) -> None:
    call = load_edition("cortili", by=officer, now=NOW)

    window = call.sessions.get()
    assert window.is_open(NOW)
    assert not hasattr(call, "outcome")
    assert call.published_at == NOW - timedelta(days=21)
    assert window.opens_at == rome(2027, 3, 4, 9)
    # The clocks have gone forward in between, the hour of the city has not moved.
    assert window.closes_at == rome(2027, 6, 2, 12)


@pytest.mark.parametrize(("name", "cost", "threshold", "grant", "own"), EXAMPLES)
def test_load_edition_promises_what_was_published(
    officer: User, name: str, cost: int, threshold: int, grant: int, own: int
) -> None:
    call = load_edition(name, by=officer, now=NOW)

    promised = call.promise(cost * 100)

    assert call.admits_cost(cost * 100)
    assert promised.threshold_cents == threshold * 100
    assert promised.grant_cents == grant * 100
    assert promised.own_cents == own * 100


@pytest.mark.parametrize("name", ["2020", "2022", "2024", "cortili"])
def test_cap_never_binds_where_the_cost_has_a_ceiling(officer: User, name: str) -> None:
    call = load_edition(name, by=officer, now=NOW)

    assert call.cost_max_cents is not None
    assert call.promise(call.cost_max_cents).own_cents == 0
    assert not call.admits_cost(12_000_000)


def test_load_editions_publishes_all_five_and_a_second_run_changes_nothing(officer: User) -> None:
    out = StringIO()
    call_command("load_editions", by=officer.email, stdout=out)
    before = list(Call.objects.order_by("pk").values())

    call_command("load_editions", by=officer.email, stdout=StringIO())

    assert len(out.getvalue().splitlines()) == 5
    assert {call["status"] for call in before} == {"published"}
    assert list(Call.objects.order_by("pk").values()) == before
    assert Fund.objects.count() == 6


def test_load_editions_can_load_one(officer: User) -> None:
    call_command("load_editions", by=officer.email, only=["2015"], stdout=StringIO())

    assert Call.objects.get().slug == "milano-2015"


@pytest.mark.parametrize("address", ["stranger@example.org", "nobody@example.org"])
def test_load_editions_by_somebody_who_is_no_officer(stranger: User, address: str) -> None:
    with pytest.raises(CommandError, match=f"{address} is not an officer"):
        call_command("load_editions", by=address, stdout=StringIO())

    assert not Call.objects.exists()


def test_load_edition_leaves_nothing_behind_when_publishing_fails(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(load_editions, "publish_call", refuse)

    with pytest.raises(RuntimeError):
        load_edition("2015", by=officer, now=timezone.now())

    assert not Call.objects.exists()
