"""A ranking from the committee's sheets to the last version: two people, one instant, nothing before it."""

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Mail, Membership, User
from calls.models import Application, Call, CallSession
from calls.services import withdraw_application
from calls.story import story_of
from tests.deciding import colleague, exclude
from tests.pages import browser_of, words_of
from tests.vetting import ranking as stage
from vetting import services
from vetting.models import Decision, Ranking, RankingEntry, ReviewRequest, ScoreCorrection, ScoreSheet
from vetting.ranking_csv import read_input, write_places
from vetting.ranking_rules import rank

NOW = timezone.now().replace(microsecond=0)
#: Points of two members for each application, in hundredths, by criterion; the third is excluded, the last too low.
POINTS = [
    [(4500, 2500, 1500), (4700, 2700, 1500)],
    [(4000, 2500, 1500), (4000, 2400, 1500)],
    None,
    [(4000, 2000, 1500), (4000, 2000, None)],
    [(1900, 3000, 2000), (1900, 3000, 2000)],
]
#: Every grant is 10,000 euro; the fund has two.
FUND = 2_000_000


@pytest.fixture
def call(officer: User) -> Call:
    """Return a call whose window is over."""
    return stage.make_window(officer=officer, now=NOW)


@pytest.fixture
def session(call: Call, officer: User) -> CallSession:
    """Return a window whose committee has closed: five applications, one of them excluded."""
    made = stage.apply_to(call, len(POINTS), now=NOW)
    judged = {one: points for one, points in zip(made, POINTS, strict=True) if points}
    exclude(application=made[2], by=officer, reason="Fuori termine.", now=NOW - timedelta(days=29))
    stage.score(call, judged, officer=officer, now=NOW)
    Mail.objects.all().delete()
    return call.sessions.get()


@pytest.fixture
def provisional(session: CallSession, officer: User) -> Ranking:
    """Return the published provisional ranking."""
    return stage.publish(session, "provisional", officer=officer, now=NOW, fund_cents=FUND)


@pytest.fixture
def final(provisional: Ranking, officer: User) -> Ranking:
    """Return the published final ranking, the day after the last review could be asked for."""
    later = stage.after_reviews(provisional)
    return stage.publish(provisional.session, "final", officer=officer, now=later, fund_cents=FUND)


def outcomes(ranking: Ranking) -> list[tuple[str, int | None, str, int]]:
    """Return title, rank, outcome and grant of each place."""
    return list(ranking.entries.order_by("position").values_list("title", "rank", "outcome", "grant_cents"))


def states(session: CallSession) -> list[str]:
    """Return the state of each application, in the order of their titles."""
    return list(session.applications.order_by("title").values_list("status", flat=True))


def own(session: CallSession, number: int) -> Application:
    """Return an application by the number in its title."""
    return session.applications.get(title=f"Progetto {number}")


def test_a_provisional_ranking_admits_nobody_and_tells_everybody(provisional: Ranking) -> None:
    assert outcomes(provisional) == [
        ("Progetto 1", 1, "funded", 1_000_000),
        ("Progetto 2", 2, "funded", 1_000_000),
        ("Progetto 4", 3, "reserve", 0),
        ("Progetto 5", None, "below_pass_mark", 0),
        ("Progetto 3", None, "excluded", 0),
    ]
    scores = list(provisional.entries.order_by("position").values_list("score", flat=True))
    # 4000 and 2000 of 80 points that apply are 75 of 100; with the other sheet's 75 the mean is 75.
    assert scores == [8700, 7950, 7500, 6900, None]
    assert not Decision.objects.exclude(outcome="inadmissible").exists()
    assert set(states(provisional.session)) == {"submitted", "inadmissible"}
    mails = Mail.objects.filter(key__startswith="ranking_published:")
    assert mails.count() == 5
    low = mails.get(recipient=own(provisional.session, 5).author.email).body
    assert "In «Utilità» ha 19 punti; ne servono 20." in low
    assert provisional.reviews_until == stage.after_reviews(provisional) > NOW + timedelta(days=10)


