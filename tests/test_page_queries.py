"""Pages ask no more questions of the database when the site grows."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from calls.models import Call
from calls.services import answer_questions, ask_question, correct_answer
from campaigns.models import Campaign
from matching.services import release_grant
from tests.factories import give, make_campaign
from tests.pages import browser_of
from tests.passwords import quick_passwords

__all__ = ["quick_passwords"]


@pytest.fixture
def pages_of(officer: User, organizer: User) -> Callable[[], dict[str, tuple[Client, str]]]:
    """Return a function that lists the pages which grow with the number of campaigns, and who looks at them."""

    def listed() -> dict[str, tuple[Client, str]]:
        call, visitor, member = Call.objects.get(), browser_of(None), browser_of(organizer)
        campaign = Campaign.objects.earliest("pk")
        application = campaign.application
        return {
            "home": (visitor, "/"),
            "projects": (visitor, reverse("campaigns:campaign_list")),
            "campaign": (visitor, campaign.get_absolute_url()),
            "campaign for a member": (member, campaign.get_absolute_url()),
            "donate": (visitor, reverse("donations:donate", args=[campaign.slug])),
            "calls": (visitor, reverse("calls:call_list")),
            "call": (visitor, call.get_absolute_url()),
            "questions": (member, reverse("calls:call_questions", args=[call.slug])),
            "call with a cost": (visitor, f"{call.get_absolute_url()}?cost=50000"),
            "may I apply": (visitor, reverse("calls:eligibility", args=[call.slug])),
            "my campaigns": (member, reverse("campaigns:my_campaigns")),
            "desk": (member, reverse("campaigns:campaign_manage", args=[campaign.slug])),
            "how it goes": (member, reverse("donations:campaign_dashboard", args=[campaign.slug])),
            "my applications": (member, reverse("calls:application_list")),
            "application": (member, application.get_absolute_url()),
            "organization": (member, application.organization.get_absolute_url()),
            "members": (member, reverse("accounts:member_list", args=[application.organization.public_id])),
            "version of an application": (member, application.versions.get().get_absolute_url()),
            "check a receipt": (
                visitor,
                reverse("calls:verification", args=[application.versions.get().code]),
            ),
            "my organizations": (member, reverse("accounts:organization_list")),
        }

    return listed


def queries_of(pages: dict[str, tuple[Client, str]]) -> dict[str, int]:
    """Return how many questions each page asks of the database."""
    counted = {}
    for name, (browser, address) in pages.items():
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        counted[name] = len(asked)
    return counted


def test_pages_ask_no_more_questions_of_twelve_campaigns_than_of_three(
    stripe: str,
    call: Call,
    officer: User,
    organizer: User,
    settings: Settings,
    pages_of: Callable[[], dict[str, tuple[Client, str]]],
) -> None:
    EmailAddress.objects.create(user=organizer, email=organizer.email, verified=True, primary=True)
    settings.CALL_QUESTION_LIMITS = ()

    def add(number: int) -> None:
        for _ in range(number):
            campaign = make_campaign(officer=officer, promoter=organizer, call=call)
            give(campaign=campaign, amount_cents=1_000_000, name="Ada", show_name=True)
            campaign.refresh_from_db()
            release_grant(campaign=campaign, now=timezone.now())
            question = ask_question(
                call=call, author=organizer, text=f"Domanda {campaign.pk}?", now=timezone.now()
            )
            answer = answer_questions(
                questions=[question], question="Dove?", text="Qui.", by=officer, now=timezone.now()
            )
            correct_answer(answer=answer, text="Là.", by=officer, now=timezone.now())

    add(3)
    few = queries_of(pages_of())
    add(9)
    many = queries_of(pages_of())

    assert {name: (few[name], many[name]) for name in many if many[name] > few[name]} == {}
    # The page of a call tells the most: its lists, its texts to declare, its questions, its fund and its rankings.
    assert max(many.values()) <= 24, many
