"""The five questions before registering."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from tests.desk import text_of
from tests.factories import make_call, make_draft_call

ANSWERS = {"kind": "aps", "seat": "here", "cost": "20.000", "months": "8", "borough": "2"}


@pytest.fixture
def choosy(officer: User) -> Call:
    """Return a call with a rule for each question."""
    return make_call(
        officer=officer,
        eligible_kinds=["aps", "ets"],
        seat_city="Milano",
        seat_may_be_promised=True,
        project_months_max=10,
        excluded_boroughs=[1],
    )


def asked(client: Client, call: Call, **changes: str) -> Any:
    """Ask in English."""
    url = reverse("calls:eligibility", args=[call.slug])
    return client.get(url, ANSWERS | changes, headers={"accept-language": "en"})


def test_eligibility_says_yes_and_leads_to_the_application(client: Client, choosy: Call) -> None:
    answer = asked(client, choosy)

    words = text_of(answer)
    assert "Yes, you may apply" in words
    assert "A project of €20,000 is within the limits." in words
    assert [verdict.fits for verdict in answer.context["verdicts"]] == [True] * 5
    assert f'href="{reverse("calls:apply", args=[choosy.slug])}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (0, {"kind": "msme"}, "does not admit bodies of your kind"),
        (1, {"seat": "elsewhere"}, "asks for a seat in Milano, or for the promise"),
        (2, {"cost": "100.000,01"}, "between €1,000 and €100,000"),
        (3, {"months": "11"}, "from 1 to 10 months"),
        (3, {"months": "0"}, "from 1 to 10 months"),
        (4, {"borough": "1"}, "Projects in Municipio 1 are excluded."),
    ],
)
def test_eligibility_says_no_and_why(
    client: Client, choosy: Call, number: int, change: dict[str, str], words: str
) -> None:
    answer = asked(client, choosy, **change)

    assert "Not like this" in text_of(answer)
    assert words in text_of(answer)
    assert [at for at, verdict in enumerate(answer.context["verdicts"]) if not verdict.fits] == [number]
    assert reverse("calls:apply", args=[choosy.slug]) not in answer.content.decode()


def test_eligibility_takes_the_promise_of_a_seat(client: Client, choosy: Call) -> None:
    words = text_of(asked(client, choosy, seat="promised"))

    assert "Yes, you may apply" in words
    assert "The promise to open a seat is enough" in words


def test_eligibility_offers_a_promise_only_where_the_call_takes_it(client: Client, officer: User) -> None:
    call = make_call(officer=officer)

    answer = asked(client, call, seat="promised")

    assert answer.context["form"].errors.keys() == {"seat"}
    assert "Yes, you may apply" in text_of(asked(client, call, seat="elsewhere"))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "circus"),
        ("seat", ""),
        ("cost", "molto"),
        ("cost", "9" * 40),
        ("months", "otto"),
        ("months", "-1"),
        ("months", "9" * 30),
        ("borough", "10"),
        ("borough", "1; DROP"),
    ],
)
def test_eligibility_asks_again_beside_the_field_and_keeps_the_other_answers(
    client: Client, choosy: Call, field: str, typed: str
) -> None:
    answer = asked(client, choosy, **{field: typed})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {field}
    # All that is to be corrected is summed up once.
    assert answer.content.decode().count('id="errors"') == 1
    assert answer.context["verdicts"] == []
    if field != "months":
        assert 'value="8"' in answer.content.decode()


def test_eligibility_of_a_call_that_is_not_open_says_when(client: Client, officer: User) -> None:
    now = timezone.now()
    window = {"opens_at": now + timedelta(days=3, minutes=1), "closes_at": now + timedelta(days=9)}

    words = text_of(asked(client, make_call(officer=officer, sessions=[window])))

    assert "Yes, you may apply" in words
    assert "in 3 days" in words


def test_eligibility_of_a_draft_is_nobodys_business(client: Client, officer: User) -> None:
    url = reverse("calls:eligibility", args=[make_draft_call().slug])

    assert client.get(url).status_code == 404
    assert client.post(url).status_code == 405
