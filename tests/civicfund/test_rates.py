"""How often one visitor may search, send files and have files made."""

import json
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from calls.models import Call
from civicfund.counters import Counter
from civicfund.limits import read_limits
from donations.services import forget_attempts
from tests.factories import make_draft_application, make_organization
from tests.pages import browser_of, words_of

pytestmark = pytest.mark.django_db

LIST = reverse("campaigns:campaign_list")
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> Iterator[Settings]:
    """Switch the limits on with small numbers, and forget what was counted."""
    settings.VISIT_LIMITS = True
    settings.SEARCH_LIMITS = settings.UPLOAD_LIMITS = settings.EXPORT_LIMITS = read_limits("2/86400")
    settings.VISIT_LIMITS_WITHOUT_REDIS = read_limits("3/86400")
    cache.clear()
    yield settings
    cache.clear()


@pytest.fixture(params=[True, False], ids=["Redis", "PostgreSQL"])
def counted_by(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Let Redis count, or let it be away."""
    if not request.param:
        settings.REDIS_URL = NOBODY_LISTENS


def searches(client: Client, times: int) -> list[int]:
    """Search some times and return the answers."""
    return [client.get(LIST, {"q": f"forno {time}"}).status_code for time in range(times)]


def test_searches_end_in_a_friendly_page_and_the_plain_list_never_does(
    counted_by: None, client: Client
) -> None:
    assert searches(client, 3) == [200, 200, 429]

    answer = client.get(LIST, {"q": "forno"})
    assert "Puoi continuare alle" in words_of(answer)
    assert 0 < int(answer["Retry-After"]) <= 86_400 and "no-store" in answer["Cache-Control"]
    assert [client.get(LIST).status_code for _time in range(4)] == [200] * 4


def test_each_person_and_each_network_has_its_own_count(client: Client, donor: User, organizer: User) -> None:
    assert searches(client, 3)[-1] == 429

    assert searches(browser_of(donor), 3) == [200, 200, 429]
    assert searches(browser_of(organizer), 1) == [200]
    assert Client(REMOTE_ADDR="203.0.113.9").get(LIST, {"q": "a"}).status_code == 200


def test_without_redis_all_visitors_together_have_a_limit_and_it_is_forgotten(
    settings: Settings, donor: User, organizer: User
) -> None:
    settings.REDIS_URL = NOBODY_LISTENS

    assert searches(browser_of(donor), 2) + searches(browser_of(organizer), 2) == [200, 200, 200, 429]

    keys = " ".join(Counter.objects.values_list("key", flat=True))
    assert "127.0.0" not in keys and f"person {donor.pk}" not in keys
    forget_attempts(now=Counter.objects.latest("ends_at").ends_at)
    assert not Counter.objects.exists()


def test_files_that_are_sent_and_made_are_counted_apart(call: Call, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    browser = browser_of(organizer)
    begin = reverse("calls:upload_begin", args=[draft.public_id])

    def send() -> int:
        return browser.post(begin, json.dumps({}), content_type="application/json").status_code

    assert [send() for _time in range(3)] == [422, 422, 429]
    refused = browser.post(begin, json.dumps({}), content_type="application/json")
    assert "riprova più tardi" in refused.json()["words"]
    made = reverse("transparency:editions_csv")
    assert [browser.get(made).status_code for _time in range(3)] == [200, 200, 429]
    assert browser.get(made)["Cache-Control"] == "no-store", "kept by nobody, although the file may be"


def test_the_login_librarys_own_limits_show_the_same_page(client: Client) -> None:
    reset = reverse("account_reset_password")
    answers = [client.post(reset, {"email": "ada@example.org"}) for _time in range(21)]

    assert answers[-1].status_code == 429
    assert "Riprova tra qualche minuto" in words_of(answers[-1])


def test_the_switch_turns_all_of_it_off(settings: Settings, client: Client) -> None:
    settings.VISIT_LIMITS = False

    assert searches(client, 4) == [200] * 4
