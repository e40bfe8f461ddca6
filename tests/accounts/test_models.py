"""What PostgreSQL refuses about people, bodies and mails."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Mail, Membership, Organization, User
from accounts.services import queue_mail
from tests.factories import make_organization, make_user

NOW = timezone.now()


def test_create_user_is_known_by_a_lower_case_address(db: None) -> None:
    user = User.objects.create_user(" Ada@Example.ORG ", "una-parola-lunga")

    assert user.email == "ada@example.org"
    assert user.check_password("una-parola-lunga")
    assert not (user.is_staff or user.is_superuser)


def test_create_user_twice_with_the_same_address(db: None) -> None:
    User.objects.create_user("ada@example.org")

    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        User.objects.create_user("ADA@example.org")


def test_user_address_is_lower_case_even_for_sql(db: None) -> None:
    user = make_user("ada")

    with pytest.raises(IntegrityError, match="user_email_lower_case"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="Ada@example.org")


def test_create_user_without_a_password_cannot_sign_in(db: None) -> None:
    user = User.objects.create_user("ada@example.org")

    assert not user.has_usable_password()


def test_create_superuser_may_do_everything(db: None) -> None:
    user = User.objects.create_superuser("capo@example.org", "una-parola-lunga")

    assert user.is_staff
    assert user.is_superuser


@pytest.mark.parametrize(
    ("full_name", "greeted", "short"), [("Ada Neri", "Ada Neri", "Ada"), ("", "a@b.it", "a@b.it")]
)
def test_user_is_greeted_by_name_or_address(full_name: str, greeted: str, short: str) -> None:
    user = User(email="a@b.it", full_name=full_name)

    assert (str(user), user.get_full_name(), user.get_short_name()) == (greeted, greeted, short)


def test_tax_code_belongs_to_one_organization(organizer: User) -> None:
    first, second = make_organization(user=organizer), make_organization(user=organizer)

    with pytest.raises(IntegrityError, match="tax_code"), transaction.atomic():
        Organization.objects.filter(pk=second.pk).update(tax_code=first.tax_code)


def test_membership_is_held_once(organizer: User) -> None:
    organization = make_organization(user=organizer)

    with pytest.raises(IntegrityError, match="membership_once"), transaction.atomic():
        Membership.objects.create(organization=organization, user=organizer, created_at=NOW)


def test_of_keeps_a_persons_own_bodies(organizer: User, stranger: User) -> None:
    mine, theirs = make_organization(user=organizer), make_organization(user=stranger)
    Membership.objects.create(organization=mine, user=stranger, created_at=NOW)

    assert list(Organization.objects.of(organizer)) == [mine]
    assert set(Organization.objects.of(stranger)) == {mine, theirs}


def test_owned_by_keeps_the_bodies_a_person_answers_for(organizer: User, stranger: User) -> None:
    mine, theirs = make_organization(user=organizer), make_organization(user=stranger)
    Membership.objects.create(organization=mine, user=stranger, role=Membership.Role.EDITOR, created_at=NOW)

    assert list(Organization.objects.owned_by(organizer)) == [mine]
    assert list(Organization.objects.owned_by(stranger)) == [theirs]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "sending"},
        {"status": "sent"},
        {"status": "sent", "claimed_at": NOW},
        {"status": "sent", "sent_at": NOW},
        {"status": "sending", "claimed_at": NOW, "sent_at": NOW},
        {"claimed_at": NOW},
        {"sent_at": NOW},
        {"status": "lost"},
    ],
)
def test_mail_times_match_its_status(organizer: User, changes: dict) -> None:
    organization = make_organization(user=organizer)
    context = {
        "application": {"title": "t", "organization": organization, "public_id": organization.public_id},
        "version": {"number": 1, "code": "A", "filed_at": NOW},
    }
    queue_mail(
        key="k",
        topic="",
        recipient="a@b.it",
        template="application_submitted",
        context=context,
        language="it",
        now=NOW,
    )

    with pytest.raises(IntegrityError, match="mail_times_match_status"), transaction.atomic():
        Mail.objects.filter(key="k").update(**changes)
