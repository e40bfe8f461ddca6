"""Money by day and by link: what is settled on the site and verified from outside it, counted as it stands."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from campaigns.models import Campaign
from campaigns.rules import source_word
from donations.income import HEIGHT, WIDTH, days_of, sources_of
from donations.models import Donation
from donations.services import owe_refund
from tests.factories import give, give_outside


def test_days_of_counts_each_day_and_draws_it(campaign: Campaign, officer: User) -> None:
    now = timezone.now()
    early = give(campaign=campaign, amount_cents=4_000)
    give(campaign=campaign, amount_cents=8_000)
    give_outside(campaign=campaign, officer=officer, amount_cents=8_000)
    back = give(campaign=campaign, amount_cents=50_000)
    owe_refund(donation=back, by=officer, reason="Doppia.", now=now)
    Campaign.objects.filter(pk=campaign.pk).update(opened_at=now - timedelta(days=3))
    Donation.objects.filter(pk=early.pk).update(settled_at=now - timedelta(days=2))
    campaign.refresh_from_db()

    days = days_of(campaign, now)

    assert [(day.cents, day.gifts, day.total_cents) for day in days] == [
        (0, 0, 0),
        (4_000, 1, 4_000),
        (0, 0, 4_000),
        (16_000, 2, 20_000),
    ]
    assert [day.height for day in days] == [0, HEIGHT // 4, 0, HEIGHT]
    assert days[-1].day == timezone.localdate(now)
    assert days[0].x == 0 and days[-1].x + days[-1].width < WIDTH


def test_days_of_a_campaign_without_gifts_are_empty(campaign: Campaign) -> None:
    days = days_of(campaign, timezone.now())

    assert {(day.cents, day.height) for day in days} == {(0, 0)}


def test_sources_of_puts_the_richest_word_first_and_none_last(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=90_000)
    give(campaign=campaign, amount_cents=1_000, source="newsletter")
    for _twice in range(2):
        give(campaign=campaign, amount_cents=3_000, source="volantino")

    rows = [(row["source"], row["gifts"], row["cents"]) for row in sources_of(campaign)]

    assert rows == [("volantino", 2, 6_000), ("newsletter", 1, 1_000), ("", 1, 90_000)]


def test_source_word_takes_plain_words_alone() -> None:
    typed = ["Volantino", " bar-2 ", "", "a b", "<script>", "è", "x" * 25, "-"]

    assert [source_word(text) for text in typed] == ["volantino", "bar-2", "", "", "", "", "", ""]
