"""One's own data on the pages: seen, taken along, erased; by account right after signing in, or by a mailed link."""

import io
import json
import re
import zipfile

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from campaigns.models import Campaign
from campaigns.services import ask_to_follow
from donations.models import ForgottenDonor
from donations.models.own import link_to_address
from matching.models import Erasure
from matching.privacy.parts import parts_of
from matching.services.data_link import COPIES
from matching.services.erasure import Holdings, holdings_of_account
from tests.desk import sign_in_freshly
from tests.factories import give, make_organization
from tests.pages import words_of

EMAIL = "ada@example.org"
DATA, COPY, ERASE = (reverse(f"matching:{name}") for name in ("my_data", "my_data_copy", "my_data_erase"))
UNDERSTOOD = {"is_understood": "on"}

#: E-mail columns that are no citizen's own: bodies, calls, and what the copy shows through another part.
NOT_OF_A_CITIZEN = {
    "accounts.Organization.pec",
    "accounts.Organization.email",
    "calls.Call.contact_email",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgiving() -> None:
    """Forget how often this address has tried."""
    cache.clear()


@pytest.fixture
def ada() -> User:
    """Return a person with a confirmed address."""
    person = User.objects.create_user(EMAIL, "una-parola-lunga", full_name="Ada")
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    return person


@pytest.fixture
def browser(client: Client, ada: User) -> Client:
    """Return Ada's browser, right after signing in."""
    client.force_login(ada)
    sign_in_freshly(client, ada)
    return client


def read(answer: object) -> tuple[dict, str]:
    """Return both files of a copy."""
    packed = zipfile.ZipFile(io.BytesIO(answer.content))  # type: ignore[attr-defined]
    return json.loads(packed.read("dati.json")), packed.read("dati.html").decode()


def test_the_copy_has_everything_and_no_key(browser: Client, ada: User, campaign: Campaign) -> None:
    give(campaign=campaign, email=EMAIL, name="Ada", message="Forza!")
    ask_to_follow(email=EMAIL, language="it", now=timezone.now(), campaign=campaign)
    make_organization(user=ada)

    answer = browser.post(COPY)
    plain, page = read(answer)

    assert answer["Content-Type"] == "application/zip" and "no-store" in answer["Cache-Control"]
    assert plain["parts"]["gifts"][0]["message"] == "Forza!"
    assert plain["parts"]["account"][0]["email"] == EMAIL
    assert {"follows", "memberships", "mails", "addresses"} <= set(plain["parts"])
    assert "Forza!" in page and campaign.title in page
    whole = json.dumps(plain) + page
    assert not re.search(r"argon2|/progetti/\S+/segui/|donazioni/[0-9a-f-]{36}:", whole)


def test_the_copy_knows_every_column_with_an_address(ada: User) -> None:
    shown = {
        f"{part.rows.model._meta.label}.{name}"
        for part in parts_of(Holdings((EMAIL,), ada))
        for name in part.columns
    }
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.fields
        if isinstance(field, models.EmailField)
    }

    # The outbox is found by its reader.
    assert columns - shown - NOT_OF_A_CITIZEN == {"accounts.Mail.recipient"}


def test_a_copy_needs_a_sign_in_of_a_moment_ago_and_is_not_taken_again_and_again(
    browser: Client, ada: User
) -> None:
    sign_in_freshly(browser, ada, seconds_ago=3600)
    assert browser.post(COPY)["Location"].startswith(reverse("account_reauthenticate"))
    assert "next=%2Fi-tuoi-dati%2F" in browser.post(COPY)["Location"]
    assert browser.get(ERASE)["Location"].startswith(reverse("account_reauthenticate"))

    sign_in_freshly(browser, ada)
    answers = [browser.post(COPY).status_code for _time in range(COPIES[0].number + 1)]
    assert answers[-1] == 429 and set(answers[:-1]) == {200}


