"""A whole session played through the desk's own pages: 60 applications, 5 members, 6 criteria, recomputed independently."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cmp_to_key
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, CallSession
from tests.deciding import exclude
from tests.desk import desk_of, row_url, take_step, text_of
from tests.pages import browser_of
from tests.vetting import judging
from tests.vetting import ranking as stage
from vetting.models import RankedSession, Ranking, RankingEntry, ReviewRequest, Score

NOW = timezone.now().replace(microsecond=0)
APPLICATIONS, MEMBERS = 60, 5
#: Name, highest score, lowest to pass, weight in basis points.
CRITERIA = [
    ("Utilità", 20, 8, 15_000),
    ("Novità", 20, 0, 10_000),
    ("Alleanza", 10, 4, 10_000),
    ("Conti", 10, 0, 12_500),
    ("Ambiente", 5, 0, 10_000),
    ("Campagna", 10, 2, 8_000),
]
PASS_MARK = 50
FUND = "200.000"


def drawn_points(rng: Random, kind: int) -> list[list[int | None]]:
    """Return what five members give: now and then a criterion does not apply; some applications are alike."""
    if kind % 7 == 3:
        return [[most * 75 for _name, most, _least, _weight in CRITERIA] for _member in range(MEMBERS)]
    low = 0 if kind % 5 == 0 else 40
    return [
        [
            None if rng.random() < 0.06 else rng.randrange(most * low, most * 100 + 1, 50)
            for _name, most, _least, _weight in CRITERIA
        ]
        for _member in range(MEMBERS)
    ]


@pytest.fixture
def session(officer: User) -> CallSession:
    """Return a window that a committee has judged: 60 applications, two of them excluded."""
    rng = Random(2026)
    criteria = [
        {"name": name, "max_points": most, "min_points": least, "weight_bp": weight}
        for name, most, least, weight in CRITERIA
    ]
    call = stage.make_window(
        officer=officer,
        now=NOW,
        criteria=criteria,
        pass_mark=PASS_MARK,
        tie_rules=["first_criterion", "cheaper", "earlier"],
    )
    costs = [rng.choice([1_500_000, 2_000_000, 3_999_999, 6_000_000]) for _one in range(APPLICATIONS)]
    made = stage.apply_to(call, APPLICATIONS, now=NOW, cost_cents=costs)
    for one in made[10:12]:
        exclude(application=one, by=officer, reason="Fuori termine.", now=NOW - timedelta(days=29))
    judged = {one: drawn_points(rng, place) for place, one in enumerate(made) if place not in (10, 11)}
    stage.score(call, judged, officer=officer, now=NOW)
    Mail.objects.all().delete()
    return call.sessions.get()


def expected(session: CallSession, corrections: dict[tuple[int, int], int]) -> list[tuple[Any, ...]]:
    """Work out the ranking another way: decimals instead of fractions, a comparison instead of a key."""
    found = {one.pk: score_of(one, corrections) for one in session.applications.filter(status="submitted")}
    rows = {one.pk: one for one in session.applications.all()}
    passing = [pk for pk, (total, means) in found.items() if total >= PASS_MARK and not below(means)]

    def compare(left: int, right: int) -> int:
        one, other = rows[left], rows[right]
        if found[left][0] != found[right][0]:
            return -1 if found[left][0] > found[right][0] else 1
        if found[left][1][0] != found[right][1][0]:
            return -1 if found[left][1][0] > found[right][1][0] else 1
        if one.cost_cents != other.cost_cents:
            return one.cost_cents - other.cost_cents
        return -1 if one.submitted_at < other.submitted_at else 1

    left, places, is_over = 20_000_000, [], False
    for number, pk in enumerate(sorted(passing, key=cmp_to_key(compare)), 1):
        grant = min(rows[pk].cost_cents // 2, 5_000_000)
        is_over = is_over or grant > left
        left -= 0 if is_over else grant
        outcome = "reserve" if is_over else "funded"
        places.append((rows[pk].title, number, int(found[pk][0] * 100), outcome, 0 if is_over else grant))
    low = sorted(
        (pk for pk in found if pk not in passing), key=lambda pk: (-found[pk][0], rows[pk].protocol_number)
    )
    places += [(rows[pk].title, None, int(found[pk][0] * 100), "below_pass_mark", 0) for pk in low]
    shut = session.applications.filter(status="inadmissible").order_by("protocol_number")
    return places + [(one.title, None, None, "excluded", 0) for one in shut]


def score_of(application: Application, corrections: dict[tuple[int, int], int]) -> tuple[Decimal, list[Any]]:
    """Return the rounded score of an application and the mean of each criterion, in points."""
    scores = Score.objects.filter(sheet__assignment__application=application)
    by_sheet: dict[int, list[Decimal | None]] = {}
    for score in scores.order_by("sheet_id", "criterion__position").select_related("criterion"):
        points = corrections.get((score.sheet_id, score.criterion_id), score.points)
        by_sheet.setdefault(score.sheet_id, []).append(None if points is None else Decimal(points) / 100)
    with localcontext() as exact:
        exact.prec = 60
        totals = [total_of(sheet) for sheet in by_sheet.values()]
        mean = sum(totals, Decimal(0)) / len(totals)
        means = [
            [points for points in column if points is not None]
            for column in zip(*by_sheet.values(), strict=True)
        ]
        return (
            mean.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP),
            [sum(column, Decimal(0)) / len(column) if column else None for column in means],
        )


def total_of(sheet: list[Decimal | None]) -> Decimal:
    """Return a sheet's total out of all there is, by the share it earned of what applies."""
    weights = [Decimal(weight) / 10_000 for _name, _most, _least, weight in CRITERIA]
    most = [Decimal(row[1]) for row in CRITERIA]
    rows = list(zip(sheet, weights, most, strict=True))
    earned = sum(points * weight for points, weight, _full in rows if points is not None)
    over = sum(weight * full for points, weight, full in rows if points is not None)
    return earned / over * sum(weight * full for _points, weight, full in rows)


