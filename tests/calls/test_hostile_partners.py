"""What people, on purpose or not, send to the pages about partners, and what each of them gets."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Application, Call, Partner
from calls.services import remove_partner, submit_application
from tests.calls.partnering import answer, invite, last_token, make_partner, partner_fields
from tests.factories import make_draft_application, make_organization
from tests.pages import browser_of, words_of

GOOD = {**partner_fields(), "share_cents": "3.000,00"}
ANSWER = {"choice": "confirm", "answered_by": "Eva Riva, presidente", "acts_for_body": "on", "version": "1"}
WRONG = GOOD["tax_code"][:-1] + str((int(GOOD["tax_code"][-1]) + 1) % 10)
OVERRIDE = "\u202e"


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return a draft."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


def step(application: Application) -> str:
    """Return the address of the step."""
    return reverse("calls:step_partners", args=[application.public_id])


#: What is typed in place of something good, the field that says so, and a word of what it says.
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("a digit of the tax code wrong", {"tax_code": WRONG}, "tax_code", "cifra"),
    (
        "a person's tax code with a wrong checksum",
        {"tax_code": "RSSMRA85T10A562X"},
        "tax_code",
        "codice fiscale",
    ),
    ("letters for a tax code", {"tax_code": "non lo so"}, "tax_code", "11 cifre"),
    ("a tax code of fifty digits", {"tax_code": "1" * 50}, "tax_code", "30"),
    ("a person's tax code for a cooperative", {"tax_code": "RSSMRA85T10A562S"}, "tax_code", "persona"),
    ("a contact person of pictures", {"referent": "🎪🎪"}, "referent", "lettere"),
    ("no tax code", {"tax_code": "   "}, "tax_code", "obbligatorio"),
    ("a name of signs alone", {"legal_name": "!!! 🎪 ???"}, "legal_name", "lettere"),
    ("a name of invisible letters", {"legal_name": OVERRIDE * 20}, "legal_name", "obbligatorio"),
    ("a novel for what it does", {"part": "a" * 300_000}, "part", "1500"),
    ("an address without at sign", {"email": "eva.example.org"}, "email", "email"),
    ("two addresses in one", {"email": "a@example.org,b@example.org"}, "email", "email"),
    ("an address that adds a header", {"email": "a@example.org\nBcc: b@example.org"}, "email", "email"),
    ("a share of minus 5 euro", {"share_cents": "-5"}, "share_cents", "euro"),
    ("a share of nothing", {"share_cents": "0,00"}, "share_cents", "vuoto"),
    ("a share of a thousand billion", {"share_cents": "1000000000000"}, "share_cents", "importo"),
    ("a share in exponents", {"share_cents": "1e9"}, "share_cents", "euro"),
    ("a kind of body nobody has heard of", {"kind": "kingdom"}, "kind", ""),
]


@pytest.mark.parametrize(
    ("typed", "field", "word"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(
    application: Application, organizer: User, typed: dict[str, Any], field: str, word: str
) -> None:
    response = browser_of(organizer).post(step(application), {**GOOD, **typed, "then": "invite"})

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert word in str(form.errors[field]).lower()
    assert form["part"].value() == {**GOOD, **typed}["part"]
    assert not Partner.objects.exists()
    assert not Mail.objects.exists()


#: What is typed oddly and yet understood, and what is kept of it.
UNDERSTOOD: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "a tax code with its country and spaces",
        {"tax_code": f" it {GOOD['tax_code'][:4]} {GOOD['tax_code'][4:]}"},
        {"tax_code": GOOD["tax_code"]},
    ),
    (
        "a name that turns the line around",
        {"legal_name": f"Coop {OVERRIDE}ilgoF"},
        {"legal_name": "Coop ilgoF"},
    ),
    (
        "a name over several lines",
        {"legal_name": "Cooperativa\r\n\r\nSubject: vinci"},
        {"legal_name": "Cooperativa Subject: vinci"},
    ),
    ("a null byte in the name", {"legal_name": "Coop\x00erativa"}, {"legal_name": "Cooperativa"}),
    ("Arabic letters", {"legal_name": "جمعية الحي"}, {"legal_name": "جمعية الحي"}),
    ("a family in one sign", {"part": "Feste 👩‍👧"}, {"part": "Feste 👩‍👧"}),
    ("a share with a dot for decimals", {"share_cents": "1234.5"}, {"share_cents": 123_450}),
    ("a share with the euro sign", {"share_cents": "€ 1.250,50"}, {"share_cents": 125_050}),
    ("markup", {"part": "<script>alert(1)</script>"}, {"part": "<script>alert(1)</script>"}),
]


@pytest.mark.parametrize(
    ("typed", "kept"), [row[1:] for row in UNDERSTOOD], ids=[row[0] for row in UNDERSTOOD]
)
def test_odd_input_is_understood(
    application: Application, organizer: User, typed: dict[str, Any], kept: dict[str, Any]
) -> None:
    browser = browser_of(organizer)

    response = browser.post(step(application), {**GOOD, **typed, "then": "invite"}, follow=True)

    partner = Partner.objects.get()
    assert {name: getattr(partner, name) for name in kept} == kept
    page = response.content.decode()
    assert "<script>alert" not in page
    mail = Mail.objects.get()
    assert mail.recipient == GOOD["email"]
    assert "\n" not in mail.subject
    assert OVERRIDE not in page + mail.subject + mail.body


@pytest.mark.parametrize(
    "link",
    ["a", "a" * 43, "è" * 43, "..%2F..%2Fetc", "%00" * 3, "' OR 1=1 --", "a" * 3000],
    ids=["short", "made up", "accents", "a path", "null bytes", "SQL", "very long"],
)
def test_forged_link_opens_nothing(application: Application, client: Client, link: str) -> None:
    invite(make_partner(application))

    for method in (client.get, client.post):
        response = method(f"/partenariati/{link}/", ANSWER)
        assert response.status_code in (404, 410)
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_link_that_is_only_opened_answers_nothing(application: Application, client: Client) -> None:
    token = invite(make_partner(application))

    # Some mail programs open every link before the person does.
    for _ in range(3):
        assert (
            client.get(f"/partenariati/{token}/?choice=confirm&answered_by=Robot&version=1").status_code
            == 200
        )
        client.head(f"/partenariati/{token}/")
    assert client.get(f"/partenariati/{token}/ritira/").status_code == 405

    assert Partner.objects.get().status == Partner.Status.INVITED


def test_link_of_a_removed_partner_opens_nothing(
    application: Application, organizer: User, client: Client
) -> None:
    partner = make_partner(application)
    token = invite(partner)
    remove_partner(partner=partner, by=organizer, now=timezone.now())

    assert client.get(f"/partenariati/{token}/").status_code == 410
    assert client.post(f"/partenariati/{token}/", ANSWER).status_code == 410
    assert client.post(f"/partenariati/{token}/ritira/").status_code == 410
    assert client.get(f"/partenariati/{token}/mandato.pdf").status_code == 410


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"answered_by": ""}, "answered_by"),
        ({"acts_for_body": ""}, "acts_for_body"),
        ({"version": "x"}, "version"),
        ({"version": "99999999999999999999"}, "version"),
        ({"choice": "maybe"}, "choice"),
        ({"choice": ""}, "choice"),
        ({"answer": "a" * 1001}, "answer"),
    ],
)
def test_half_an_answer_is_none(
    application: Application, client: Client, typed: dict[str, str], field: str
) -> None:
    token = invite(make_partner(application))

    response = client.post(f"/partenariati/{token}/", {**ANSWER, **typed})

    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_answer_to_what_was_not_read_is_asked_again_with_the_words_kept(
    application: Application, organizer: User, client: Client
) -> None:
    partner = make_partner(application)
    token = invite(partner)
    edit = reverse("calls:partner_edit", args=[application.public_id, partner.public_id])
    browser_of(organizer).post(edit, {**GOOD, "part": "Paga tutto."})

    response = client.post(f"/partenariati/{token}/", {**ANSWER, "answer": "Volentieri."})

    assert response.status_code == 200
    assert "Paga tutto." in words_of(response)
    assert "Volentieri." in response.content.decode()
    assert 'name="version" value="2"' in response.content.decode()
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_answer_sent_twice_is_one(application: Application, client: Client) -> None:
    token = invite(make_partner(application))

    for _ in range(2):
        assert client.post(f"/partenariati/{token}/", ANSWER).status_code == 302

    assert Mail.objects.filter(key__startswith="partner_confirmed:").count() == 1


def test_back_button_does_not_turn_a_yes_into_a_surprise(application: Application, client: Client) -> None:
    token = invite(make_partner(application))
    client.post(f"/partenariati/{token}/", ANSWER)
    submit_application(application=application, by=application.author, now=timezone.now())

    response = client.post(f"/partenariati/{token}/", {**ANSWER, "choice": "decline"}, follow=True)

    assert "già" in words_of(response) or "capofila" in words_of(response)
    assert Partner.objects.get().status == Partner.Status.CONFIRMED


def test_form_sent_twice_names_a_partner_once(application: Application, organizer: User) -> None:
    browser = browser_of(organizer)
    browser.post(step(application), {**GOOD, "then": "invite"})

    response = browser.post(step(application), {**GOOD, "then": "invite"})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["tax_code"]
    assert Partner.objects.count() == Mail.objects.count() == 1


def test_applicant_as_its_own_partner_is_told_so(application: Application, organizer: User) -> None:
    own = application.organization.tax_code

    response = browser_of(organizer).post(step(application), {**GOOD, "tax_code": own})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["tax_code"]


def test_partner_of_another_application_is_not_found(
    application: Application, call: Call, organizer: User, stranger: User
) -> None:
    other = make_draft_application(call=call, organization=make_organization(user=stranger))
    partner = make_partner(other)
    browser = browser_of(organizer)

    for owner in (application, other):
        for name in ("partner_edit", "partner_invite", "partner_remove", "partner_mandate"):
            url = reverse(f"calls:{name}", args=[owner.public_id, partner.public_id])
            assert browser.post(url, GOOD).status_code in (404, 405), name
            assert browser.get(url).status_code in (404, 405), name
    url = reverse("calls:partner_edit", args=[application.public_id, uuid.uuid4()])
    assert browser.get(url).status_code == 404
    assert Partner.objects.get().status == Partner.Status.NAMED


def test_partner_that_answers_sees_nothing_of_the_others(application: Application, client: Client) -> None:
    answer(invite(make_partner(application, 2, part="Paga la luce.")))
    token = invite(make_partner(application, 1))

    page = client.get(f"/partenariati/{token}/").content.decode()

    assert "Cooperativa 1" in page
    assert "Cooperativa 2" not in page and "Paga la luce." not in page
    assert "organizer@example.org" not in page


def test_session_that_ends_in_mid_form_asks_to_sign_in_and_writes_nothing(application: Application) -> None:
    response = Client().post(step(application), GOOD)

    assert response.status_code == 302
    assert "login" in response.url
    assert not Partner.objects.exists()


def test_invitation_button_of_an_old_page_writes_once(application: Application, organizer: User) -> None:
    partner = make_partner(application)
    url = reverse("calls:partner_invite", args=[application.public_id, partner.public_id])
    browser = browser_of(organizer)

    browser.post(url)
    browser.post(url)

    assert Mail.objects.count() == 1
    assert last_token(partner)


def test_ten_megabytes_of_text_are_turned_away_before_they_are_read(
    application: Application, organizer: User
) -> None:
    response = browser_of(organizer).post(step(application), {**GOOD, "part": "a" * 10_000_000})

    assert response.status_code == 400
    assert not Partner.objects.exists()
