"""People erase their data: what goes at once, what later, what stays; the money stays balanced, and nothing leads back."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Mail, User
from accounts.services import claim_mails, forget_person, invite_person, send_mail
from accounts.services.erasure import StillAtTheDesk
from calls.models import Application, Call
from campaigns.models import Campaign, Follow, Problem, Question
from campaigns.services import ask_to_follow, report_problem
from civicfund.sealing import unseal
from donations.models import Dedication, Donation, ForgottenDonor, OfflineDonation
from donations.services import Wish, claim_reversals, dedicate_gift, issue_receipt, owe_refund, send_refund
from donations.services.erasure import finish_forgetting, purpose_of
from matching.models import Erasure
from matching.services import close_campaign, release_grant, settle_campaign
from matching.services.erasure import (
    ErasureBlocked,
    erase_account,
    erase_address,
    holdings_of_account,
    holdings_of_address,
)
from matching.services.retention import erase_what_is_over
from matching.signatures import NOT_SIGNED, has_signed, keys_to_people, name_of
from tests.campaigns.voices import answer, ask
from tests.donations.test_services_dispute import contest, decide
from tests.factories import (
    give,
    give_outside,
    make_draft_application,
    make_organization,
    make_user,
)
from tests.matching.outside import return_outside

EMAIL, NAME, CODE = "ada.lovelace@example.org", "Ada Lovelace", "LVLDAA80A41F205B"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def forgiving() -> None:
    """Forget how often this address has tried."""
    cache.clear()


def gift_of_ada(campaign: Campaign, **changes: Any) -> Donation:
    """Give as Ada, seen by everybody, with a receipt."""
    told = {"name": NAME, "show_name": True, "message": "Forza!", "tax_code": CODE, **changes}
    gift = give(campaign=campaign, email=EMAIL, **told)
    issue_receipt(donation=gift, now=timezone.now())
    return gift


def erase(email: str = EMAIL) -> Erasure:
    return erase_address(email=email, language="it", now=timezone.now())


def end(campaign: Campaign) -> Campaign:
    close_campaign(campaign=campaign, now=campaign.closes_at)
    return settle_campaign(campaign=campaign, now=campaign.closes_at)


def send_mails() -> None:
    """Let every mail leave."""

    class Line:
        def send_messages(self, messages: Any) -> int:
            return len(messages)

    for mail in claim_mails(now=timezone.now(), limit=500):
        send_mail(mail=mail, line=Line(), now=timezone.now())


def places_of(*words: str) -> set[str]:
    """Return the tables of the database in which some row says one of these words."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            for word in words:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text ILIKE %s LIMIT 1', [f"%{word}%"])  # noqa: S608
                if cursor.fetchone():
                    found.add(table)
    return found


def test_a_gift_of_a_running_campaign_is_unnamed_at_once_and_forgotten_at_its_end(
    campaign: Campaign,
) -> None:
    gift = gift_of_ada(campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())

    erasure = erase()

    gift.refresh_from_db()
    assert erasure.numbers["gifts_waiting"] == 1
    assert (gift.email, gift.name, gift.tax_code) == (EMAIL, NAME, CODE)
    assert (gift.public_name, gift.message) == ("Sostegno anonimo", "")
    assert finish_forgetting(now=timezone.now()) == 0

    end(campaign)
    send_mails()
    run = erase_what_is_over(now=timezone.now())

    gift.refresh_from_db()
    assert run.erased["gifts"] == 1
    assert (gift.email, gift.name, gift.tax_code, gift.status) == ("", "", "", Donation.Status.SETTLED)
    assert places_of(EMAIL, NAME, CODE) == set()
    kept = ForgottenDonor.objects.get()
    assert unseal(kept.sealed, purpose=purpose_of(kept)) == f'{{"name": "{NAME}", "tax_code": "{CODE}"}}'
    assert kept.kept_until.year == gift.charged_at.year + 10 and kept.kept_until.month == 12
    call_command("audit")


def test_what_a_receipt_says_is_destroyed_after_ten_years(campaign: Campaign) -> None:
    gift_of_ada(campaign, amount_cents=1_000_000)
    release_grant(campaign=campaign, now=timezone.now())
    end(campaign)
    erase()
    kept = ForgottenDonor.objects.get()
    day = timezone.now().replace(year=kept.kept_until.year + 1, month=1, day=2)

    erase_what_is_over(now=day - timedelta(days=3))
    kept.refresh_from_db()
    assert kept.sealed
    erase_what_is_over(now=day)
    kept.refresh_from_db()

    assert (bytes(kept.sealed), kept.kept_until) == (b"", None)