def below(means: list[Decimal | None]) -> bool:
    """Say whether a criterion's mean is below its lowest score."""
    return any(mean is not None and mean < row[2] for mean, row in zip(means, CRITERIA, strict=True))


def places_of(ranking: Ranking) -> list[tuple[Any, ...]]:
    """Return the published places."""
    return list(
        ranking.entries.order_by("position").values_list("title", "rank", "score", "outcome", "grant_cents")
    )


@pytest.fixture
def second(db: None) -> User:
    """Return the officer who publishes."""
    return judging.make_judge("seconda", "vetting.view_ranking", "vetting.change_ranking")


def published(session: CallSession, step: str, *, officer: User, second: User) -> Iterator[Any]:
    """Propose a version through the window's page, publish it through its own; yield both pages, then the ranking."""
    window = RankedSession.objects.get(pk=session.pk)
    asked = {"fund": FUND, "draw_seed": "", "reason": "Verbale n. 3 della commissione."}
    yield take_step(desk_of(officer), row_url(window, step), **asked)
    waiting = Ranking.objects.waiting().get()
    yield take_step(desk_of(second), row_url(waiting, "publish"))
    waiting.refresh_from_db()
    yield waiting


def test_a_session_from_the_sheets_to_the_final_ranking(
    session: CallSession, officer: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = RankedSession.objects.get(pk=session.pk)
    rich = {"fund": "600.000,01", "draw_seed": "", "reason": "Verbale."}
    refused = desk_of(officer).post(row_url(window, "provisional"), {**rich, "preview": "1"})
    assert "At most €600,000: the fund has no more" in text_of(refused)
    proposed, told, provisional = published(session, "provisional", officer=officer, second=second)
    assert "Proposed: a second officer finds it" in text_of(proposed)
    assert "Published: version 1 is public." in text_of(told)
    plain = expected(session, {})
    assert places_of(provisional) == plain
    assert {row[3] for row in plain} == {"funded", "reserve", "below_pass_mark", "excluded"}
    assert RankingEntry.objects.filter(tie__isnull=False).count() >= 4, "no tie to part"
    assert Mail.objects.filter(key__startswith="ranking_published:").count() == APPLICATIONS

    asks = session.applications.get(title=next(row[0] for row in plain if row[3] == "below_pass_mark"))
    browser_of(asks.author).post(
        f"{asks.get_absolute_url()}graduatoria/", {"text": "I conti erano allegati."}
    )
    review = ReviewRequest.objects.get()
    corrected = {(score.sheet_id, score.criterion_id): score.criterion.max_points * 100 for score in
                 Score.objects.filter(sheet__assignment__application=asks).select_related("criterion")}  # fmt: skip
    typed = {
        f"points_{sheet}_{criterion}": str(points // 100) for (sheet, criterion), points in corrected.items()
    }
    answered = take_step(
        desk_of(officer),
        row_url(review, "answer"),
        outcome="upheld",
        answer="Il piano dei conti c'era.",
        **typed,
    )
    assert "Answered: the organization gets a mail." in text_of(answered)

    again = expected(session, corrected)
    later = provisional.reviews_until + timedelta(minutes=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    _proposed, _told, final = published(session, "final", officer=officer, second=second)
    assert places_of(final) == again
    assert again[0][0] == asks.title and again != plain
    funded = [row[0] for row in again if row[3] == "funded"]
    assert sorted(session.applications.filter(status="admitted").values_list("title", flat=True)) == sorted(
        funded
    )
    with CaptureQueriesContext(connection) as asked:
        page = browser_of(None).get(final.get_absolute_url(), headers={"accept-language": "en"})
    assert len(asked) <= 15
    assert "What differs from version 1" in page.content.decode()
