"""Sessions: listed for their owner, ended elsewhere, with the account, and by age."""

import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from calls.models import Call
from tests.desk import sign_in_freshly
from tests.factories import make_draft_application, make_organization, make_user
from tests.pages import words_of

LOGIN, LIST = reverse("account_login"), reverse("usersessions_list")
OWN = reverse("calls:application_list")
PASSWORD = "una-parola-lunga"
HOUR = 3600

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    """Return somebody with a confirmed address."""
    cache.clear()
    user = make_user("persona")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def signed_in(person: User, browser: str) -> Client:
    """Sign in with the password from a browser of some name."""
    client = Client(headers={"user-agent": browser})
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    """Say whether a browser is signed in."""
    return client.get(OWN).status_code == 200


def test_a_person_sees_the_own_sessions_and_ends_those_elsewhere(person: User) -> None:
    here, there = signed_in(person, "Firefox qui"), signed_in(person, "Chrome altrove")
    other = make_user("other")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    stranger = signed_in(other, "Safari d'altri")

    page = words_of(here.get(LIST))
    assert "Firefox qui" in page and "Chrome altrove" in page and "Safari" not in page
    assert f'href="{LIST}"' in here.get(reverse("account_email")).content.decode(), "another page leads here"
    here.post(LIST)

    assert [is_in(one) for one in (here, there, stranger)] == [True, False, True]
    assert "da nessun'altra parte" in words_of(here.get(LIST)).replace("&#x27;", "'")


def test_signing_in_makes_a_new_key_and_signing_out_ends_it(person: User) -> None:
    client = Client()
    client.get(LOGIN)
    client.session["x"] = 1
    before = client.session.session_key
    client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    key = client.session.session_key
    kept = client.cookies["sessionid"].value

    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = kept

    assert key and key != before
    assert not is_in(client)


def test_a_new_password_ends_every_other_session(person: User) -> None:
    here, there = signed_in(person, "qui"), signed_in(person, "altrove")
    new = "parole-nuove-e-lunghe"

    change = reverse("account_change_password")
    here.post(change, {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert [is_in(here), is_in(there)] == [True, False]
    assert UserSession.objects.purge_and_list(person) and "altrove" not in words_of(here.get(LIST))


def test_a_closed_account_is_signed_out_at_once(person: User) -> None:
    client = signed_in(person, "qui")
    User.objects.filter(pk=person.pk).update(is_active=False)

    assert not is_in(client)


@pytest.mark.parametrize(
    ("is_staff", "hours", "stays"), [(False, 13, True), (True, 11, True), (True, 13, False)]
)
def test_a_session_of_the_staff_lasts_a_day_of_work(
    person: User, is_staff: bool, hours: int, stays: bool
) -> None:
    User.objects.filter(pk=person.pk).update(is_staff=is_staff)
    person.refresh_from_db()
    client = Client()
    client.force_login(person)
    sign_in_freshly(client, person, seconds_ago=hours * HOUR)

    assert is_in(client) is stays


def test_everybodys_session_ends_some_day_and_says_so(person: User, settings: Settings) -> None:
    client = Client()
    client.force_login(person)
    sign_in_freshly(client, person, seconds_ago=settings.SESSION_LONGEST_SECONDS + 1)

    answer = client.get(OWN, follow=True)

    assert answer.redirect_chain[0][0].startswith(LOGIN)
    assert "la sessione era troppo vecchia" in words_of(answer)


@pytest.mark.parametrize(("pause", "stays"), [(50, True), (61, False)])
def test_a_session_of_the_staff_that_is_left_alone_ends(
    person: User, settings: Settings, pause: int, stays: bool
) -> None:
    settings.STAFF_IDLE_SECONDS = HOUR
    User.objects.filter(pk=person.pk).update(is_staff=True)
    person.refresh_from_db()
    began = time.time()
    client = Client()
    client.force_login(person)
    sign_in_freshly(client, person)
    assert is_in(client)

    with time_machine.travel(began + 40 * 60):
        assert is_in(client)
    with time_machine.travel(began + (40 + pause) * 60):
        assert is_in(client) is stays


def test_a_session_without_a_longest_age_ends_never(person: User, settings: Settings) -> None:
    client = Client()
    client.force_login(person)
    sign_in_freshly(client, person, seconds_ago=400 * 24 * HOUR)
    settings.SESSION_LONGEST_SECONDS = 0

    assert is_in(client)


def test_public_files_stay_the_same_for_every_cache_while_the_staff_needs_a_second_factor(
    settings: Settings,
) -> None:
    settings.STAFF_SECOND_FACTOR = True

    answer = Client().get("/api/v1/calls.json")

    assert answer.status_code == 200
    assert "Cookie" not in answer.get("Vary", "")


def test_an_owner_without_a_password_proves_anew_who_it_is_before_naming_an_account(person: User) -> None:
    person.set_unusable_password()
    person.save()
    body = make_organization(user=person)
    client = Client()
    client.force_login(person)
    sign_in_freshly(client, person, seconds_ago=HOUR)
    address = reverse("accounts:bank_account_name", args=[body.public_id])

    assert client.get(address).status_code == 302
    sign_in_freshly(client, person)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("name", ["step_project", "step_budget", "step_declarations", "upload_begin"])
def test_whoever_writes_an_application_needs_the_identity_a_city_asks_of_promoters(
    person: User, call: Call, settings: Settings, name: str
) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=person))
    client = Client()
    client.force_login(person)
    address = reverse(f"calls:{name}", args=[draft.public_id])
    settings.SPID_REQUIRED_FOR = ["promoter"]

    answer = client.post(address)

    assert answer.status_code == 302 and answer.url.startswith(reverse("identity_needed"))
