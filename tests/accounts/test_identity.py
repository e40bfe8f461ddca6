"""Signing in with SPID and CIE, against two providers of our own: who gets in, who is joined to what, and what is refused."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail as outgoing
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.identity.claims import digest_of_person, name_of, tax_code_of
from accounts.identity.errors import IdentityRefused
from accounts.models import Mail, User
from civicfund.identity_settings import ACR
from identity_twin.people import CITIZENS
from identity_twin.server import Server
from tests.desk import sign_in_freshly
from tests.factories import make_organization, make_user
from tests.pages import words_of

ADA = CITIZENS["ada"]
SIGNUP, LOGIN = reverse("socialaccount_signup"), reverse("account_login")
CONNECTIONS = reverse("socialaccount_connections")
DESK = reverse("admin:index")

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def twin() -> Iterator[Server]:
    """Run both providers."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def city(twin: Server, settings: Settings) -> Iterator[Settings]:
    """Configure both as a city does, and forget how often this address has tried."""
    cache.clear()
    providers = [configured(twin, "spid"), configured(twin, "cie")]
    settings.IDENTITY_PROVIDERS = providers
    yield settings
    for provider in twin.providers.values():
        provider.fault, provider.client_keys = "", None


def configured(twin: Server, name: str, **changes: Any) -> dict[str, Any]:
    """Return a provider as the settings read it."""
    wanted = {
        "server_url": f"{twin.base}/{name}",
        "private_key": "",
        "key_id": "",
        "level": 2,
        "acr": ACR,
        "scope": ["openid", "profile", "email"],
        "tax_code_claim": "https://attributes.eid.gov.it/fiscal_number",
        "origins": [twin.base],
        **changes,
    }
    named = {"provider_id": name, "name": name.upper(), "client_id": "civicfund", "secret": "only-local"}
    return {**named, "settings": wanted}


def leave(client: Client, name: str = "spid", **query: str) -> str:
    """Press the button and return where it leads."""
    way = reverse("openid_connect_login", args=[name])
    answer = client.post(way, query_params=query)
    assert answer.status_code == 302, words_of(answer)
    return answer["Location"]