def test_a_final_ranking_admits_closes_and_lets_wait(final: Ranking, officer: User) -> None:
    session = final.session

    assert states(session) == ["admitted", "admitted", "inadmissible", "reserve", "not_selected"]
    assert own(session, 1).decision.admitted_cost_cents == 2_000_000
    closed = own(session, 5).decision
    assert (closed.outcome, closed.decided_by) == ("not_selected", officer)
    assert "ne servono 20" in closed.reason
    assert not Decision.objects.filter(application=own(session, 4)).exists()
    assert [final.number, final.kind, final.reviews_until] == [2, "final", None]


def test_who_proposed_cannot_publish(session: CallSession, officer: User) -> None:
    ranking = services.propose_ranking(
        session=session, kind="provisional", fund_cents=FUND, reason="Verbale.", by=officer, now=NOW
    )

    with pytest.raises(services.SamePerson):
        services.publish_ranking(ranking=ranking, by=officer, now=NOW)
    with pytest.raises(IntegrityError, match="ranking_takes_two_people"), transaction.atomic():
        Ranking.objects.filter(pk=ranking.pk).update(
            status="published", number=1, decided_by=officer, decided_at=NOW, reviews_until=NOW + timedelta(1)
        )
    assert not RankingEntry.objects.exists()
    with pytest.raises(services.RankingWaits):
        services.propose_ranking(
            session=session, kind="provisional", fund_cents=1, reason="Verbale.", by=officer, now=NOW
        )
    services.drop_ranking(ranking=ranking, by=officer, reason="Manca il verbale.", now=NOW)
    with pytest.raises(services.RankingMovedOn):
        services.publish_ranking(ranking=ranking, by=colleague(), now=NOW)


@pytest.mark.parametrize("step", ["propose", "publish"])
def test_nobody_ranks_the_own_body(session: CallSession, officer: User, step: str) -> None:
    body = own(session, 4).organization
    proposer = colleague()
    Membership.objects.create(
        organization=body, user=proposer if step == "propose" else officer, created_at=NOW
    )

    with pytest.raises(services.OwnApplication):
        stage.publish(session, "provisional", officer=officer, now=NOW, fund_cents=FUND)
    assert not Ranking.objects.published().exists()


def test_a_proposal_is_not_published_when_what_it_was_computed_from_has_changed(
    session: CallSession, officer: User
) -> None:
    ranking = services.propose_ranking(
        session=session, kind="provisional", fund_cents=FUND, reason="Verbale.", by=colleague(), now=NOW
    )
    gone = own(session, 2)
    withdraw_application(application=gone, by=gone.author, now=NOW)

    with pytest.raises(services.RankingMovedOn):
        services.publish_ranking(ranking=ranking, by=officer, now=NOW)

    assert not RankingEntry.objects.exists()
    services.drop_ranking(ranking=ranking, by=officer, reason="Una si è ritirata.", now=NOW)
    again = stage.publish(session, "provisional", officer=officer, now=NOW, fund_cents=FUND)
    assert [title for title, *_rest in outcomes(again)] == [
        "Progetto 1", "Progetto 4", "Progetto 5", "Progetto 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code"), [("final", "no_provisional"), ("amended", "no_final"), ("provisional", "")]
)
def test_each_kind_has_its_time(session: CallSession, kind: str, code: str) -> None:
    assert services.why_not_due(session, kind, NOW) == code
    assert services.why_not_due(session, "provisional", session.closes_at - timedelta(1)) == "window_open"


