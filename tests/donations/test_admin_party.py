"""Who gives, at the desk and on the pages of those who give."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from campaigns.models import Campaign
from donations.models import Donation, Party
from ledger.services import raised_cents
from tests.desk import desk_of, list_url, row_url, take_step, text_of
from tests.factories import give, make_call, make_campaign

IN_ENGLISH = {"headers": {"accept-language": "en"}}


@pytest.fixture
def strict(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign in which 100 euro count of one donor and nothing of the promoter's own people."""
    call = make_call(
        officer=officer,
        donor_limit_cents=10_000,
        excludes_related_parties=True,
        min_donors=25,
        count_basis="net",
    )
    return make_campaign(officer=officer, promoter=organizer, call=call)


def test_queue_of_the_promoters_own_people_ends_with_an_officers_word(
    strict: Campaign, organizer: User, officer: User
) -> None:
    desk = desk_of(officer)
    assert "No gift of the promoter's own people waits" in text_of(
        desk.get(list_url(Donation, queue="found_related"))
    )
    gift = give(campaign=strict, email=organizer.email)
    assert "Gifts of the promoter's own people, to confirm" in text_of(desk.get(reverse("admin:index")))
    assert organizer.email in text_of(desk.get(list_url(Donation, queue="found_related")))

    page = take_step(desk, row_url(gift, "flag"), party="related", reason="È la presidente")

    assert "does not count for the threshold" in text_of(page)
    assert "È la presidente" in text_of(page)
    assert organizer.email not in text_of(desk.get(list_url(Donation, queue="found_related")))
    assert organizer.email in text_of(desk.get(list_url(Donation, queue="flagged")))


def test_flag_step_takes_a_flag_away_with_a_reason(strict: Campaign, organizer: User, officer: User) -> None:
    gift = give(campaign=strict, email=organizer.email)
    desk = desk_of(officer)

    refused = take_step(desk, row_url(gift, "flag"), party="citizen", reason="")
    assert "This field is required" in text_of(refused)
    take_step(desk, row_url(gift, "flag"), party="citizen", reason="Non è più socio")

    gift.refresh_from_db()
    assert (gift.party, raised_cents(strict)) == (Party.CITIZEN, 2000)


def test_queue_of_gifts_over_the_limit(strict: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    assert "is over its call's limit" in text_of(desk.get(list_url(Donation, queue="over_limit")))

    give(campaign=strict, amount_cents=15_000, email="ada@example.org")

    assert "ada@example.org" in text_of(desk.get(list_url(Donation, queue="over_limit")))
    assert "Gifts over the limit for one donor" in text_of(desk.get(reverse("admin:index")))


def test_pages_tell_what_counts_and_what_does_not(strict: Campaign, client: Client) -> None:
    gift = give(campaign=strict, amount_cents=15_000, email="ada@example.org")

    own = text_of(client.get(reverse("donations:donation_status", args=[gift.access_token]), **IN_ENGLISH))
    page = text_of(client.get(strict.get_absolute_url(), **IN_ENGLISH))
    rules = text_of(client.get(strict.call.get_absolute_url(), **IN_ENGLISH))

    assert "€50.00 of it do not count" in own or "€50 of it do not count" in own
    assert "the most that counts of one person" in own
    assert "Received in all: €150" in page
    assert "at least 25 different people" in page
    for words in (
        "at most €100",
        "at least 25 different people",
        "promoter's own people give",
        "Without fees",
    ):
        assert words in rules


def test_pages_say_nothing_of_it_where_everything_counts(campaign: Campaign, client: Client) -> None:
    gift = give(campaign=campaign)

    own = text_of(client.get(reverse("donations:donation_status", args=[gift.access_token]), **IN_ENGLISH))
    page = text_of(client.get(campaign.get_absolute_url(), **IN_ENGLISH))

    assert "do not count" not in own
    assert "Received in all" not in page


def test_status_page_says_why_gifts_of_the_promoters_people_do_not_count(
    strict: Campaign, organizer: User, client: Client
) -> None:
    gift = give(campaign=strict, email=organizer.email)

    own = client.get(reverse("donations:donation_status", args=[gift.access_token]), **IN_ENGLISH)

    assert "gifts of the promoter's own people do not count" in text_of(own)
