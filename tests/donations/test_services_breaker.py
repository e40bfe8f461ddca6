"""Too many refused cards pause a campaign's new gifts; officers are told, and it ends by itself or by one of them."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail, User
from campaigns.models import Campaign
from civicfund.limits import read_limits
from donations import rules, tasks
from donations.models import Decline, Donation, GiftPause, StripeEvent
from donations.services import (
    GiftsResting,
    NoReasonGiven,
    PauseIsOver,
    end_pauses,
    fetch_events,
    note_decline,
    open_checkout,
    resume_gifts,
    start_donation,
)
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.factories import DECLINED, give, make_campaign, make_donation, pay
from tests.pages import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> Settings:
    """Switch the limits on; four refusals in ten minutes are too many."""
    settings.GIFT_LIMITS = True
    settings.GIFT_PAUSE_DECLINES = read_limits("4/600")[0]
    return settings


@pytest.fixture
def gift(campaign: Campaign) -> Donation:
    """Return a gift whose payment page is open."""
    return make_donation(campaign=campaign)


def refuse(gift: Donation, now: datetime) -> None:
    """Refuse one try to pay a gift."""
    event = StripeEvent.objects.create(
        stripe_id=f"evt_{uuid.uuid4().hex}",
        type="payment_intent.payment_failed",
        received_at=now,
        next_attempt_at=now,
    )
    note_decline(donation=gift, event=event, now=now)


def decline(gift: Donation, times: int, now: datetime) -> None:
    """Refuse a try to pay each of so many new gifts to the campaign of a gift."""
    for _time in range(times):
        begun = max(now, timezone.now())
        new = start_donation(campaign=gift.campaign, amount_cents=500, email="c@b.it", now=begun)
        refuse(new, now)


@pytest.fixture
def pause(gift: Donation) -> Iterator[GiftPause]:
    """Return a pause that has just begun."""
    decline(gift, 5, timezone.now())
    return GiftPause.objects.get()


#: Refused, arrived, and whether that is somebody who tries stolen cards.
TRIES = [
    (20, 1000, False),
    (21, 1000, True),
    (9, 0, False),
    (10, 0, True),
    (5, 5, False),
    (6, 5, True),
    (0, 50, False),
]


@pytest.mark.parametrize(("declines", "payments", "outcome"), TRIES)
def test_is_testing(declines: int, payments: int, outcome: bool) -> None:
    assert rules.is_testing(declines, payments, most=20, rate_bp=5000, rate_from=10) is outcome


def test_declines_that_stripe_tells_of_pause_the_campaign(gift: Donation, officer: User) -> None:
    gifts = [gift, *(make_donation(campaign=gift.campaign) for _more in range(4))]
    for one in [*gifts, gift]:
        pay(one, DECLINED)

    fetch_events(now=timezone.now())
    tasks.apply_events()

    pause = GiftPause.objects.get()
    assert Decline.objects.count() == 6
    assert (pause.campaign, pause.declines, pause.payments) == (gift.campaign, 5, 0)
    assert pause.until - pause.began_at == timedelta(minutes=30)
    mail = Mail.objects.get(key__startswith="gifts_resting:")
    assert mail.recipient == officer.email
    gift.refresh_from_db()
    assert gift.status == Donation.Status.OPEN


def test_a_decline_is_counted_once_and_an_unknown_one_not(gift: Donation) -> None:
    now = timezone.now()
    pay(gift, DECLINED)
    fetch_events(now=now)
    StripeEvent.objects.create(
        stripe_id="evt_of_somebody",
        type="payment_intent.payment_failed",
        received_at=now,
        next_attempt_at=now,
    )

    tasks.apply_events()
    event = StripeEvent.objects.get(
        type="payment_intent.payment_failed", stripe_id__gt="evt_", reference__gt=""
    )
    note_decline(donation=gift, event=event, now=now)

    assert Decline.objects.count() == 1
    assert StripeEvent.objects.get(stripe_id="evt_of_somebody").outcome == StripeEvent.Outcome.UNKNOWN


def test_declines_of_an_hour_or_of_another_campaign_pause_nothing(
    gift: Donation, officer: User, stranger: User
) -> None:
    now = timezone.now()
    other = make_donation(campaign=make_campaign(officer=officer, promoter=stranger, call=gift.campaign.call))

    decline(gift, 4, now - timedelta(minutes=10, seconds=1))
    decline(other, 4, now)
    decline(gift, 4, now)

    assert not GiftPause.objects.exists()
    decline(gift, 1, now)
    assert GiftPause.objects.get().campaign == gift.campaign


def test_one_visitor_on_one_payment_page_pauses_nothing(gift: Donation) -> None:
    now = timezone.now()
    for _try in range(12):
        refuse(gift, now)

    assert not GiftPause.objects.exists()
    assert Decline.objects.filter(donation=gift).count() == 12


def test_more_refusals_than_payments_pause_even_few(campaign: Campaign, settings: Settings) -> None:
    settings.GIFT_PAUSE_RATE_FROM = 5
    settings.GIFT_PAUSE_DECLINES = read_limits("100/600")[0]
    gift = give(campaign=campaign)
    give(campaign=campaign)

    decline(gift, 2, timezone.now())
    assert not GiftPause.objects.exists()
    decline(gift, 1, timezone.now())

    assert GiftPause.objects.get().payments == 2


def test_limits_switched_off_pause_nothing(gift: Donation, settings: Settings) -> None:
    settings.GIFT_LIMITS = False

    decline(gift, 6, timezone.now())

    assert not GiftPause.objects.exists()


def test_a_pause_begins_no_payment_and_leaves_open_pages_alone(pause: GiftPause, gift: Donation) -> None:
    now, campaign = pause.began_at, pause.campaign
    before = start_donation(campaign=campaign, amount_cents=500, email="b@b.it", now=pause.until)

    with pytest.raises(GiftsResting) as resting:
        start_donation(campaign=campaign, amount_cents=500, email="a@b.it", now=now)
    assert resting.value.until == pause.until
    with pytest.raises(GiftsResting):
        open_checkout(donation=before, now=now)
    assert open_checkout(donation=gift, now=now) == gift.checkout_url

    open_checkout(donation=before, now=pause.until)


def test_the_form_says_that_gifts_rest_before_anything_is_typed(client: Client, gift: Donation) -> None:
    page = reverse("donations:donate", args=[gift.campaign.slug])
    assert "non si avviano nuovi pagamenti" not in words_of(client.get(page))

    decline(gift, 5, timezone.now())

    assert "non si avviano nuovi pagamenti" in words_of(client.get(page))


def test_a_pause_ends_by_itself_and_may_begin_again(pause: GiftPause, gift: Donation) -> None:
    end_pauses(now=pause.until - timedelta(seconds=1))
    assert GiftPause.objects.holding(pause.until - timedelta(seconds=1)).exists()

    # Open pages are refused within it, and nobody has marked it as ended: what was refused before is not counted again.
    for one in Donation.objects.filter(declines__isnull=False):
        refuse(one, pause.until - timedelta(seconds=1))
    decline(gift, 4, pause.until + timedelta(seconds=1))
    assert GiftPause.objects.get() == pause
    decline(gift, 1, pause.until + timedelta(seconds=1))

    first, second = GiftPause.objects.order_by("pk")
    assert (first.ended_at, first.actor) == (first.until, None)
    end_pauses(now=second.until)
    second.refresh_from_db()
    assert second.ended_at == second.until


def test_resume_gifts_by_an_officer_counts_anew(pause: GiftPause, gift: Donation, officer: User) -> None:
    now = pause.began_at + timedelta(minutes=1)
    with pytest.raises(NoReasonGiven):
        resume_gifts(pause=pause, by=officer, reason="  ", now=now)

    resume_gifts(pause=pause, by=officer, reason="Una carta sola.", now=now)

    start_donation(campaign=pause.campaign, amount_cents=500, email="a@b.it", now=now)
    decline(gift, 4, now + timedelta(seconds=1))
    assert not GiftPause.objects.holding(now).exists()
    decline(gift, 1, now + timedelta(seconds=1))
    assert GiftPause.objects.holding(now).get().declines == 5
    with pytest.raises(PauseIsOver):
        resume_gifts(pause=pause, by=officer, reason="Di nuovo.", now=now)


def test_the_desk_shows_what_is_paused_and_ends_it_with_a_reason(pause: GiftPause, officer: User) -> None:
    desk = desk_of(officer)
    assert "Campaigns paused because of refused cards" in text_of(desk.get(reverse("admin:index")))
    assert str(pause.campaign) in text_of(desk.get(list_url(pause)))

    page = take_step(desk, row_url(pause, "resume"), reason="Una carta sola, provata cinque volte.")

    assert "New gifts begin again." in text_of(page)
    pause.refresh_from_db()
    assert (pause.actor, pause.reason) == (officer, "Una carta sola, provata cinque volte.")
    assert str(pause.campaign) not in text_of(desk.get(list_url(pause)))
    assert "over already" in text_of(desk.get(row_url(pause, "resume"), follow=True))


def test_the_desk_lets_only_those_with_the_right_end_a_pause(pause: GiftPause) -> None:
    desk = desk_of(officer_with("donations.view_giftpause"))

    assert desk.get(row_url(pause)).status_code == 200
    assert desk.get(row_url(pause, "resume")).status_code == 403


def test_donate_during_a_pause_keeps_the_form_and_says_until_when(
    pause: GiftPause, client: Client, settings: Settings
) -> None:
    settings.GIFT_FORM_SECONDS = (0, 7200)
    url = reverse("donations:donate", args=[pause.campaign.slug])
    shown = client.get(url).context["form"]
    typed = {"amount_choice": "2000", "email": "ada@example.org", "message": "Forza!"}

    response = client.post(
        url, {**typed, "form_token": shown["form_token"].value(), "stamp": shown["stamp"].value()}
    )

    assert response.status_code == 503
    assert 0 < int(response.headers["Retry-After"]) <= 1800
    assert {name: response.context["form"][name].value() for name in typed} == typed


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("gift_pause_one_at_a_time", {}),
        ("gift_pause_ended_by_officer_is_signed", {"ended_at": timezone.now(), "reason": "Perché sì."}),
    ],
)
def test_the_database_keeps_pauses_right(pause: GiftPause, name: str, changes: dict[str, object]) -> None:
    fields = {"declines": 1, "payments": 0, "began_at": pause.began_at, "until": pause.until}

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        GiftPause.objects.create(campaign=pause.campaign, **fields, **changes)


def test_campaigns_page_says_that_gifts_rest(client: Client, gift: Donation, pause: GiftPause) -> None:
    address = gift.campaign.get_absolute_url()

    words = words_of(client.get(address, headers={"accept-language": "en"}))

    assert "New gifts rest until" in words
    GiftPause.objects.filter(pk=pause.pk).update(until=timezone.now())
    assert "New gifts rest until" not in words_of(client.get(address, headers={"accept-language": "en"}))
