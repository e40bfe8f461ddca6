"""Organizations, and the outbox that writes each mail once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail, Membership, Organization, User
from accounts.services import (
    OrganizationExists,
    claim_mails,
    create_organization,
    queue_mail,
    queue_mail_to_members,
    requeue_mail,
    send_mail,
)
from tests.factories import edit_body, make_organization
from tests.threads import at_once

NOW = timezone.now()
MINUTE = timedelta(minutes=1)
Status = Mail.Status


def write(key: str = "chiave", now: Any = NOW, language: str = "it", **fields: Any) -> Mail:
    """Write a mail about a campaign that was sent back."""
    campaign = {"title": "Un forno", "slug": "un-forno", "remarks": "Manca il prezzo."}
    queue_mail(
        key=key,
        topic=fields.pop("topic", ""),
        recipient=fields.pop("recipient", "ada@example.org"),
        template="campaign_returned",
        context={"campaign": campaign | fields},
        language=language,
        now=now,
    )
    return Mail.objects.get(key=key)


def test_create_organization_makes_the_person_its_owner(organizer: User) -> None:
    organization = make_organization(user=organizer, now=NOW)

    membership = organization.memberships.get()
    assert (membership.user, membership.role) == (organizer, Membership.Role.OWNER)
    assert organization.created_at == membership.created_at == NOW


def test_create_organization_with_a_taken_tax_code(organizer: User, stranger: User) -> None:
    taken = make_organization(user=organizer)

    with pytest.raises(OrganizationExists, match=taken.tax_code):
        create_organization(user=stranger, now=NOW, legal_name="Altra", kind="aps", tax_code=taken.tax_code)

    assert Organization.objects.count() == 1
    assert not stranger.memberships.exists()


def test_create_organization_leaves_nothing_without_its_owner(
    organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise RuntimeError("no owner")

    monkeypatch.setattr(Membership.objects, "create", refuse)

    with pytest.raises(RuntimeError), transaction.atomic():
        make_organization(user=organizer)

    assert not Organization.objects.exists()


def test_edit_organization_changes_what_is_given(organizer: User) -> None:
    organization = make_organization(user=organizer)

    edit_body(organization=organization, address="Via Nuova 2")

    organization.refresh_from_db()
    assert organization.address == "Via Nuova 2"
    assert organization.city == "Milano"


def test_queue_mail_writes_once_per_key(db: None) -> None:
    first = write()
    again = write(title="Un altro titolo")

    assert first == again
    assert "Un forno" in again.subject
    assert again.status == Status.QUEUED
    assert Mail.objects.count() == 1


def test_queue_mail_leaves_only_with_the_fact_it_tells(db: None) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)

    assert not Mail.objects.exists()


def test_queue_mail_is_written_for_people_and_for_mail_servers(db: None, settings: Settings) -> None:
    settings.SITE_URL = "https://civico.example"
    title = "Il “forno” & l'<orto>\nBcc: tutti@example.org " + "x" * 300

    mail = write(title=title)

    assert "\n" not in mail.subject
    assert len(mail.subject) <= 200
    assert "& l'<orto>" in mail.subject
    assert "https://civico.example/mie-campagne/un-forno/" in mail.body
    assert mail.body.endswith("\n")
    assert not mail.body.endswith("\n\n")


def test_queue_mail_to_members_reaches_the_active_ones(organizer: User, donor: User, stranger: User) -> None:
    organization = make_organization(user=organizer)
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    for person in (donor, stranger):
        Membership.objects.create(organization=organization, user=person, created_at=NOW)
    context = {"campaign": {"title": "Un forno", "slug": "un-forno", "remarks": "-"}}

    for _ in range(2):
        queue_mail_to_members(
            organization=organization,
            key="k",
            topic="",
            template="campaign_returned",
            context=context,
            now=NOW,
        )

    assert sorted(Mail.objects.values_list("recipient", flat=True)) == [donor.email, organizer.email]


def test_send_mail_hands_it_over_and_marks_it(db: None) -> None:
    write()
    (mail,) = claim_mails(now=NOW)

    send_mail(mail=mail, line=get_connection(), now=NOW + MINUTE)

    mail.refresh_from_db()
    assert (mail.status, mail.claimed_at, mail.sent_at) == (Status.SENT, NOW, NOW + MINUTE)
    assert len(outgoing.outbox) == 1
    assert outgoing.outbox[0].to == ["ada@example.org"]
    assert outgoing.outbox[0].subject == mail.subject


def test_claim_mails_takes_the_oldest_and_nothing_twice(db: None) -> None:
    for number in range(5):
        write(key=f"k{number}", now=NOW - number * MINUTE)

    first = claim_mails(now=NOW, limit=3)
    second = claim_mails(now=NOW, limit=3)
    third = claim_mails(now=NOW, limit=3)

    assert [mail.key for mail in first] == ["k4", "k3", "k2"]
    assert [mail.key for mail in second] == ["k1", "k0"]
    assert third == []


@pytest.mark.usefixtures("real_transactions")
def test_claim_mails_by_two_workers_at_once() -> None:
    for number in range(40):
        write(key=f"k{number}")

    def work() -> list[str]:
        return [mail.key for _ in range(10) for mail in claim_mails(now=NOW, limit=4)]

    first, second = at_once(work, work)

    assert sorted(first + second) == sorted(f"k{number}" for number in range(40))


@pytest.mark.usefixtures("real_transactions")
def test_claim_mails_passes_over_what_another_worker_holds() -> None:
    for number in range(4):
        write(key=f"k{number}", now=NOW + number * MINUTE)

    with transaction.atomic():
        list(Mail.objects.filter(key__in=["k0", "k1"]).select_for_update())
        (found,) = at_once(lambda: [mail.key for mail in claim_mails(now=NOW)])

    assert found == ["k2", "k3"]


def test_requeue_mail_sends_a_stuck_one_again(db: None) -> None:
    write()
    (stuck,) = claim_mails(now=NOW)
    assert list(Mail.objects.stuck(NOW)) == []
    assert list(Mail.objects.stuck(NOW + MINUTE)) == [stuck]

    requeue_mail(mail=stuck)

    assert not Mail.objects.stuck(NOW + MINUTE).exists()
    assert claim_mails(now=NOW + MINUTE) == [stuck]


def test_requeue_mail_leaves_a_sent_one_alone(db: None) -> None:
    write()
    (mail,) = claim_mails(now=NOW)
    send_mail(mail=mail, line=get_connection(), now=NOW)

    requeue_mail(mail=mail)

    mail.refresh_from_db()
    assert mail.status == Status.SENT
    assert claim_mails(now=NOW) == []
