"""The step of the partners, and the page on which a partner answers."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from accounts.models import Mail, User
from calls.models import Application, Call, Partner
from calls.services import submit_application
from tests.calls.partnering import answer, invite, last_token, make_confirmed, make_partner, partner_fields
from tests.desk import desk_of, text_of
from tests.factories import make_draft_application, make_organization
from tests.pages import browser_of, words_of

GOOD = {**partner_fields(), "share_cents": "3.000"}


@pytest.fixture
def application(call: Call, organizer: User) -> Application:
    """Return a draft."""
    return make_draft_application(call=call, organization=make_organization(user=organizer))


def step(application: Application) -> str:
    """Return the address of the step."""
    return reverse("calls:step_partners", args=[application.public_id])


def test_partner_is_named_invited_and_confirms_without_an_account(
    application: Application, organizer: User, client: Client
) -> None:
    page = browser_of(organizer).post(step(application), {**GOOD, "then": "invite"}, follow=True)
    assert "eva@cooperativa1.example.org" in words_of(page)
    address = reverse("calls:partner_answer", args=[last_token(Partner.objects.get())])

    seen = client.get(address)
    assert "Un forno di quartiere" in words_of(seen)
    assert "no-store" in seen.headers["Cache-Control"]
    assert seen.headers["Referrer-Policy"] == "same-origin"
    thanks = client.post(
        address,
        {"choice": "confirm", "version": "1", "answered_by": "Eva Riva", "acts_for_body": "on"},
        follow=True,
    )

    assert "Grazie" in words_of(thanks)
    assert "Eva Riva" in words_of(browser_of(organizer).get(step(application)))
    back = client.post(
        reverse("calls:partner_take_back", args=[last_token(Partner.objects.get())]), follow=True
    )
    assert 'name="choice" value="confirm"' in back.content.decode()
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_partner_saved_without_an_invitation_gets_no_mail(application: Application, organizer: User) -> None:
    browser_of(organizer).post(step(application), GOOD)

    assert Partner.objects.get().status == Partner.Status.NAMED
    assert not Mail.objects.exists()


def test_partner_edit_shows_what_was_written_and_says_that_the_answer_is_void(
    application: Application, organizer: User
) -> None:
    partner = make_confirmed(application)
    url = reverse("calls:partner_edit", args=[application.public_id, partner.public_id])
    browser = browser_of(organizer)

    form = browser.get(url).context["form"]
    assert form["share_cents"].value() == "3.000"
    page = browser.post(url, {**GOOD, "part": "Paga tutto."}, follow=True)

    assert "non vale più" in words_of(page)
    assert Partner.objects.get().status == Partner.Status.INVITED


def test_step_says_what_is_missing_and_links_to_the_partner(
    application: Application, organizer: User
) -> None:
    partner = make_partner(application)

    page = browser_of(organizer).get(step(application)).content.decode()

    assert f'{step(application)}#id_partner_{partner.public_id}"' in page
    assert f'id="id_partner_{partner.public_id}"' in page


def test_step_of_a_submitted_application_is_only_read(application: Application, organizer: User) -> None:
    partner = make_confirmed(application)
    submit_application(application=application, by=organizer, now=timezone.now())
    browser = browser_of(organizer)

    page = browser.get(step(application))

    assert "Cooperativa 1" in words_of(page)
    main = page.content.decode().split('id="content"')[1].split("<footer")[0]
    assert "<form" not in main
    assert browser.post(step(application), GOOD).status_code == 404
    for name in ("partner_edit", "partner_invite", "partner_remove"):
        url = reverse(f"calls:{name}", args=[application.public_id, partner.public_id])
        assert browser.post(url, GOOD).status_code == 404


def test_link_of_a_submitted_application_shows_the_answer_and_takes_none(
    application: Application, client: Client
) -> None:
    partner = make_confirmed(application)
    submit_application(application=application, by=application.author, now=timezone.now())

    page = client.get(reverse("calls:partner_answer", args=[last_token(partner)]))

    main = page.content.decode().split('id="content"')[1].split("<footer")[0]
    assert "<form" not in main
    assert "capofila" in words_of(page)


def test_buttons_of_a_partner_invite_and_remove(application: Application, organizer: User) -> None:
    partner = make_partner(application)
    browser = browser_of(organizer)

    browser.post(reverse("calls:partner_invite", args=[application.public_id, partner.public_id]))
    assert Partner.objects.get().status == Partner.Status.INVITED
    page = browser.post(
        reverse("calls:partner_remove", args=[application.public_id, partner.public_id]), follow=True
    )

    assert Partner.objects.get().status == Partner.Status.REMOVED
    assert "id_partner_" not in page.content.decode()


@pytest.mark.parametrize("who", ["lead", "partner"])
def test_mandate_is_a_pdf_for_lead_and_partner(
    application: Application, organizer: User, client: Client, who: str
) -> None:
    partner = make_partner(application)
    token = invite(partner)

    if who == "lead":
        url = reverse("calls:partner_mandate", args=[application.public_id, partner.public_id])
        response = browser_of(organizer).get(url)
    else:
        response = client.get(reverse("calls:partner_own_mandate", args=[token]))

    assert response.headers["Content-Type"] == "application/pdf"
    assert "attachment" in response.headers["Content-Disposition"]
    assert "Cooperativa 1" in PdfReader(io.BytesIO(response.content)).pages[0].extract_text()


def test_step_asks_no_more_questions_of_ten_partners_than_of_two(
    application: Application,
    organizer: User,
    django_assert_max_num_queries: Callable[..., DjangoAssertNumQueries],
) -> None:
    browser = browser_of(organizer)
    for number in range(1, 11):
        partner = make_partner(application, number)
        if number % 2:
            answer(invite(partner))

    with django_assert_max_num_queries(20):
        assert browser.get(step(application)).status_code == 200


def test_officers_see_the_partners_and_find_the_application_by_them(
    application: Application, officer: User
) -> None:
    partner = make_confirmed(application)
    submit_application(application=application, by=application.author, now=timezone.now())
    desk = desk_of(officer)

    page = text_of(desk.get(reverse("admin:calls_application_change", args=[application.pk])))
    found = text_of(desk.get(reverse("admin:calls_application_changelist"), {"q": partner.tax_code}))

    assert "Cooperativa 1" in page and "Eva Riva, presidente" in page
    assert application.title in found