def test_nothing_is_erased_before_it_was_read(browser: Client, ada: User) -> None:
    page = browser.get(ERASE, headers={"accept-language": "en"})
    assert "What stays, and why" in words_of(page)

    assert browser.post(ERASE).status_code == 422
    ada.refresh_from_db()
    assert ada.is_active and not Erasure.objects.exists()

    answer = browser.post(ERASE, UNDERSTOOD, headers={"accept-language": "en"})

    assert "Your data are erased" in words_of(answer)
    ada.refresh_from_db()
    assert ada.forgotten_at and "_auth_user_id" not in browser.session
    assert Mail.objects.get(key__startswith="data_erased").recipient == EMAIL
    assert browser.login(email=EMAIL, password="una-parola-lunga") is False


def test_an_officer_reads_what_comes_first(client: Client, officer: User) -> None:
    client.force_login(officer)
    sign_in_freshly(client, officer)

    page = words_of(client.post(ERASE, UNDERSTOOD, headers={"accept-language": "en"}))

    assert "Ask the office to take your role away first" in page
    assert not Erasure.objects.exists()


def test_an_only_owner_is_led_to_the_members(client: Client, campaign: Campaign, organizer: User) -> None:
    client.force_login(organizer)
    sign_in_freshly(client, organizer)

    answer = client.get(ERASE)

    assert reverse("accounts:member_list", args=[campaign.organization.public_id]) in answer.content.decode()
    assert holdings_of_account(organizer).blocks


def test_a_donor_without_account_goes_by_the_link_to_all_gifts(client: Client, campaign: Campaign) -> None:
    give(campaign=campaign, email="eva@example.org", name="Eva")
    token = link_to_address("eva@example.org")
    gifts = client.get(reverse("donations:gifts_of_address", args=[token])).content.decode()
    page = reverse("matching:address_data", args=[token])
    assert page in gifts
    assert "1 gift" in words_of(client.get(page, headers={"accept-language": "en"}))

    plain, _page = read(client.post(reverse("matching:address_copy", args=[token])))
    assert plain["parts"]["gifts"][0]["name"] == "Eva" and "account" not in plain["parts"]

    erase = reverse("matching:address_erase", args=[token])
    told = words_of(client.get(erase, headers={"accept-language": "en"}))
    assert "These gifts are under way" in told
    client.post(erase, UNDERSTOOD)
    assert Erasure.objects.get().numbers["gifts_waiting"] == 1


@pytest.mark.parametrize("name", ["address_data", "address_copy", "address_erase"])
def test_a_link_that_is_not_ours_opens_nothing(client: Client, name: str) -> None:
    answer = client.post(reverse(f"matching:{name}", args=["eva@example.org:x:y"]), UNDERSTOOD)

    assert answer.status_code == 410 and not Erasure.objects.exists()


def test_a_link_is_mailed_only_where_something_is_held(client: Client, campaign: Campaign) -> None:
    ask_to_follow(email="zoe@example.org", language="it", now=timezone.now(), campaign=campaign)
    answers = [client.post(DATA, {"email": f"{name}@example.org"}) for name in ("zoe", "nobody")]

    assert [answer.status_code for answer in answers] == [200, 200]
    mail = Mail.objects.get(key__startswith="data_link")
    assert mail.recipient == "zoe@example.org"
    link = re.search(r"http://testserver(/i-tuoi-dati/\S+)", mail.body)[1]
    assert "1 project or borough you follow" in words_of(client.get(link, headers={"accept-language": "en"}))


def test_an_account_sees_nothing_of_an_address_it_has_not_confirmed(
    client: Client, campaign: Campaign, donor: User
) -> None:
    give(campaign=campaign, email=donor.email, name="Eva")
    client.force_login(donor)

    assert holdings_of_account(donor).addresses == ()
    assert "1 gift" not in words_of(client.get(DATA, headers={"accept-language": "en"}))


def test_the_link_to_an_erased_gift_opens_nothing_more(client: Client, campaign: Campaign) -> None:
    gift = give(campaign=campaign, email="eva@example.org", name="Eva")
    page = reverse("donations:donation_status", args=[gift.access_token])
    client.post(reverse("matching:address_erase", args=[link_to_address("eva@example.org")]), UNDERSTOOD)
    assert client.get(page).status_code == 200

    ForgottenDonor.objects.update(done_at=timezone.now())

    assert client.get(page).status_code == 404
