"""A barrier that is reported reaches the office, and nobody else."""

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from accounts.models import Mail
from accounts.services import TooManyBarriers, report_barrier
from accounts.services.barrier import MOST_AN_HOUR
from tests.pages import words_of

PAGE = "/accessibilita/segnala/"
TOLD = {"page": "La mappa", "text": "Non si ingrandisce.", "email": "ada@example.org"}


def test_barrier_goes_to_the_office_with_the_address_to_answer(client: Client, db: None) -> None:
    answer = client.post(PAGE, TOLD, follow=True)

    assert answer.redirect_chain == [("/accessibilita/", 302)]
    assert "Grazie" in words_of(answer)
    mail = Mail.objects.get()
    assert mail.recipient == site.CITY["contact_email"]
    for told in TOLD.values():
        assert told in mail.subject + mail.body


def test_barrier_of_a_program_goes_nowhere(client: Client, db: None) -> None:
    assert client.post(PAGE, {**TOLD, "website": "x"}).status_code == 302
    assert not Mail.objects.exists()


@pytest.mark.parametrize("field", TOLD)
def test_barrier_needs_page_words_and_address(client: Client, db: None, field: str) -> None:
    answer = client.post(PAGE, {**TOLD, field: ""})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_barriers_are_passed_on_only_so_often(client: Client, db: None) -> None:
    for _ in range(MOST_AN_HOUR):
        report_barrier(now=timezone.now(), **TOLD)
    with pytest.raises(TooManyBarriers):
        report_barrier(now=timezone.now(), **TOLD)
    assert client.post(PAGE, TOLD).status_code == 429
    assert Mail.objects.count() == MOST_AN_HOUR


def test_statement_says_what_the_law_wants(client: Client) -> None:
    words = words_of(client.get("/accessibilita/"))

    for told in (
        "WCAG 2.2",
        "EN 301 549",
        "23 settembre",
        "trenta giorni",
        "Difensore civico per il digitale",
    ):
        assert told in words, told


def test_cookies_are_named_as_they_are(client: Client, db: None) -> None:
    set_by_the_site = set(client.get("/accessibilita/segnala/").cookies)
    assert set_by_the_site
    words = words_of(client.get("/cookie/"))

    for name in (*set_by_the_site, site.SESSION_COOKIE_NAME, site.LANGUAGE_COOKIE_NAME):
        assert name in words, name
