"""The desk's pages of people, bodies and mails."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, Organization, User
from accounts.services import claim_mails, invite_person, name_bank_account, queue_mail
from calls.models import Call
from tests import factories
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of


@pytest.fixture
def organization(organizer: User) -> Organization:
    """Return a body with one member."""
    return factories.make_organization(user=organizer)


@pytest.fixture
def stuck(call: Call, organization: Organization) -> Mail:
    """Return a mail whose sending began and never ended."""
    factories.make_application(call=call, organization=organization)
    claim_mails(now=timezone.now() - Mail.STUCK_AFTER - timedelta(minutes=1))
    return Mail.objects.get()


def typed_person(user: User, **changes: str) -> dict[str, str]:
    """Return a person's page as a browser sends it."""
    return {"email": user.email, "full_name": user.full_name, "language": "it", "is_active": "on", **changes}


def test_officers_sign_in_where_everybody_does(officer: User, client: Client) -> None:
    EmailAddress.objects.create(user=officer, email=officer.email, verified=True, primary=True)
    here = row_url(officer)
    typed = {"login": officer.email, "password": "una-parola-lunga"}

    page = client.get(here, follow=True)
    door = page.redirect_chain[-1][0]
    response = client.post(door, typed, follow=True)

    assert unquote(door) == f"{reverse('account_login')}?next={here}"
    assert response.redirect_chain[-1][0] == here
    assert response.context["user"] == officer


def test_desk_has_no_door_of_its_own(officer: User, donor: User, client: Client) -> None:
    typed = {"username": officer.email, "password": "una-parola-lunga"}

    refused = client.post(reverse("admin:login"), typed)

    assert refused["Location"].startswith(f"{reverse('account_login')}?next=")
    assert "_auth_user_id" not in client.session
    assert desk_of(donor).get(reverse("admin:index"), follow=True).status_code == 403


def test_a_new_person_is_known_by_the_address_in_lower_case(officer: User) -> None:
    sent = {
        "email": "Nuova@Example.org",
        "full_name": "Nuova",
        "language": "en",
        "usable_password": "true",
        "password1": "una-parola-lunga",
        "password2": "una-parola-lunga",
    }

    desk_of(officer).post(reverse("admin:accounts_user_add"), sent)

    person = User.objects.get(email="nuova@example.org")
    assert person.check_password("una-parola-lunga")
    assert (person.full_name, person.language, person.is_staff) == ("Nuova", "en", False)


def test_an_address_that_is_taken_is_refused(officer: User, donor: User) -> None:
    sent = {"email": donor.email.upper(), "language": "it", "usable_password": "false"}

    response = desk_of(officer).post(reverse("admin:accounts_user_add"), sent)

    assert list(response.context["adminform"].form.errors) == ["email"]


def test_superuser_makes_an_officer_with_a_role(officer: User, donor: User) -> None:
    role = Group.objects.create(name="Istruttoria")

    response = desk_of(officer).post(row_url(donor), typed_person(donor, is_staff="on", groups=str(role.pk)))

    assert response.status_code == 302, text_of(response)
    donor.refresh_from_db()
    assert donor.is_staff and list(donor.groups.all()) == [role]


def test_a_clerk_can_raise_nobody_and_change_no_officer(officer: User, donor: User) -> None:
    clerk = officer_with("accounts.view_user", "accounts.change_user")
    desk = desk_of(clerk)

    desk.post(row_url(donor), typed_person(donor, full_name="Dora", is_staff="on", is_superuser="on"))

    donor.refresh_from_db()
    assert (donor.full_name, donor.is_staff, donor.is_superuser) == ("Dora", False, False)
    for other in (officer, clerk):
        assert desk.post(row_url(other), typed_person(other, full_name="X")).status_code == 403
        password = {"password1": "parola-nuova-1", "password2": "parola-nuova-1", "usable_password": "true"}
        assert desk.post(row_url(other, "password"), password).status_code == 403
    assert desk.get(reverse("admin:auth_group_add")).status_code == 403


def test_people_are_not_deleted(officer: User, donor: User) -> None:
    assert desk_of(officer).post(row_url(donor, "delete"), {"post": "yes"}).status_code == 403


def test_people_need_the_right_to_be_read(evaluator: User, donor: User) -> None:
    assert desk_of(evaluator).get(list_url(donor)).status_code == 403
    assert desk_of(donor).get(list_url(donor)).status_code == 302