def test_a_final_ranking_waits_for_the_reviews(provisional: Ranking, officer: User) -> None:
    session, until = provisional.session, stage.after_reviews(provisional)
    low, late = own(session, 5), own(session, 4)
    review = services.ask_for_review(application=low, text="Il voto non torna.", by=low.author, now=NOW)

    assert services.why_not_due(session, "final", until - timedelta(seconds=1)) == "reviews_open"
    assert services.why_not_due(session, "final", until) == "reviews_pending"
    with pytest.raises(services.ReviewAsked):
        services.ask_for_review(application=low, text="Ancora.", by=low.author, now=NOW)
    with pytest.raises(services.ReviewsClosed):
        services.ask_for_review(application=late, text="Tardi.", by=late.author, now=until)
    with pytest.raises(IntegrityError, match="days after the provisional"), transaction.atomic():
        ReviewRequest.objects.create(
            entry=services.place_of(late), text="Tardi.", filed_by=late.author, filed_at=until
        )
    services.answer_review(review=review, upheld=False, answer="I voti sono quelli.", by=officer, now=until)
    with pytest.raises(services.ReviewMovedOn):
        services.answer_review(review=review, upheld=True, answer="Anzi sì.", by=officer, now=until)
    assert services.why_not_due(session, "final", until) == ""


def test_the_money_of_a_place_under_review_is_kept(provisional: Ranking, officer: User) -> None:
    session = provisional.session
    fund, low = session.fund, own(session, 5)
    assert services.held_cents(fund) == FUND

    review = services.ask_for_review(application=low, text="Il voto non torna.", by=low.author, now=NOW)

    assert services.held_cents(fund) == FUND + 1_000_000
    assert services.held_cents(fund, but=low) == 0
    services.answer_review(review=review, upheld=False, answer="No.", by=officer, now=NOW)
    assert services.held_cents(fund) == FUND


def test_an_upheld_review_changes_the_next_version_and_says_how(provisional: Ranking, officer: User) -> None:
    session, until = provisional.session, stage.after_reviews(provisional)
    low = own(session, 5)
    review = services.ask_for_review(application=low, text="Il voto non torna.", by=low.author, now=NOW)
    useful = session.call.criteria.first()
    sheets = list(ScoreSheet.objects.counting().filter(assignment__application=low))
    wrong = [services.Correction(sheets[0], useful, 5001)]
    with pytest.raises(services.WrongPoints), transaction.atomic():
        services.answer_review(
            review=review, upheld=True, answer="Sì.", corrections=wrong, by=officer, now=NOW
        )
    corrections = [services.Correction(sheet, useful, 4900) for sheet in sheets]

    services.answer_review(
        review=review, upheld=True, answer="C'era un errore.", corrections=corrections, by=officer, now=NOW
    )
    final = stage.publish(session, "final", officer=officer, now=until, fund_cents=FUND)

    assert outcomes(final)[:3] == [
        ("Progetto 5", 1, "funded", 1_000_000),
        ("Progetto 1", 2, "funded", 1_000_000),
        ("Progetto 2", 3, "reserve", 0),
    ]
    page = words_of(browser_of(None).get(final.get_absolute_url()))
    assert "Che cosa cambia rispetto alla versione 1" in page
    assert "Punti: 69, ora 99." in page
    mail = Mail.objects.get(key__startswith="review_answered:")
    assert (mail.recipient, "C'era un errore." in mail.body) == (low.author.email, True)


def test_the_list_moves_up_and_nobody_loses_what_was_given(final: Ranking, officer: User) -> None:
    session = final.session
    left = {own(session, 1).protocol_number: "Ha rinunciato."}

    moved = stage.publish(session, "amended", officer=officer, now=NOW, fund_cents=FUND, left=left)

    assert outcomes(moved)[:3] == [
        ("Progetto 1", 1, "renounced", 0),
        ("Progetto 2", 2, "funded", 1_000_000),
        ("Progetto 4", 3, "funded", 1_000_000),
    ]
    assert own(session, 4).status == "admitted"
    assert own(session, 4).decision.admitted_cost_cents == 2_000_000
    assert moved.number == 3
    again = stage.publish(session, "amended", officer=officer, now=NOW, fund_cents=FUND)
    assert outcomes(again) == outcomes(moved)
    page = words_of(browser_of(None).get(moved.get_absolute_url()))
    assert "Esito: in lista di riserva, ora finanziato." in page


