"""The partners of the demo's applications, played without the rest of the story."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from calls.models import Call, Partner
from calls.services import submit_application
from demo.lives import Story, waiting_applications
from demo.partnering import take_part
from tests.factories import make_draft_application, make_organization

WITH_PARTNERS = [story for story in waiting_applications() if "partners" in story]


@pytest.mark.parametrize("story", WITH_PARTNERS, ids=lambda story: story["title"])
def test_partners_of_the_demo_say_what_their_story_says(call: Call, organizer: User, story: Story) -> None:
    now = timezone.now()
    draft = make_draft_application(
        call=call,
        organization=make_organization(user=organizer),
        now=now - timedelta(hours=2),
        cost_cents=story["cost_cents"],
    )

    take_part(draft, story["partners"], now)

    told = [partner.status for partner in draft.partners.order_by("pk")]
    answers = {True: Partner.Status.CONFIRMED, False: Partner.Status.DECLINED, None: Partner.Status.INVITED}
    assert told == [answers[one.get("takes_part")] for one in story["partners"]]
    if Partner.Status.INVITED not in told:
        submit_application(application=draft, by=organizer, now=now)


def test_demo_has_an_application_with_partners_and_a_draft_with_one_invited() -> None:
    told = [[one.get("takes_part") for one in story["partners"]] for story in WITH_PARTNERS]

    assert told == [[True, True, False], [None]]
