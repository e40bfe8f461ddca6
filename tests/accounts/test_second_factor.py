"""The second factor of people who work for the city: without one nothing of the site opens to them."""

import io

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal import auth as keys
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.desk import sign_in_freshly, text_of
from tests.factories import make_user

PASSWORD = "una-parola-lunga"
SECRET = "JBSWY3DPEHPK3PXP"
LOGIN, INDEX = reverse("account_login"), reverse("mfa_index")
DESK = reverse("admin:index")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    """Ask officers for a second factor, as a city does, and forget how often this address has tried."""
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()


@pytest.fixture
def clerk() -> User:
    """Return an officer with a confirmed address and no second factor."""
    user = make_user("clerk", is_staff=True, is_superuser=True)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def code_of(secret: str) -> str:
    """Return what an app with the secret shows now."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


def enter(client: Client, user: User, password: str = PASSWORD, **more: str):
    """Sign in with a password."""
    return client.post(LOGIN, {"login": user.email, "password": password, **more})


def test_an_officer_without_one_is_led_to_set_it_up_before_anything_else(client: Client, clerk: User) -> None:
    enter(client, clerk)

    for address in (DESK, reverse("admin:calls_call_changelist"), "/", reverse("calls:call_list")):
        assert client.get(address)["Location"] == f"{INDEX}?next={address.replace('/', '%2F')}", address
    assert client.post(reverse("admin:calls_call_add"), {"title": "x"}).status_code == 302
    page = text_of(client.get(INDEX, headers={"accept-language": "en"}))
    assert "before you go to the desk, choose one of the two below" in page


def test_connecting_an_app_opens_the_desk(client: Client, clerk: User) -> None:
    enter(client, clerk)
    activate = reverse("mfa_activate_totp")
    page = client.get(activate)
    secret = page.context["form"].secret

    wrong = client.post(activate, {"code": "000000" if code_of(secret) != "000000" else "111111"})
    taken = client.post(activate, {"code": code_of(secret)})

    assert wrong.status_code == 200 and wrong.context["form"].errors
    assert taken["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(DESK).status_code == 200
    codes = client.get(taken["Location"])
    assert len(codes.context["unused_codes"]) == 10
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept and kept != secret


def test_secrets_of_second_factors_are_sealed(clerk: User) -> None:
    TOTP.activate(clerk, SECRET)
    RecoveryCodes.activate(clerk)

    kept = [str(data) for data in Authenticator.objects.values_list("data", flat=True)]

    assert len(kept) == 2
    assert not any(SECRET in text for text in kept)
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code(code_of(SECRET))


def test_signing_in_with_an_app_takes_both_the_password_and_a_code(
    client: Client, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "accounts.adapter")
    TOTP.activate(clerk, SECRET)

    refused = enter(client, clerk, password="another-word")
    first = enter(client, clerk, next=DESK)
    half_way = client.get(DESK)
    wrong = client.post(reverse("mfa_authenticate"), {"code": "123"})
    done = client.post(reverse("mfa_authenticate"), {"code": code_of(SECRET)})

    assert refused.status_code == 200
    assert first["Location"] == reverse("mfa_authenticate")
    assert "/login/?next=" in half_way["Location"]
    assert wrong.status_code == 200
    assert done["Location"] == DESK
    assert client.get(DESK).status_code == 200
    said = [one.getMessage() for one in caplog.records if one.name == "accounts.adapter"]
    assert said == ["a sign-in was refused", f"person {clerk.pk} signed in with password, totp"]


def test_recovery_codes_are_shown_once(client: Client, clerk: User) -> None:
    TOTP.activate(clerk, SECRET)
    code = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    client.force_login(clerk)
    sign_in_freshly(client, clerk, method="mfa")
    address = reverse("mfa_view_recovery_codes")

    first, second = text_of(client.get(address)), text_of(client.get(address))

    assert code in first and code not in second
    assert client.get(reverse("mfa_download_recovery_codes")).status_code == 403


def test_a_recovery_code_opens_once(clerk: User) -> None:
    TOTP.activate(clerk, SECRET)
    code = RecoveryCodes.activate(clerk).get_unused_codes()[0]
    answers = []
    for browser in (Client(), Client()):
        enter(browser, clerk)
        browser.post(reverse("mfa_authenticate"), {"code": code})
        answers.append(browser.get(DESK).status_code)

    assert answers == [200, 302]


def test_a_session_from_before_the_factor_has_to_use_it(client: Client, clerk: User) -> None:
    enter(client, clerk)
    TOTP.activate(clerk, SECRET)
    again = reverse("mfa_reauthenticate")

    led = client.get(DESK)
    back = client.post(again, {"code": code_of(SECRET), "next": DESK})

    assert led["Location"] == f"{again}?next={DESK.replace('/', '%2F')}"
    assert back["Location"] == DESK
    assert client.get(DESK).status_code == 200


def test_another_persons_factor_counts_for_nobody(client: Client, clerk: User) -> None:
    TOTP.activate(make_user("other", is_staff=True), SECRET)
    enter(client, clerk)

    assert client.get(DESK)["Location"].startswith(INDEX)


def test_a_passkey_alone_signs_in_and_is_both_factors(
    client: Client, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Authenticator.objects.create(
        user=clerk, type="webauthn", data={"name": "Telefono", "credential": {}}
    )
    monkeypatch.setattr(keys, "parse_authentication_response", lambda _sent: None)
    monkeypatch.setattr(keys, "extract_user_from_response", lambda _sent: clerk)
    monkeypatch.setattr(keys, "complete_authentication", lambda _user, _sent: key)

    client.post(reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}'})

    assert client.get(DESK).status_code == 200


def test_citizens_need_none(client: Client) -> None:
    citizen = make_user("citizen")
    EmailAddress.objects.create(user=citizen, email=citizen.email, verified=True, primary=True)

    enter(client, citizen)

    assert client.get(reverse("calls:application_list")).status_code == 200


def test_a_citizen_who_becomes_an_officer_is_stopped_in_the_same_session(client: Client) -> None:
    citizen = make_user("citizen")
    client.force_login(citizen)
    assert client.get("/").status_code == 200

    User.objects.filter(pk=citizen.pk).update(is_staff=True)

    assert client.get("/")["Location"].startswith(INDEX)


def test_the_last_factor_of_an_officer_stays(client: Client, clerk: User) -> None:
    app = TOTP.activate(clerk, SECRET).instance
    client.force_login(clerk)
    sign_in_freshly(client, clerk, method="mfa")

    client.post(reverse("mfa_deactivate_totp"))
    kept = Authenticator.objects.filter(pk=app.pk).exists()
    Authenticator.objects.create(user=clerk, type="webauthn", data={})
    client.post(reverse("mfa_deactivate_totp"))

    assert kept
    assert not Authenticator.objects.filter(pk=app.pk).exists()


def test_the_setting_switches_it_off_and_the_production_check_warns(
    client: Client, clerk: User, settings: Settings
) -> None:
    assert "civicfund.W001" not in [found.id for found in run_checks(include_deployment_checks=True)]

    settings.STAFF_SECOND_FACTOR = False
    enter(client, clerk)

    assert client.get(DESK).status_code == 200
    assert "civicfund.W001" in [found.id for found in run_checks(include_deployment_checks=True)]


def test_forget_second_factor_lets_the_person_set_up_a_new_one(client: Client, clerk: User) -> None:
    TOTP.activate(clerk, SECRET)
    RecoveryCodes.activate(clerk)
    other = TOTP.activate(make_user("other"), SECRET).instance

    call_command("forget_second_factor", "CLERK@example.org", stdout=io.StringIO())
    enter(client, clerk)

    assert list(Authenticator.objects.all()) == [other]
    assert client.get(DESK)["Location"].startswith(INDEX)
    with pytest.raises(CommandError, match="has no account"):
        call_command("forget_second_factor", "nobody@example.org")


@pytest.mark.parametrize("language", ["it", "en"])
def test_its_pages_are_ours(
    client: Client, clerk: User, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "get_credentials", lambda _user: [])
    client.force_login(clerk)
    sign_in_freshly(client, clerk)

    def pages(browser: Client, *names: str, args: tuple[int, ...] = ()):
        return [
            browser.get(reverse(name, args=args), headers={"accept-language": language}) for name in names
        ]

    shown = pages(client, "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn")
    credential = {"clientExtensionResults": {"credProps": {"rk": True}}}
    key = Authenticator.objects.create(
        user=clerk, type="webauthn", data={"name": "Telefono", "credential": credential}
    )
    shown += pages(client, "mfa_reauthenticate_webauthn", "mfa_index", "mfa_list_webauthn")
    assert "Telefono" in shown[-1].content.decode()
    shown += pages(client, "mfa_edit_webauthn", "mfa_remove_webauthn", args=(key.pk,))
    key.delete()
    TOTP.activate(clerk, SECRET)
    RecoveryCodes.activate(clerk)
    shown += pages(client, "mfa_index", "mfa_deactivate_totp", "mfa_view_recovery_codes")
    shown += pages(client, "mfa_generate_recovery_codes", "mfa_reauthenticate")
    half_way = Client()
    enter(half_way, clerk)
    shown += pages(half_way, "mfa_authenticate")

    assert len(shown) == 15
    for page in shown:
        html = page.content.decode()
        assert page.status_code == 200, page.request["PATH_INFO"]
        assert f'<html lang="{language}"' in html and html.count("<h1") == 1 and 'id="content"' in html


def test_what_changes_the_access_asks_again_after_a_while(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    sign_in_freshly(client, clerk, seconds_ago=14 * 60)
    soon = client.get(reverse("mfa_activate_totp"))
    sign_in_freshly(client, clerk, seconds_ago=16 * 60)
    late = client.get(reverse("mfa_activate_totp"))

    assert soon.status_code == 200
    assert late["Location"].startswith(reverse("account_reauthenticate"))
