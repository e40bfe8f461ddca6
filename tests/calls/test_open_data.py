"""A published call for machines: JSON and calendar."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from calls.admin.sections import TYPED, columns_of
from calls.models import Call
from calls.models.columns import EU, RULES, TEXTS
from tests.factories import make_call, make_draft_call

NOON = datetime(2026, 10, 1, 10, tzinfo=UTC)
#: Midnight at the end of 31 October in the city, in winter time since the 25th.
MIDNIGHT = datetime(2026, 10, 31, 23, tzinfo=UTC)


@pytest.fixture
def call(officer: User) -> Call:
    sessions = [{"opens_at": NOON, "closes_at": MIDNIGHT, "allocation_cents": 60_000_000}]
    title = "Bando à la carte; cortili, " + "è" * 60
    return make_call(officer=officer, sessions=sessions, title=title, now=NOON - timedelta(days=9))


def test_rules_name_every_rule_an_officer_types() -> None:
    assert sorted((*TEXTS, *EU, *RULES)) == sorted(columns_of(TYPED))


def test_call_data_gives_the_rules_in_cents_basis_points_and_aware_datetimes(
    client: Client, call: Call, officer: User
) -> None:
    answer = client.get(reverse("calls:call_data", args=[call.slug]))

    data = json.loads(answer.content)
    fund = call.funds.get()
    assert data["rules"]["cap_cents"] == 5_000_000
    assert data["rules"]["threshold_bp"] == 5000
    assert data["rules"]["donor_limit_cents"] is None
    assert data["rules"]["funding_mode"] == "all_or_nothing"
    assert data["eu_funding"] is None
    assert data["published_at"] == "2026-09-22T12:00:00+02:00"
    assert data["sessions"] == [
        {
            "number": 1,
            "opens_at": "2026-10-01T12:00:00+02:00",
            "closes_at": "2026-11-01T00:00:00+01:00",
            "allocation_cents": 60_000_000,
            "fund": fund.pk,
        }
    ]
    assert data["funds"] == [{"id": fund.pk, "name": fund.name, "allocation_cents": 60_000_000}]
    assert data["document_requirements"] == [{"name": "Statuto", "description": "", "required": False}]
    assert data["url"] == f"http://testserver{call.get_absolute_url()}"
    for personal in (officer.email, officer.full_name, call.contact_email):
        assert personal not in answer.content.decode()


def test_call_calendar_keeps_a_midnight_on_its_last_day(client: Client, call: Call) -> None:
    answer = client.get(reverse("calls:call_calendar", args=[call.slug]), headers={"accept-language": "en"})

    lines = answer.content.decode().split("\r\n")
    whole = answer.content.decode().replace("\r\n ", "")
    assert max(len(line.encode()) for line in lines) <= 75
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "DTSTART:20261001T100000Z\r\nSUMMARY:" in whole
    assert "DTSTART:20261031T220000Z\r\nDTEND:20261031T230000Z" in whole
    assert f"UID:{call.slug}-1-closes@testserver" in lines
    assert "SUMMARY:Bando à la carte\\; cortili\\, èè" in whole
    assert "èè: ultima ora per candidarsi (finestra 1)" in whole
    assert answer["Content-Language"] == "it"


@pytest.mark.parametrize("name", ["call_data", "call_calendar"])
def test_a_call_for_machines_is_public_kept_by_caches_and_linked(
    client: Client, officer: User, call: Call, name: str
) -> None:
    draft = make_draft_call()
    client.force_login(officer)

    answer = client.get(reverse(f"calls:{name}", args=[call.slug]))

    assert answer["Cache-Control"] == "public, max-age=300"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert answer.get("Access-Control-Allow-Origin") == ("*" if name == "call_data" else None)
    assert client.get(reverse(f"calls:{name}", args=[draft.slug])).status_code == 404
    assert reverse(f"calls:{name}", args=[call.slug]) in client.get(call.get_absolute_url()).content.decode()
    assert (
        reverse(f"calls:{name}", args=[draft.slug])
        not in client.get(draft.get_absolute_url()).content.decode()
    )


def test_call_data_names_the_unions_programme(client: Client, officer: User) -> None:
    call = make_call(officer=officer, eu_programme="PN Metro Plus", eu_project_code="B41C24000010006")

    data = client.get(reverse("calls:call_data", args=[call.slug])).json()

    assert data["eu_funding"] == {
        "eu_programme": "PN Metro Plus",
        "eu_project_code": "B41C24000010006",
        "eu_words": "",
    }