def test_a_body_is_read_with_its_people_accounts_and_requests(
    organization: Organization, organizer: User, officer: User, donor: User
) -> None:
    now = timezone.now()
    name_bank_account(organization=organization, iban="IT60X0542811101000000123456", by=organizer, now=now)
    invite_person(organization=organization, email="ada@example.org", role="reader", by=organizer, now=now)

    page = text_of(desk_of(officer).get(row_url(organization)))

    for told in (organization.tax_code, organization.pec, organizer.email, "ada@example.org", "… 3456"):
        assert told in page
    assert "0542811101" not in page


def test_bodies_are_neither_added_nor_changed_nor_deleted(
    organization: Organization, officer: User, evaluator: User
) -> None:
    desk = desk_of(officer)

    assert desk.get(list_url(organization) + "add/").status_code == 403
    assert desk.post(row_url(organization), {"city": "X"}).status_code == 403
    assert desk.post(row_url(organization, "delete"), {"post": "yes"}).status_code == 403
    assert desk_of(evaluator).get(row_url(organization)).status_code == 403


def test_stuck_mails_come_first_and_are_sent_again(stuck: Mail, officer: User) -> None:
    desk = desk_of(officer)

    assert stuck.subject[:20] in text_of(desk.get(list_url(stuck)))
    page = text_of(desk.get(row_url(stuck, "send_again")))
    assert "the reader may get it twice" in page
    take_step(desk, row_url(stuck, "send_again"))

    stuck.refresh_from_db()
    assert stuck.status == Mail.Status.QUEUED
    late = desk.post(row_url(stuck, "send_again"), {"seen": ""}, follow=True)
    assert "This mail is not stuck." in text_of(late)


def test_rights_decide_who_sends_again(stuck: Mail, evaluator: User, stranger: User) -> None:
    reader = desk_of(officer_with("accounts.view_mail"))

    assert reader.get(row_url(stuck)).status_code == 200
    for desk, status in ((reader, 403), (desk_of(evaluator), 403), (desk_of(stranger), 302)):
        assert desk.post(row_url(stuck, "send_again"), {"seen": ""}).status_code == status
    stuck.refresh_from_db()
    assert stuck.status == Mail.Status.SENDING


def test_mails_to_donors_are_hidden_from_those_who_may_not_see_gifts(campaign, db: None) -> None:
    gift = factories.give(campaign=campaign, email="ada@example.org")
    queue_mail(
        key=f"donation_refunded:{gift.pk}",
        topic="",
        recipient=gift.email,
        template="donation_refunded",
        context={"donation": gift, "campaign": campaign, "reversal": gift},
        language="it",
        now=timezone.now(),
    )
    mail = Mail.objects.get(recipient="ada@example.org")
    without = desk_of(officer_with("accounts.view_mail"))
    seeing = desk_of(officer_with("accounts.view_mail", "donations.view_donation"))

    assert without.get(row_url(mail)).status_code == 302
    assert "ada@example.org" not in text_of(without.get(list_url(mail, queue="all", q="ada")))
    assert "ada@example.org" in text_of(seeing.get(row_url(mail)))


def test_mails_are_neither_added_nor_changed_nor_deleted(stuck: Mail, officer: User) -> None:
    desk = desk_of(officer)

    assert desk.get(list_url(stuck) + "add/").status_code == 403
    assert desk.post(row_url(stuck), {"body": "x"}).status_code == 403
    assert desk.post(row_url(stuck, "delete"), {"post": "yes"}).status_code == 403


def test_the_outbox_gives_nobody_a_donors_key(call: Call, organization: Organization) -> None:
    now = timezone.now()
    link = "http://testserver/donazioni/chiave/ritira/"
    for key in ("donors_may_leave:1:x", "gifts_link:1"):
        Mail.objects.create(
            key=key, recipient="ada@example.org", subject="Il progetto cambia", body=link, created_at=now
        )
    leave, secret = Mail.objects.order_by("key")
    clerk = desk_of(officer_with("accounts.view_mail"))
    treasurer = desk_of(officer_with("accounts.view_mail", "donations.view_donation"))

    assert clerk.get(row_url(leave)).status_code == 302
    assert "ada@example.org" not in text_of(clerk.get(list_url(leave, queue="all")))
    assert "chiave" not in treasurer.get(row_url(leave)).content.decode()
    assert "http://testserver/…" in text_of(treasurer.get(row_url(leave)))
    assert "http://testserver/" not in text_of(treasurer.get(row_url(secret)))
