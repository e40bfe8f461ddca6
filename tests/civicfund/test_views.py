"""Pages that need no app, and what every answer carries."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

STATIC_PAGES = ["how-it-works", "privacy", "accessibility"]


@pytest.mark.django_db
def test_healthz_answers_when_the_database_does(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content == b"ok\n"


@pytest.mark.django_db
def test_healthz_fails_when_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise OperationalError("no connection")

    monkeypatch.setattr(connection, "cursor", refuse)

    with pytest.raises(OperationalError):
        client.get("/healthz")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["healthz", *STATIC_PAGES])
def test_static_pages_are_only_read(client: Client, name: str) -> None:
    assert client.head(reverse(name)).status_code == 200
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_static_pages_have_one_heading_and_something_to_say(client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()

    assert page.count("<h1") == 1
    assert len(re.sub(r"<[^>]+>", " ", page).split()) > 150


@pytest.mark.parametrize("name", STATIC_PAGES)
def test_static_pages_need_no_database(client: Client, name: str) -> None:
    answer = client.get(reverse(name))

    assert answer.status_code == 200


@pytest.mark.parametrize("language", ["it", "en"])
def test_pages_tell_the_language_they_are_written_in(client: Client, language: str) -> None:
    answer = client.get(reverse("how-it-works"), headers={"accept-language": language})

    assert answer["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()


@pytest.mark.parametrize("asked", ["", "de", "fr-FR,fr;q=0.9", "zz"])
def test_pages_are_italian_unless_english_is_asked_for(client: Client, asked: str) -> None:
    answer = client.get(reverse("how-it-works"), headers={"accept-language": asked})

    assert '<html lang="it"' in answer.content.decode()


def test_set_language_is_remembered(client: Client) -> None:
    here = reverse("privacy")

    answer = client.post("/i18n/setlang/", {"language": "en", "next": here})

    assert answer.status_code == 302
    assert answer["Location"] == here
    assert '<html lang="en"' in client.get(here).content.decode()


def test_set_language_leads_to_no_other_site(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "https://elsewhere.example/"})

    assert "elsewhere" not in answer["Location"]


def test_pages_carry_a_strict_content_policy(client: Client) -> None:
    answer = client.get(reverse("privacy"))

    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";") if " " in part
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_pages_ask_nothing_of_other_sites(client: Client) -> None:
    page = client.get(reverse("how-it-works")).content.decode()

    assert not re.findall(r'(?:src|srcset)="(?:https?:)?//', page)
    # What names the page itself, in each language, is not fetched.
    fetched = re.sub(r'<link rel="(?:canonical|alternate)"[^>]*>', "", page)
    assert not re.findall(r'<link[^>]+href="(?:https?:)?//', fetched)
    assert " style=" not in page


@pytest.mark.django_db
def test_unknown_address_is_answered_in_the_house_style(client: Client) -> None:
    answer = client.get("/questa-pagina-non-esiste/")

    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/media/campaigns/../../secret.txt", "/media/other/x.jpg", "/media/campaigns/no.jpg"]
)
def test_media_serves_nothing_but_pictures_that_are_there(client: Client, address: str) -> None:
    assert client.get(address).status_code in (400, 404)


def test_security_txt_says_where_a_weakness_is_reported(client: Client) -> None:
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    assert said["Contact"] == "mailto:crowdfunding@example.org"
    assert said["Canonical"] == "http://testserver/.well-known/security.txt"
    expires = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=180) < expires - timezone.now() < timedelta(days=365), "RFC 9116: less than a year"
