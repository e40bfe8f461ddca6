"""What people see of a ranking: nothing before its instant, everything after it, each body its own scores."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, Call, CallSession
from tests.deciding import colleague
from tests.desk import desk_of, list_url, officer_with, row_url, text_of
from tests.pages import browser_of, words_of
from tests.test_pages import faults_of
from tests.vetting import ranking as stage
from vetting.models import RankedSession, Ranking, ReviewRequest, ScoreSheet
from vetting.services import propose_ranking, publish_ranking

NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def session(officer: User) -> CallSession:
    """Return a window with two judged applications; the fund has money for one."""
    call = stage.make_window(officer=officer, now=NOW)
    first, second = stage.apply_to(call, 2, now=NOW)
    points = {first: [(4500, 2500, 1500)], second: [(4000, 2000, 1250)]}
    stage.score(call, points, officer=officer, now=NOW)
    Mail.objects.all().delete()
    return call.sessions.get()


@pytest.fixture
def proposed(session: CallSession) -> Ranking:
    """Return a provisional ranking that waits for its second person."""
    return propose_ranking(
        session=session,
        kind=Ranking.Kind.PROVISIONAL,
        fund_cents=1_000_000,
        reason="Verbale n. 3.",
        by=colleague(),
        now=NOW,
    )


def addresses(call: Call, number: int = 1) -> dict[str, str]:
    """Return every address at which a ranking is read."""
    base = reverse("vetting:ranking_version", args=[call.slug, 1, number])
    return {
        "latest": reverse("vetting:ranking_latest", args=[call.slug]),
        "version": base,
        "places": f"{base}graduatoria.csv",
        "input": f"{base}dati.csv",
        "json": f"{base}graduatoria.json",
    }


def test_nothing_leaks_before_the_instant_and_everything_is_there_after_it(
    proposed: Ranking, officer: User
) -> None:
    call, applicant = proposed.call, proposed.session.applications.order_by("title").first()
    member, nobody = browser_of(applicant.author), Client()
    scores = ("87.00", "87", "8700", "Verbale n. 3.", proposed.sha256)
    own_place = reverse("vetting:own_place", args=[applicant.public_id])
    pages = {
        "call": call.get_absolute_url(),
        "rules": reverse("calls:call_data", args=[call.slug]),
        "feed": reverse("calls:call_answers_feed", args=[call.slug]),
        "calls": reverse("calls:call_list"),
        "search": f"{reverse('campaigns:campaign_list')}?q=Progetto",
        "application": applicant.get_absolute_url(),
        "applications": reverse("calls:application_list"),
    }

    for browser in (nobody, member):
        for name, address in addresses(call).items():
            assert browser.get(address).status_code == 404, name
        for name, address in pages.items():
            shown = browser.get(address).content.decode()
            assert "raduatoria/" not in shown, name
            assert not [one for one in scores[2:] if one in shown], name
    assert member.get(own_place).status_code == 404
    assert browser_of(None).get(own_place).status_code == 302
    assert {mail.recipient for mail in Mail.objects.all()} == {officer.email}

    publish_ranking(ranking=proposed, by=officer, now=NOW)

    for name, address in addresses(call).items():
        answer = nobody.get(address)
        assert answer.status_code == 200, name
        assert "Progetto 1" in answer.content.decode() or name == "places", name
    assert addresses(call)["version"] in nobody.get(pages["call"]).content.decode()
    assert own_place in member.get(pages["application"]).content.decode()
    assert "Pubblicata la graduatoria provvisoria" in words_of(member.get(pages["application"]))
    assert member.get(own_place).status_code == 200
    assert Mail.objects.filter(key__startswith="ranking_published:").count() == 2


def test_the_desk_shows_a_proposal_only_to_whoever_has_the_right(proposed: Ranking, officer: User) -> None:
    clerk = desk_of(officer_with("calls.view_application", "calls.view_call"))
    reader = desk_of(officer_with("vetting.view_ranking"))
    publisher = officer_with("vetting.view_ranking", "vetting.change_ranking")
    download = reverse("admin:vetting_ranking_input", args=[proposed.pk])

    assert clerk.get(list_url(proposed)).status_code == 403
    assert clerk.get(row_url(proposed)).status_code == 403
    assert clerk.get(download).status_code in (403, 404)
    assert reader.get(download).content.decode() == proposed.input_csv
    assert "Progetto 1" in text_of(reader.get(row_url(proposed)))
    for step in ("publish", "drop"):
        assert reader.get(row_url(proposed, step)).status_code == 403
        assert desk_of(publisher).get(row_url(proposed, step)).status_code == 200
    window = RankedSession.objects.get(pk=proposed.session_id)
    proposer = desk_of(officer_with("vetting.view_rankedsession"))
    assert proposer.get(row_url(window)).status_code == 200
    assert proposer.get(row_url(window, "provisional")).status_code == 403


def test_the_public_page_says_ranks_points_reasons_and_how_to_compute_it_again(
    proposed: Ranking, officer: User
) -> None:
    publish_ranking(ranking=proposed, by=officer, now=NOW)

    page = browser_of(None).get(addresses(proposed.call)["latest"])
    words = words_of(page)

    assert faults_of("ranking", page, "it") == []
    english = browser_of(None).get(addresses(proposed.call)["version"], headers={"accept-language": "en"})
    assert faults_of("ranking", english, "en") == []
    for fact in (
        "Graduatoria provvisoria",
        "Progetto 2",
        "72,5",
        "in lista di riserva",
        "10.000\u00a0€",
        proposed.sha256,
    ):
        assert fact in words, fact
    assert "Il suo contributo sarebbe di 10.000\u00a0€; quel che resta della dotazione non lo copre." in words
    data = browser_of(None).get(addresses(proposed.call)["json"]).json()
    assert [place["points_hundredths"] for place in data["places"]] == [8500, 7250]
    assert data["places"][1]["outcome"] == "reserve"
    assert data["input_sha256"] == proposed.sha256
    back = browser_of(None).get(reverse("vetting:ranking_provisional", args=[proposed.call.slug]))
    assert back["Location"] == proposed.__class__.objects.get(pk=proposed.pk).get_absolute_url()


def test_each_body_reads_its_own_scores_and_asks_for_a_review(proposed: Ranking, officer: User) -> None:
    published = publish_ranking(ranking=proposed, by=officer, now=NOW)
    second = published.session.applications.get(title="Progetto 2")
    stranger = published.session.applications.get(title="Progetto 1").author
    address = reverse("vetting:own_place", args=[second.public_id])
    judge = ScoreSheet.objects.filter(assignment__application=second).get().assignment.member.user

    page = browser_of(second.author).get(address)
    assert faults_of("own place", page, "it") == []
    own = words_of(page)

    for fact in ("Commissario A", "Motivo scritto.", "Buona idea.", "12,5", "Chiedi il riesame"):
        assert fact in own, fact
    assert judge.full_name not in own
    assert browser_of(stranger).get(address).status_code == 404
    assert browser_of(stranger).post(address, {"text": "Io."}).status_code == 404
    empty = browser_of(second.author).post(address, {"text": " "})
    assert empty.status_code == 200 and not ReviewRequest.objects.exists()
    asked = browser_of(second.author).post(address, {"text": "Il voto non torna."}, follow=True)
    assert "La tua richiesta è all'ufficio" in words_of(asked).replace("&#x27;", "'")
    assert ReviewRequest.objects.get().text == "Il voto non torna."
    again = words_of(browser_of(second.author).post(address, {"text": "Ancora."}, follow=True))
    assert "non si può più chiedere" in again
    assert ReviewRequest.objects.count() == 1


def test_a_review_is_not_asked_for_after_its_days(proposed: Ranking, officer: User) -> None:
    long_ago = NOW - timedelta(days=12)
    published = publish_ranking(ranking=proposed, by=officer, now=long_ago)
    second: Application = published.session.applications.get(title="Progetto 2")
    address = reverse("vetting:own_place", args=[second.public_id])

    page = words_of(browser_of(second.author).get(address))
    late = words_of(browser_of(second.author).post(address, {"text": "Tardi."}, follow=True))

    assert "Chiedi il riesame" not in page
    assert "non si può più chiedere" in late
    assert not ReviewRequest.objects.exists()