def test_who_waits_may_withdraw_and_a_reserve_list_is_closed(final: Ranking, officer: User) -> None:
    session = final.session
    waits = own(session, 4)
    assert story_of(waits, NOW)[-1].is_next

    closed = stage.publish(session, "amended", officer=officer, now=NOW, fund_cents=FUND, closes_reserve=True)

    assert ("Progetto 4", 3, "unfunded", 0) in outcomes(closed)
    assert own(session, 4).status == "not_selected"
    left = {own(session, 1).protocol_number: "Ha rinunciato."}
    with pytest.raises(services.ClosedByDecision):
        stage.publish(session, "amended", officer=officer, now=NOW, fund_cents=FUND, left=left)


def test_who_withdraws_from_the_reserve_list_leaves_the_ranking(final: Ranking, officer: User) -> None:
    waits = own(final.session, 4)

    withdraw_application(application=waits, by=waits.author, now=NOW)
    moved = stage.publish(final.session, "amended", officer=officer, now=NOW, fund_cents=FUND)

    assert ("Progetto 4", 3, "renounced", 0) in outcomes(moved)
    assert own(final.session, 4).status == "withdrawn"


def test_what_is_published_is_never_changed(provisional: Ranking) -> None:
    rows = Ranking.objects.filter(pk=provisional.pk)
    entries = RankingEntry.objects.filter(ranking=provisional)

    for change in (
        lambda: rows.update(reason="Altro."),
        lambda: rows.update(input_csv="x"),
        lambda: rows._raw_delete("default"),
        lambda: entries.update(rank=9),
        lambda: entries._raw_delete("default"),
    ):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="fingerprint"), transaction.atomic():
        Ranking.objects.create(
            session=provisional.session, kind="final", reason="x", input_csv="x", sha256="0" * 64,
            proposed_at=NOW, proposed_by=colleague(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("ranking_has_a_reason", {"reason": ""}),
        ("ranking_takes_two_people", {"number": 1}),
        ("ranking_reviews_until_matches_kind", {"reviews_until": NOW}),
        ("ranking_takes_two_people", {"status": "published", "decided_at": NOW, "number": None}),
        (
            "ranking_reviews_until_matches_kind",
            {"kind": "provisional", "status": "published", "decided_at": NOW, "number": 9},
        ),
    ],
)
def test_ranking_constraints(session: CallSession, constraint: str, fields: dict) -> None:
    ranking = services.propose_ranking(
        session=session, kind="provisional", fund_cents=FUND, reason="Verbale.", by=colleague(), now=NOW
    )
    whole = {
        "kind": "final",
        "reason": "x",
        "input_csv": ranking.input_csv,
        "sha256": ranking.sha256,
        **fields,
    }
    services.drop_ranking(ranking=ranking, by=colleague(), reason="Prova.", now=NOW)

    if "decided_at" in fields:
        whole["decided_by"] = own(session, 1).author

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Ranking.objects.create(session=session, proposed_at=NOW, proposed_by=colleague(), **whole)


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("ranking_entry_grant_matches_outcome", {"grant_cents": 0}),
        ("ranking_entry_grant_matches_outcome", {"grant_cents": 6}),
        ("ranking_entry_grant_matches_outcome", {"outcome": "reserve"}),
        ("ranking_entry_rank_matches_outcome", {"rank": None}),
        ("ranking_entry_rank_matches_outcome", {"outcome": "excluded", "grant_cents": 0}),
    ],
)
def test_entry_constraints(provisional: Ranking, officer: User, constraint: str, fields: dict) -> None:
    other = stage.apply_to(stage.make_window(officer=officer, now=NOW), 1, now=NOW)[0]
    whole = {"outcome": "funded", "rank": 9, "score": 1, "grant_cents": 5, "due_cents": 5, **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RankingEntry.objects.create(
            ranking=provisional, application=other, position=99, title="x", body="x", cost_cents=9, **whole
        )


@pytest.mark.parametrize("fields", [{"outcome": "upheld"}, {"answer": "Sì."}])
def test_review_constraints(provisional: Ranking, fields: dict) -> None:
    low = own(provisional.session, 5)
    review = services.ask_for_review(application=low, text="Il voto.", by=low.author, now=NOW)

    with pytest.raises(IntegrityError, match="review_answer_matches_outcome"), transaction.atomic():
        ReviewRequest.objects.filter(pk=review.pk).update(**fields)


def test_the_published_file_alone_gives_the_ranking_again(provisional: Ranking, tmp_path: Path) -> None:
    base = provisional.get_absolute_url()
    for name in ("dati.csv", "graduatoria.csv"):
        (tmp_path / name).write_bytes(browser_of(None).get(f"{base}{name}").content)
    data, published = tmp_path / "dati.csv", tmp_path / "graduatoria.csv"
    said = StringIO()

    call_command("recompute_ranking", data, published=published, sha256=provisional.sha256, stdout=said)

    assert f"SHA-256 {provisional.sha256}" in said.getvalue()
    assert "The same as published." in said.getvalue()
    contenders, criteria, rules = read_input(data.read_bytes().decode())
    assert write_places(contenders, rank(contenders, criteria, rules)).encode() == published.read_bytes()
    published.write_bytes(published.read_bytes().replace(b"79.50", b"79.51"))
    with pytest.raises(CommandError, match="in line 3"):
        call_command("recompute_ranking", data, published=published, stdout=StringIO())
    with pytest.raises(CommandError, match="fingerprint"):
        call_command("recompute_ranking", data, sha256="0" * 64, stdout=StringIO())
    with pytest.raises(CommandError, match="not the input"):
        call_command("recompute_ranking", published, stdout=StringIO())
    assert "commissario A" in data.read_text() and colleague().full_name not in data.read_text()


def test_there_is_one_place_per_application_and_order_and_one_version_per_number(
    provisional: Ranking, officer: User
) -> None:
    first = own(provisional.session, 1)
    place = {
        "title": "x",
        "body": "x",
        "cost_cents": 9,
        "due_cents": 5,
        "grant_cents": 5,
        "outcome": "funded",
    }
    place |= {"ranking": provisional, "rank": 9, "score": 1}
    other = stage.apply_to(stage.make_window(officer=officer, now=NOW), 1, now=NOW)[0]
    version = {"session": provisional.session, "kind": "final", "reason": "x", "sha256": provisional.sha256}
    version |= {"input_csv": provisional.input_csv, "proposed_at": NOW, "proposed_by": colleague()}
    published = {"status": "published", "number": 1, "decided_by": officer, "decided_at": NOW}
    Ranking.objects.create(**version)

    for constraint, write in (
        ("ranking_entry_once", lambda: RankingEntry.objects.create(application=first, position=99, **place)),
        (
            "ranking_position_once",
            lambda: RankingEntry.objects.create(application=other, position=1, **place),
        ),
        ("ranking_waits_alone", lambda: Ranking.objects.create(**version)),
        ("ranking_version_once", lambda: Ranking.objects.create(**version, **published)),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            write()


def test_a_review_has_a_text_and_corrects_a_score_once(provisional: Ranking, officer: User) -> None:
    low = own(provisional.session, 5)
    entry = services.place_of(low)
    with pytest.raises(IntegrityError, match="review_has_a_text"), transaction.atomic():
        ReviewRequest.objects.create(entry=entry, text="", filed_by=low.author, filed_at=NOW)
    review = services.ask_for_review(application=low, text="Il voto.", by=low.author, now=NOW)
    sheet = ScoreSheet.objects.counting().filter(assignment__application=low).first()
    one = {"review": review, "sheet": sheet, "criterion": provisional.call.criteria.first(), "points": 100}
    ScoreCorrection.objects.create(**one)

    with pytest.raises(IntegrityError, match="score_correction_once"), transaction.atomic():
        ScoreCorrection.objects.create(**one)
    for change in (
        lambda: ReviewRequest.objects.update(text="Altro."),
        lambda: ReviewRequest.objects.all()._raw_delete("default"),
        lambda: ScoreCorrection.objects.update(points=9),
    ):
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            change()