def test_a_donor_whose_refund_is_under_way_is_forgotten_when_the_money_is_back(
    campaign: Campaign, officer: User
) -> None:
    gift = gift_of_ada(campaign)
    owe_refund(donation=gift, reason="Chiesto.", by=officer, now=timezone.now())
    erase()
    gift.refresh_from_db()
    assert gift.email == EMAIL

    for reversal in claim_reversals(now=timezone.now()):
        send_refund(reversal=reversal, now=timezone.now())
    finish_forgetting(now=timezone.now())

    gift.refresh_from_db()
    assert (gift.status, gift.email, gift.name) == (Donation.Status.REFUNDED, "", "")
    call_command("audit")


def test_a_contested_gift_waits_for_the_bank(campaign: Campaign) -> None:
    gift = gift_of_ada(campaign)
    dispute = contest(gift)
    erase()
    gift.refresh_from_db()
    assert (gift.status, gift.email) == (Donation.Status.DISPUTED, EMAIL)

    decide(gift, dispute, "lost")
    finish_forgetting(now=timezone.now())

    gift.refresh_from_db()
    assert (gift.status, gift.email) == (Donation.Status.LOST, "")
    call_command("audit")


def test_two_forgotten_donors_stay_two_donors_for_the_limit(
    officer: User, organizer: User, campaign: Campaign
) -> None:
    for number, email in enumerate([EMAIL, EMAIL, "eva@example.org"]):
        give(campaign=campaign, email=email, amount_cents=400_000 + number)
    release_grant(campaign=campaign, now=timezone.now())
    end(campaign)
    for one in Donation.objects.all():
        issue_receipt(donation=one, now=timezone.now())

    erase()
    erase("eva@example.org")

    keys = list(Donation.objects.order_by("pk").values_list("email_key", flat=True))
    assert keys[0] == keys[1] != keys[2]
    assert all(key.startswith("erased:") for key in keys)
    call_command("audit")


def test_cards_questions_reports_and_follows_go_with_the_address(campaign: Campaign, organizer: User) -> None:
    gift = gift_of_ada(campaign)
    other = give(campaign=campaign, email="eva@example.org", name="Eva")
    Dedication.objects.create(donation=gift, name="Zoe", email="zoe@example.org", greeting="Auguri")
    Dedication.objects.create(donation=other, name=NAME, email=EMAIL, greeting="Per te")
    ask_to_follow(email=EMAIL, language="it", now=timezone.now(), campaign=campaign)
    waits = ask(campaign, email=EMAIL, name=NAME, text="C'è una rampa?")
    answered = answer(campaign, organizer, email=EMAIL, name=NAME, text="Sì.")
    report_problem(campaign=campaign, kind="other", text="Refuso.", email=EMAIL, now=timezone.now())
    send_mails()

    numbers = erase().numbers

    assert {name: numbers[name] for name in ("questions", "follows", "reports", "cards")} == {
        "questions": 2,
        "follows": 1,
        "reports": 1,
        "cards": 1,
    }
    assert not Dedication.objects.known().exists()
    assert not Follow.objects.exists() and not Question.objects.filter(pk=waits.pk).exists()
    answered.refresh_from_db()
    assert (answered.name, answered.status) == ("", Question.Status.ANSWERED)
    assert Problem.objects.get().email == ""
    assert not Mail.objects.filter(recipient=EMAIL).exclude(key__startswith="data_erased").exists()


def test_a_gift_outside_the_site_waits_for_its_return_and_loses_only_its_donor(
    campaign: Campaign, officer: User
) -> None:
    gift = give_outside(campaign=campaign, officer=officer, name=NAME, email=EMAIL, tax_code=CODE)
    end(campaign)
    erase()
    gift.refresh_from_db()
    assert (gift.status, gift.name) == (OfflineDonation.Status.RETURN_DUE, NAME)

    return_outside(gift, officer=officer)
    finish_forgetting(now=timezone.now())

    gift.refresh_from_db()
    assert (gift.name, gift.email, gift.tax_code, gift.amount_cents) == ("–", "", "", 2000)
    assert gift.forgotten.sealed and gift.forgotten.kept_until.year == gift.received_on.year + 10
    call_command("audit")


@pytest.mark.parametrize("change", [{"name": "Eva"}, {"name": "–"}, {"email": ""}, {"amount_cents": 1}])
def test_a_donor_outside_the_site_is_only_ever_forgotten_as_a_whole(
    campaign: Campaign, officer: User, change: dict[str, Any]
) -> None:
    gift = give_outside(campaign=campaign, officer=officer, name=NAME, email=EMAIL, tax_code=CODE)

    with pytest.raises(DatabaseError), transaction.atomic():
        OfflineDonation.objects.filter(pk=gift.pk).update(**change)


