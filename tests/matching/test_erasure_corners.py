"""Erasing at its corners: who only signed in, drafts with partners, gifts never paid, requests nobody has decided."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Claim, Mail, User
from accounts.services import ask_to_act, keep_proof
from calls.models import Application, Call
from calls.services.draft_end import forget_draft, never_handed_in
from campaigns.models import Campaign
from campaigns.views.people import with_people
from donations.models import Donation
from donations.services.erasure import UNPAID_KEPT, forget_unpaid
from matching.services.erasure import erase_account, erase_address, holdings_of_account
from tests.calls.partnering import invite, make_partner
from tests.factories import give, make_donation, make_draft_application, make_organization
from tests.papers import make_pdf

pytestmark = pytest.mark.django_db


def test_who_has_only_signed_in_has_signed_nothing_and_leaves_no_session(stranger: User) -> None:
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    browser, told = Client(), {"login": stranger.email, "password": "una-parola-lunga"}
    assert browser.post(reverse("account_login"), told).status_code == 302
    assert browser.get(reverse("usersessions_list")).status_code == 200 and UserSession.objects.exists()

    erase_account(person=stranger, language="it", now=timezone.now())

    stranger.refresh_from_db()
    assert stranger.full_name == ""
    assert not UserSession.objects.exists() and not Session.objects.exists()


def test_a_draft_with_partners_is_one_draft_and_goes(call: Call, organizer: User) -> None:
    draft = make_draft_application(call=call, organization=make_organization(user=organizer))
    for number in (1, 2):
        invite(make_partner(draft, number))

    assert [one.pk for one in never_handed_in()] == [draft.pk]
    assert [one.pk for one in holdings_of_account(organizer).drafts] == [draft.pk]
    forget_draft(application=draft)
    assert not Application.objects.exists()


def test_a_gift_never_paid_takes_no_mail_of_its_donor_along(campaign: Campaign) -> None:
    given = give(campaign=campaign, email="eva@example.org")
    make_donation(campaign=campaign, email="eva@example.org")
    Donation.objects.exclude(pk=given.pk).update(status="expired", expired_at=timezone.now())
    now = timezone.now()
    told = {
        "recipient": "eva@example.org",
        "subject": "Ricevuta",
        "body": "Ecco.",
        "status": Mail.Status.SENT,
    }
    Mail.objects.create(key="x", created_at=now, claimed_at=now, sent_at=now, **told)

    assert forget_unpaid(now=timezone.now() + UNPAID_KEPT + timedelta(days=1)) == 1
    assert Mail.objects.get(key="x").body == "Ecco."


def test_a_wish_for_news_goes_while_the_payment_is_on_its_way(campaign: Campaign) -> None:
    gift = make_donation(campaign=campaign, email="ada@example.org", wants_news=True)

    erase_address(email="ada@example.org", language="it", now=timezone.now())

    gift.refresh_from_db()
    assert not gift.wants_news


def test_erased_donors_are_still_counted_one_by_one(campaign: Campaign) -> None:
    for name in ("ada", "eva"):
        give(campaign=campaign, email=f"{name}@example.org")
    Donation.objects.update(email="", name="")

    assert with_people(Campaign.objects.all()).get().givers == 2


def test_a_request_nobody_has_decided_waits_no_more(organizer: User, stranger: User) -> None:
    body, now = make_organization(user=organizer), timezone.now()
    proof = keep_proof(
        organization=body, upload=SimpleUploadedFile("v.pdf", make_pdf()), by=stranger, now=now
    )
    ask_to_act(organization=body, words="Sono la presidente.", proof=proof, by=stranger, now=now)

    erase_account(person=stranger, language="it", now=now)

    assert not Claim.objects.waiting().exists()
    assert "presidente" not in Claim.objects.get().words
