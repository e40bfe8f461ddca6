"""Signing up, confirming, signing in, a forgotten password: through the pages of django-allauth."""

import re

import pytest
from django.core import mail as outgoing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import make_user

PASSWORD = "una-parola-molto-lunga"
SIGNUP, LOGIN = reverse("account_signup"), reverse("account_login")
RESET = reverse("account_reset_password")
HOME = reverse("campaigns:home")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgiving() -> None:
    """Forget how often this address has tried."""
    cache.clear()


def sign_up(client: Client, email: str = "ada@example.org", password: str = PASSWORD, language: str = "it"):
    """Create an account."""
    typed = {"email": email, "password1": password, "password2": password}
    return client.post(SIGNUP, typed, headers={"accept-language": language})


def link_in(message: outgoing.EmailMessage) -> str:
    """Return the path of the first link of a mail to this site's accounts."""
    return re.search(r"http://testserver(/account/\S+)", str(message.body))[1]


def confirmed(client: Client, email: str = "ada@example.org") -> None:
    """Create an account and follow the link of its mail."""
    sign_up(client, email)
    address = link_in(outgoing.outbox[-1])
    client.post(address)
    outgoing.outbox.clear()


def test_sign_up_sends_a_link_and_waits_for_it(client: Client) -> None:
    answer = sign_up(client, "Ada@Example.org")

    user = User.objects.get()
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert user.email == "ada@example.org"
    assert "_auth_user_id" not in client.session
    assert [message.to for message in outgoing.outbox] == [["ada@example.org"]]


def test_sign_up_is_complete_once_the_link_is_followed(client: Client) -> None:
    sign_up(client)
    address = link_in(outgoing.outbox[0])

    refused = client.post(LOGIN, {"login": "ada@example.org", "password": PASSWORD})
    shown = client.get(address)
    client.post(address)
    taken = client.post(LOGIN, {"login": "ada@example.org", "password": PASSWORD})

    assert refused["Location"] == reverse("account_email_verification_sent")
    assert shown.status_code == 200
    assert taken["Location"] == HOME


@pytest.mark.parametrize("language", ["it", "en"])
def test_sign_up_remembers_the_language(client: Client, language: str) -> None:
    sign_up(client, language=language)

    assert User.objects.get().language == language


def test_sign_up_with_a_taken_address_tells_nobody(client: Client) -> None:
    make_user("ada")

    answer = sign_up(client, "ADA@example.org")

    assert answer["Location"] == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert not re.search(r"/account/confirm-email/", str(outgoing.outbox[0].body))


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("non è un indirizzo", PASSWORD),
        ("", PASSWORD),
        ("ada@example.org", "corta"),
        ("ada@example.org", "qwertyuiop"),
        ("ada@example.org", "ada@example.org"),
    ],
)
def test_sign_up_with_something_wrong(client: Client, email: str, password: str) -> None:
    answer = sign_up(client, email, password)

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not User.objects.exists()


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@example.ORG", " ada@example.org "])
def test_login_by_address_however_it_is_written(client: Client, typed: str) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))

    answer = client.post(LOGIN, {"login": typed, "password": PASSWORD})

    assert answer["Location"] == HOME
    assert client.get(reverse("calls:application_list")).status_code == 200


def test_login_leads_back_to_the_page_that_asked(client: Client) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))
    here = reverse("accounts:organization_list")

    answer = client.post(LOGIN, {"login": "ada@example.org", "password": PASSWORD, "next": here})

    assert answer["Location"] == here


def test_login_leads_to_no_other_site(client: Client) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))

    answer = client.post(
        LOGIN, {"login": "ada@example.org", "password": PASSWORD, "next": "https://elsewhere.example/"}
    )

    assert "elsewhere" not in answer["Location"]


def test_login_with_a_wrong_password(client: Client) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))

    answer = client.post(LOGIN, {"login": "ada@example.org", "password": "un'altra parola"})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "_auth_user_id" not in client.session


def test_logout_needs_more_than_a_link(client: Client) -> None:
    client.force_login(make_user("ada"))

    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session

    assert client.post(reverse("account_logout"))["Location"] == HOME
    assert "_auth_user_id" not in client.session


def test_reset_password_by_the_link_of_a_mail(client: Client) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))

    client.post(RESET, {"email": "Ada@example.org"})
    form = client.get(link_in(outgoing.outbox[0]), follow=True)
    client.post(
        form.request["PATH_INFO"], {"password1": "nuova-parola-lunga", "password2": "nuova-parola-lunga"}
    )

    assert User.objects.get().check_password("nuova-parola-lunga")
    taken = client.post(LOGIN, {"login": "ada@example.org", "password": "nuova-parola-lunga"})
    assert taken["Location"] == HOME


def test_reset_password_link_works_once(client: Client) -> None:
    confirmed(client)
    client.post(RESET, {"email": "ada@example.org"})
    link = link_in(outgoing.outbox[0])
    form = client.get(link, follow=True)
    client.post(
        form.request["PATH_INFO"], {"password1": "nuova-parola-lunga", "password2": "nuova-parola-lunga"}
    )

    again = Client().get(link, follow=True)

    assert "password1" not in again.content.decode()


def test_reset_password_of_an_unknown_address_tells_nobody(client: Client) -> None:
    answer = client.post(RESET, {"email": "nessuno@example.org"})

    assert answer["Location"] == reverse("account_reset_password_done")


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
def test_entrance_pages_are_ours(client: Client, name: str, language: str) -> None:
    answer = client.get(reverse(name), headers={"accept-language": language})

    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert 'id="content"' in page


@pytest.mark.parametrize(
    "name", ["account_email", "account_change_password", "account_logout", "account_reauthenticate"]
)
def test_account_pages_of_a_person_are_ours(client: Client, name: str) -> None:
    client.force_login(make_user("ada"))

    answer = client.get(reverse(name))

    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert 'id="content"' in page