def account_of_ada() -> User:
    """Make an account with a confirmed address."""
    person = User.objects.create_user(EMAIL, "una-parola-lunga", full_name=NAME)
    EmailAddress.objects.create(user=person, email=EMAIL, verified=True, primary=True)
    return person


def test_an_account_goes_with_everything_its_addresses_have_left(campaign: Campaign) -> None:
    person = account_of_ada()
    gift_of_ada(campaign, amount_cents=1_000_000, donor=person)
    release_grant(campaign=campaign, now=timezone.now())
    end(campaign)
    send_mails()

    erasure = erase_account(person=person, language="it", now=timezone.now())
    send_mails()
    erase_what_is_over(now=timezone.now())

    person.refresh_from_db()
    assert erasure.of == "account" and erasure.numbers["gifts_done"] == 1
    assert (person.is_active, person.full_name, person.has_usable_password()) == (False, "", False)
    assert str(person) == f"Persona n. {person.pk}, cancellata"
    assert places_of(EMAIL, NAME, CODE) == set()
    assert forget_person(person=person, keeps_name=True, now=timezone.now()).full_name == ""
    call_command("audit")


def test_who_works_at_the_desk_is_not_erased_before_the_office_ends_that(officer: User) -> None:
    with pytest.raises(ErasureBlocked):
        erase_account(person=officer, language="it", now=timezone.now())
    with pytest.raises(StillAtTheDesk):
        forget_person(person=officer, keeps_name=True, now=timezone.now())


def test_a_former_officer_keeps_the_name_under_acts_and_nothing_else(
    campaign: Campaign, officer: User
) -> None:
    name = officer.full_name
    User.objects.filter(pk=officer.pk).update(is_staff=False, is_superuser=False)
    officer.refresh_from_db()

    erase_account(person=officer, language="it", now=timezone.now())

    officer.refresh_from_db()
    assert (str(officer), officer.email) == (name, f"{officer.pk}@erased.invalid")
    assert campaign.call.published_by == officer


def test_an_only_owner_of_a_running_project_has_to_hand_it_over_first(
    campaign: Campaign, organizer: User
) -> None:
    held = holdings_of_account(organizer)
    assert [one.organization for one in held.blocks] == [campaign.organization]
    with pytest.raises(ErasureBlocked):
        erase_account(person=organizer, language="it", now=timezone.now())

    other = make_user("luca")
    campaign.organization.memberships.create(user=other, role="owner", created_at=timezone.now())

    erase_account(person=organizer, language="it", now=timezone.now())
    organizer.refresh_from_db()
    # What was handed in names who did it.
    assert organizer.full_name == "Organizer"
    assert [one.user for one in campaign.organization.memberships.all()] == [other]


def test_the_only_member_of_a_body_that_never_began_takes_its_drafts_along(call: Call) -> None:
    person = account_of_ada()
    body = make_organization(user=person)
    make_draft_application(call=call, organization=body)
    invite_person(
        organization=body,
        email="zoe@example.org",
        role="reader",
        by=person,
        now=timezone.now(),
    )
    type(body).objects.filter(pk=body.pk).update(representative_name=NAME)

    erase_account(person=person, language="it", now=timezone.now())

    body.refresh_from_db()
    assert not Application.objects.exists() and not body.memberships.exists()
    assert body.representative_name == ""
    person.refresh_from_db()
    assert person.full_name == ""


def test_every_key_to_a_person_is_a_signature_unless_the_list_says_otherwise(stranger: User) -> None:
    assert {name_of(key) for key in keys_to_people()} >= NOT_SIGNED
    assert not has_signed(stranger)


def test_an_address_of_which_nothing_is_held_is_empty() -> None:
    assert holdings_of_address("nobody@example.org").is_empty


def test_a_gift_for_somebody_else_leaves_no_card_after_its_giver_is_gone(campaign: Campaign) -> None:
    gift = give(campaign=campaign, email=EMAIL, name=NAME)
    Dedication.objects.create(donation=gift, name="Zoe", email="zoe@example.org")
    erase()

    issue_receipt(donation=gift, now=timezone.now())

    assert not Mail.objects.filter(recipient="zoe@example.org").exists()
    assert dedicate_gift(donation=gift, wish=Wish("Zoe", "zoe@example.org")) is None