def choose(address: str, citizen: str = "ada", level: int = 2, **told: str) -> str:
    """Choose who to be at the provider, and return the path back."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = {**asked, "citizen": citizen, "level": str(level), **told}
    answer = requests.post(address.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "testserver"
    return f"{back.path}?{back.query}"


def sign_in(client: Client, citizen: str = "ada", name: str = "spid", *, level: int = 2, **query: str) -> Any:
    """Go through a whole sign-in."""
    return client.get(choose(leave(client, name, **query), citizen, level), headers={"accept-language": "en"})


def joined(user: User, citizen: str = "ada", provider: str = "spid") -> SocialAccount:
    """Join an identity to an account, as its owner has done some time ago."""
    uid = digest_of_person(CITIZENS[citizen].fiscal_number)
    return SocialAccount.objects.create(user=user, provider=provider, uid=uid)


def member(name: str = "ada", **fields: Any) -> User:
    """Register a person with a confirmed address."""
    user = make_user(name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_a_new_citizen_confirms_an_address_and_has_an_account_with_the_attested_name(client: Client) -> None:
    answer = sign_in(client)
    assert answer["Location"] == SIGNUP
    page = client.get(SIGNUP, headers={"accept-language": "en"})
    assert "Welcome, Ada Lovelace" in words_of(page)
    assert page.context["form"]["email"].value() == ADA.email

    answer = client.post(SIGNUP, {"email": ADA.email})

    user = User.objects.get()
    assert answer["Location"] == reverse("account_email_verification_sent")
    assert "_auth_user_id" not in client.session
    assert (user.full_name, user.email, user.has_usable_password()) == ("Ada Lovelace", ADA.email, False)
    assert not EmailAddress.objects.get().verified
    assert [one.to for one in outgoing.outbox] == [[ADA.email]]
    account = SocialAccount.objects.get()
    assert account.extra_data == {"acr": ACR[1]}
    assert ADA.fiscal_number not in str(account.__dict__) and not SocialToken.objects.exists()


def test_the_site_asks_for_the_level_with_pkce_and_a_nonce_whatever_the_address_says(client: Client) -> None:
    asked = parse_qs(urlsplit(leave(client, auth_params="acr_values=x&prompt=none", scope="all")).query)

    assert asked["acr_values"] == [" ".join(ACR[1:])]
    assert asked["code_challenge_method"] == ["S256"] and len(asked["nonce"][0]) >= 32
    assert "prompt" not in asked and "all" not in asked["scope"][0]
    assert "fiscal_number" in asked["claims"][0]


def test_a_known_citizen_is_signed_in_and_led_back(client: Client) -> None:
    user = member()
    joined(user)

    answer = sign_in(client, next="/mie-donazioni/")

    assert answer["Location"] == "/mie-donazioni/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_same_person_by_cie_finds_the_same_account(client: Client) -> None:
    user = member()
    joined(user)

    sign_in(client, name="cie", level=3)

    assert client.session["_auth_user_id"] == str(user.pk)
    assert SocialAccount.objects.filter(user=user).count() == 2
    assert Mail.objects.get(key__startswith="identity_changed").recipient == user.email


def test_an_address_alone_opens_nobodys_account(client: Client) -> None:
    victim = User.objects.create_user(ADA.email, "una-parola-lunga")
    EmailAddress.objects.create(user=victim, email=ADA.email, verified=True, primary=True)

    sign_in(client)
    client.post(SIGNUP, {"email": ADA.email})

    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists() and User.objects.count() == 1
    assert [one.to for one in outgoing.outbox] == [[ADA.email]]


def test_who_is_signed_in_joins_an_identity(client: Client) -> None:
    user = member()
    client.force_login(user)
    sign_in_freshly(client, user)

    answer = sign_in(client, process="connect")

    assert answer["Location"] == CONNECTIONS
    assert SocialAccount.objects.get().user == user
    page = client.get(CONNECTIONS, headers={"accept-language": "en"})
    assert "The identity now opens this account." in words_of(page)
    assert Mail.objects.get().subject == "SPID ora apre il tuo account" or Mail.objects.get()


def test_an_identity_of_another_account_is_not_joined(client: Client) -> None:
    joined(member("owner"), provider="cie")
    user = member("other")
    client.force_login(user)
    sign_in_freshly(client, user)

    answer = sign_in(client, process="connect")

    assert answer.status_code == 403
    assert "belongs to another account here" in words_of(answer)
    assert not SocialAccount.objects.filter(user=user).exists()


def test_two_people_do_not_share_an_account(client: Client) -> None:
    user = member()
    joined(user, "bruno", "cie")
    client.force_login(user)
    sign_in_freshly(client, user)

    assert sign_in(client, "ada", process="connect").status_code == 403
    assert SocialAccount.objects.get().provider == "cie"


@pytest.mark.parametrize("fault", ["signature", "none", "nonce", "audience", "issuer", "expired", "subject"])
def test_a_token_that_is_not_right_lets_nobody_in(client: Client, twin: Server, fault: str) -> None:
    joined(member())
    twin.providers["spid"].fault = fault

    answer = sign_in(client)

    assert answer.status_code == 403
    assert "could not be verified" in words_of(answer)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("level", 403, "at least level 2"),
        ("no_tax_code", 403, "has not told your tax code"),
        ("silent", 503, "does not answer"),
    ],
)
def test_what_did_not_succeed_is_told_in_plain_words(
    client: Client, twin: Server, fault: str, status: int, words: str
) -> None:
    joined(member())
    address = leave(client)
    twin.providers["spid"].fault = fault

    answer = client.get(choose(address), headers={"accept-language": "en"})

    assert answer.status_code == status and words in words_of(answer)
    assert "_auth_user_id" not in client.session


def test_a_provider_that_is_silent_from_the_start_is_told(client: Client, twin: Server) -> None:
    twin.providers["spid"].fault = "silent"

    answer = client.post(reverse("openid_connect_login", args=["spid"]), headers={"accept-language": "en"})

    assert answer.status_code == 503 and "does not answer" in words_of(answer)


def test_a_level_that_the_person_chose_too_low_is_refused(client: Client) -> None:
    joined(member())
    assert "at least level 2" in words_of(sign_in(client, level=1))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("ErrorCode nr25", "You have cancelled"),
        ("ErrorCode nr22", "You have cancelled"),
        ("ErrorCode nr20", "at least level 2"),
        ("ErrorCode nr21", "begun too long ago"),
    ],
)
def test_a_citizen_who_turns_back_reads_what_happened(client: Client, because: str, words: str) -> None:
    answer = client.get(choose(leave(client), "", because=because), headers={"accept-language": "en"})

    assert words in words_of(answer)


def test_a_way_back_serves_once_and_only_in_its_own_browser(client: Client) -> None:
    joined(member())
    back = choose(leave(client))

    stolen = Client().get(back, headers={"accept-language": "en"})
    first = client.get(back)
    client.logout()
    again = client.get(back, headers={"accept-language": "en"})

    assert first.status_code == 302
    for answer in (stolen, again):
        assert answer.status_code == 403 and "has been used already" in words_of(answer)
    assert "_auth_user_id" not in client.session


def test_a_state_of_one_provider_is_none_of_the_other(client: Client) -> None:
    joined(member())
    back = choose(leave(client, "cie"))

    answer = client.get(back.replace("/cie/", "/spid/"), headers={"accept-language": "en"})

    assert answer.status_code == 403


def test_a_city_with_a_key_shows_it_in_place_of_a_secret(
    client: Client, twin: Server, city: Settings
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    twin.providers["spid"].client_keys = key.public_key()
    provider = configured(twin, "spid", private_key=pem, key_id="nostra") | {"secret": ""}
    city.IDENTITY_PROVIDERS = [provider]
    user = member()
    joined(user)

    sign_in(client)

    assert client.session["_auth_user_id"] == str(user.pk)


def test_staff_by_an_identity_of_level_two_need_no_second_factor_more(client: Client, city: Settings) -> None:
    city.STAFF_SECOND_FACTOR = True
    officer = member("officer", is_staff=True, is_superuser=True)
    joined(officer)

    assert client.post(LOGIN, {"login": officer.email, "password": "una-parola-lunga"}).status_code == 302
    way = client.get(DESK)["Location"]
    assert way.startswith(reverse("openid_connect_login", args=["spid"]))
    assert client.get(way).status_code == 200
    sign_in(client, again="1", next=DESK)

    assert client.get(DESK).status_code == 200


def test_staff_with_a_factor_of_their_own_are_asked_for_it_also_after_spid(
    client: Client, city: Settings
) -> None:
    city.STAFF_SECOND_FACTOR = True
    officer = member("officer", is_staff=True, is_superuser=True)
    joined(officer)
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "x"})

    assert sign_in(client)["Location"].startswith(reverse("mfa_authenticate"))


def test_promoters_show_an_identity_where_the_city_requires_it_and_donors_never(
    client: Client, city: Settings
) -> None:
    city.SPID_REQUIRED_FOR = ["promoter"]
    user = member()
    client.force_login(user)
    bodies, mine = reverse("accounts:organization_list"), reverse("donations:my_donations")

    assert client.get(mine).status_code == 200 and client.get("/").status_code == 200
    make_organization(user=user)
    needed = client.get(bodies)["Location"]
    assert needed == f"{reverse('identity_needed')}?next={bodies.replace('/', '%2F')}"
    assert client.get(mine).status_code == 200 and client.get("/").status_code == 200
    assert "Sign in with CIE" in words_of(client.get(needed, headers={"accept-language": "en"}))

    sign_in_freshly(client, user)
    sign_in(client, process="connect", next=bodies)

    assert client.get(bodies).status_code == 200


def test_staff_show_an_identity_where_the_city_requires_it(client: Client, city: Settings) -> None:
    city.SPID_REQUIRED_FOR = ["staff"]
    officer = member("officer", is_staff=True, is_superuser=True)
    client.force_login(officer)
    sign_in_freshly(client, officer)

    assert client.get(DESK)["Location"].startswith(reverse("identity_needed"))
    joined(officer)
    sign_in(client)

    assert client.get(DESK).status_code == 200


def test_the_buttons_are_there_only_where_a_city_has_configured_them(client: Client, city: Settings) -> None:
    page = words_of(client.get(LOGIN, headers={"accept-language": "en"}))
    assert "Sign in with SPID" in page and "Sign in with CIE" in page

    city.IDENTITY_PROVIDERS = []

    assert "SPID" not in words_of(client.get(LOGIN))
    assert client.post(reverse("openid_connect_login", args=["spid"])).status_code == 404


def test_an_account_without_password_takes_its_last_identity_not_away(client: Client) -> None:
    user = member()
    user.set_unusable_password()
    user.save()
    account = joined(user)
    sign_in(client)

    client.post(CONNECTIONS, {"account": account.pk})

    assert SocialAccount.objects.filter(pk=account.pk).exists()


@pytest.mark.parametrize("told", ["", "TINIT-LVLDAA80A41F205X", "TINDE-123"])
def test_a_wrong_tax_code_is_none(told: str) -> None:
    with pytest.raises(IdentityRefused):
        tax_code_of({"fiscal_number": told}, "fiscal_number")


def test_names_in_capitals_are_written_as_people_write_them() -> None:
    assert name_of({"given_name": "ADA MARIA", "family_name": "De Rossi"}) == "Ada Maria De Rossi"


def test_the_twin_itself_refuses_a_code_without_its_verifier(client: Client, twin: Server) -> None:
    back = choose(leave(client))
    code = parse_qs(urlsplit(back).query)["code"][0]
    told = {"code": code, "client_id": "civicfund", "client_secret": "only-local", "code_verifier": "x"}
    told["redirect_uri"] = f"http://testserver{back.partition('?')[0]}"

    answer = requests.post(f"{twin.base}/spid/token", data=told, timeout=5)

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})
    assert jwt.__version__
