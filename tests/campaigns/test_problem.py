"""What readers report about a campaign, and how officers close it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from campaigns import services
from campaigns.models import Campaign, Problem
from tests.campaigns import voices
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of

WRONG = {"kind": "facts", "text": "Il forno c'è già.", "email": "vicina@example.org"}


@pytest.fixture
def problem(campaign: Campaign) -> Problem:
    """Return a problem somebody has reported."""
    return services.report_problem(campaign=campaign, now=timezone.now(), **WRONG)


def test_a_reader_reports_and_an_officer_closes(campaign: Campaign, client: Client, officer: User) -> None:
    address = reverse("campaigns:report_problem", args=[campaign.slug])
    assert address in client.get(campaign.get_absolute_url()).content.decode()

    assert client.post(address, WRONG).url == campaign.get_absolute_url()

    problem = Problem.objects.get()
    mail = Mail.objects.get(key__startswith="problem_reported:")
    assert (mail.recipient, "Il forno c'è già." in mail.body) == (officer.email, True)
    assert "vicina@example.org" not in mail.body
    desk = desk_of(officer)
    assert "Il forno c'è già." in text_of(desk.get(list_url(problem, queue="open")))
    take_step(desk, row_url(problem, "close_it"), reason="Sentito il promotore: è un altro forno.")
    problem.refresh_from_db()
    assert (problem.status, problem.closed_by) == ("closed", officer)
    assert "Il forno" not in text_of(desk.get(list_url(problem, queue="open")))
    with pytest.raises(services.ProblemClosed):
        services.close_problem(problem=problem, note="Ancora.", by=officer, now=timezone.now())


def test_what_is_wrong_or_odd_is_not_written_down(campaign: Campaign, client: Client) -> None:
    address = reverse("campaigns:report_problem", args=[campaign.slug])

    assert client.post(address, {"kind": "facts", "text": ""}).status_code == 422
    assert client.post(address, {**WRONG, "website": "x"}).status_code == 302

    assert not Problem.objects.exists()


def test_reports_of_a_campaign_are_bounded(
    campaign: Campaign, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Problem, "MOST_AN_HOUR", 2)
    now = timezone.now()
    services.report_problem(campaign=campaign, now=now - timedelta(hours=1), **WRONG)
    for _ in range(2):
        services.report_problem(campaign=campaign, now=now, **WRONG)

    answer = client.post(reverse("campaigns:report_problem", args=[campaign.slug]), WRONG)

    assert answer.status_code == 429
    assert WRONG["text"] in answer.content.decode().replace("&#x27;", "'")
    assert Problem.objects.count() == 3


def test_closing_asks_for_a_right(problem: Problem) -> None:
    reader = desk_of(officer_with("campaigns.view_problem"))

    assert reader.get(row_url(problem)).status_code == 200
    assert reader.get(row_url(problem, "close_it")).status_code == 403


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("problem_has_words", {"text": ""}),
        ("problem_closed_at_matches_status", {"status": "closed"}),
        ("problem_closed_at_matches_status", {"closed_at": timezone.now()}),
        ("problem_closed_at_matches_status", {"note": "Visto."}),
        ("problem_closed_at_matches_status", {"status": "closed", "note": "Visto.", "closed_by": 1}),
    ],
)
def test_database_refuses_a_problem_that_contradicts_itself(
    problem: Problem, officer: User, name: str, changes: dict[str, object]
) -> None:
    if "closed_by" in changes:
        changes = {**changes, "closed_by": officer}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Problem.objects.filter(pk=problem.pk).update(**changes)


def test_the_form_shows_nothing_that_is_not_read_on_the_page(
    campaign: Campaign, client: Client, officer: User, organizer: User
) -> None:
    address = reverse("campaigns:report_problem", args=[campaign.slug])
    waiting = voices.ask(campaign, text="Chi abita al terzo piano?")
    update = voices.tell(campaign, organizer, title="Il nome di una bambina")
    assert "Il nome di una bambina" in client.get(f"{address}?aggiornamento={update.number}").content.decode()
    services.hide_words(row=update, reason="Un nome di minore.", by=officer, now=timezone.now())

    assert "terzo piano" not in client.get(f"{address}?domanda={waiting.pk}").content.decode()
    assert (
        "Il nome di una bambina"
        not in client.get(f"{address}?aggiornamento={update.number}").content.decode()
    )
