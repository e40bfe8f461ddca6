"""Starting gifts within limits: in Redis, in PostgreSQL while Redis is away, and past them with a proof."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db.utils import ProgrammingError
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Mail
from campaigns.models import Campaign
from civicfund.limits import read_limits
from donations import proof
from donations.models import Decline, Donation, GiftCounter, GiftInvitation
from donations.services import (
    GiftTooSmall,
    ProofNeeded,
    TooManyGifts,
    Visitor,
    attempt_gift,
    counters,
    forget_attempts,
    invitation_of,
    invite_donor,
    start_donation,
)

pytestmark = pytest.mark.django_db

NOBODY_LISTENS = "redis://127.0.0.1:1/0"
#: Inside a window of an hour that has not begun, so that no test crosses its end.
NOW = timezone.now().replace(minute=10, second=0, microsecond=0) + timedelta(hours=1)
HOME, OFFICE = Visitor("93.34.1.0/24"), Visitor("93.34.2.0/24")


@pytest.fixture(autouse=True)
def limits(settings: Settings) -> Settings:
    """Switch the limits on with small numbers, and forget what was counted before."""
    cache.clear()
    settings.GIFT_LIMITS = True
    settings.GIFT_LIMITS_PER_NETWORK = read_limits("2/600,4/3600")
    settings.GIFT_LIMITS_PER_EMAIL = read_limits("3/3600")
    settings.GIFT_LIMITS_PER_CAMPAIGN = read_limits("50/60")
    settings.GIFT_LIMITS_OF_SITE = read_limits("50/60")
    settings.GIFT_PUZZLE_BITS = 4
    return settings


@pytest.fixture(params=["redis", "postgresql"])
def anywhere(request: pytest.FixtureRequest, limits: Settings) -> str:
    """Count in Redis, then in PostgreSQL because Redis is away."""
    if request.param == "postgresql":
        limits.REDIS_URL = NOBODY_LISTENS
    return request.param


def attempt(campaign: Campaign, visitor: Visitor = HOME, now: datetime = NOW, **changes: Any) -> Donation:
    """Send the form of another donor."""
    token = uuid.uuid4()
    fields = {"email": f"{token}@example.org", "amount_cents": 2000, "public_id": token, **changes}
    return attempt_gift(visitor=visitor, campaign=campaign, now=now, **fields)


def with_puzzle(now: datetime = NOW) -> Visitor:
    """Return the visitor at home who has solved a puzzle."""
    challenge = proof.new_puzzle(4, now)
    numbers = (str(number) for number in range(10_000))
    return Visitor(
        HOME.network, challenge, next(one for one in numbers if proof.is_solved(challenge, one, now))
    )


def fill(campaign: Campaign, times: int, visitor: Callable[[], Visitor] = lambda: HOME) -> None:
    """Begin so many gifts."""
    for _time in range(times):
        attempt(campaign, visitor())


@pytest.mark.usefixtures("anywhere")
def test_attempt_above_the_first_limit_of_a_network_asks_for_a_puzzle(campaign: Campaign) -> None:
    fill(campaign, 2)

    with pytest.raises(ProofNeeded) as asked:
        attempt(campaign)

    assert asked.value.by_puzzle
    assert Donation.objects.count() == 2
    # Another network is not meant, and the window ends.
    attempt(campaign, OFFICE)
    attempt(campaign, now=NOW + timedelta(minutes=10))


@pytest.mark.usefixtures("anywhere")
def test_attempt_with_a_solved_puzzle_goes_through_once(campaign: Campaign) -> None:
    fill(campaign, 2)
    solver = with_puzzle()

    attempt(campaign, solver)

    with pytest.raises(ProofNeeded) as asked:
        attempt(campaign, solver)
    assert asked.value.by_puzzle
    with pytest.raises(ProofNeeded):
        attempt(campaign, Visitor(HOME.network, solver.puzzle, "1" + solver.solution))


@pytest.mark.usefixtures("anywhere")
def test_attempt_above_a_later_limit_takes_only_the_link(campaign: Campaign) -> None:
    fill(campaign, 2)
    fill(campaign, 2, with_puzzle)

    with pytest.raises(ProofNeeded) as asked:
        attempt(campaign, with_puzzle())

    assert not asked.value.by_puzzle


@pytest.mark.usefixtures("anywhere")
def test_attempt_is_refused_for_an_address_that_had_its_gifts_whatever_it_shows(campaign: Campaign) -> None:
    for where in (HOME, OFFICE, HOME):
        attempt(campaign, where, email="Ada.Neri@gmail.com")

    with pytest.raises(TooManyGifts) as many:
        attempt(campaign, with_puzzle(), email="adaneri+altro@gmail.com")

    assert NOW < many.value.until <= NOW + timedelta(hours=1)
    attempt(campaign, OFFICE, email="bice@gmail.com")


@pytest.mark.parametrize("name", ["GIFT_LIMITS_PER_CAMPAIGN", "GIFT_LIMITS_OF_SITE"])
def test_attempt_counts_campaigns_and_the_site_from_every_network(
    campaign: Campaign, settings: Settings, name: str
) -> None:
    setattr(settings, name, read_limits("2/60"))
    for number in range(2):
        attempt(campaign, Visitor(f"93.34.{number}.0/24"))

    with pytest.raises(ProofNeeded) as asked:
        attempt(campaign, OFFICE)

    assert asked.value.by_puzzle


def test_attempt_that_comes_again_is_not_counted(campaign: Campaign) -> None:
    token = uuid.uuid4()

    gifts = {attempt(campaign, public_id=token, email="ada@example.org") for _time in range(5)}

    assert len(gifts) == 1
    attempt(campaign)
    with pytest.raises(ProofNeeded):
        attempt(campaign, public_id=token, email="bice@example.org")


def test_attempt_that_is_refused_is_not_counted(campaign: Campaign) -> None:
    fill(campaign, 2)
    for _time in range(9):
        with pytest.raises(ProofNeeded):
            attempt(campaign)

    fill(campaign, 2, with_puzzle)


def test_attempt_by_whoever_fills_in_the_hidden_field_needs_a_proof(campaign: Campaign) -> None:
    with pytest.raises(ProofNeeded) as asked:
        attempt(campaign, Visitor(HOME.network, is_odd=True))
    assert asked.value.by_puzzle
    solved = with_puzzle()

    attempt(campaign, Visitor(HOME.network, solved.puzzle, solved.solution, is_odd=True))

    assert Donation.objects.count() == 1


def test_attempt_with_limits_switched_off(campaign: Campaign, settings: Settings) -> None:
    settings.GIFT_LIMITS = False

    fill(campaign, 6)

    assert Donation.objects.count() == 6


def test_attempt_without_redis_closes_above_so_many_a_minute(campaign: Campaign, settings: Settings) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    settings.GIFT_LIMITS_WITHOUT_REDIS = read_limits("2/60")
    for number in range(2):
        attempt(campaign, Visitor(f"93.34.{number}.0/24"))

    with pytest.raises(TooManyGifts) as many:
        attempt(campaign, with_puzzle())

    assert many.value.until == NOW + timedelta(minutes=1)
    attempt(campaign, OFFICE, now=NOW + timedelta(minutes=1))


def test_attempt_without_redis_and_without_counters_begins_nothing(
    campaign: Campaign, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    monkeypatch.setattr(counters, "COUNT", "SELECT broken")

    with pytest.raises(ProgrammingError):
        attempt(campaign)


def test_counters_name_no_network_and_no_address(campaign: Campaign, settings: Settings) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    attempt(campaign, email="ada@example.org")
    today = set(GiftCounter.objects.values_list("key", flat=True))

    assert today
    assert not [key for key in today if "93.34" in key or "ada" in key]
    networks = [
        counters.buckets_of("network", HOME.network, read_limits("5/9999999"), when)
        for when in (NOW, NOW + timedelta(days=1))
    ]
    assert networks[0][0].key != networks[1][0].key


def test_invite_donor_mails_a_link_that_goes_past_the_networks_limits_once(campaign: Campaign) -> None:
    fill(campaign, 2)
    fill(campaign, 2, with_puzzle)
    typed = {"amount_choice": "5000", "name": "Ada"}

    invite_donor(
        visitor=HOME, campaign=campaign, email="ada@example.org", typed=typed, language="it", now=NOW
    )

    mail = Mail.objects.get(key__startswith="gift_link:")
    token = mail.body.partition("?invito=")[2].split()[0]
    invited = Visitor(HOME.network, invitation=token)
    assert invitation_of(token=token, campaign=campaign, now=NOW).typed == typed
    assert token not in str(GiftInvitation.objects.values())
    with pytest.raises(ProofNeeded):
        # It proves one mailbox, not another.
        attempt(campaign, invited, email="bice@example.org")
    with pytest.raises(GiftTooSmall):
        # What becomes of no gift leaves the link as it was.
        attempt(campaign, invited, email="ada@example.org", amount_cents=1)
    attempt(campaign, invited, email="ada@example.org")
    with pytest.raises(ProofNeeded):
        attempt(campaign, invited, email="ada@example.org")
    assert invitation_of(token=token, campaign=campaign, now=NOW) is None


def test_invitation_is_of_no_use_too_late_or_elsewhere(campaign: Campaign) -> None:
    invite_donor(visitor=HOME, campaign=campaign, email="a@b.it", typed={}, language="en", now=NOW)
    token = Mail.objects.get(key__startswith="gift_link:").body.partition("?invito=")[2].split()[0]
    elsewhere = Campaign(pk=campaign.pk + 1)

    assert invitation_of(token=token, campaign=campaign, now=NOW + timedelta(hours=2)) is None
    assert invitation_of(token=token, campaign=elsewhere, now=NOW) is None
    assert invitation_of(token="", campaign=campaign, now=NOW) is None
    assert invitation_of(token=token, campaign=campaign, now=NOW + timedelta(minutes=119))


@pytest.mark.parametrize("name", ["GIFT_LINKS_PER_EMAIL", "GIFT_LINKS_PER_NETWORK"])
def test_invite_donor_fills_nobodys_mailbox(campaign: Campaign, settings: Settings, name: str) -> None:
    setattr(settings, name, read_limits("2/3600"))

    def ask() -> None:
        invite_donor(visitor=HOME, campaign=campaign, email="a@b.it", typed={}, language="it", now=NOW)

    ask()
    ask()
    with pytest.raises(TooManyGifts):
        ask()
    assert Mail.objects.filter(recipient="a@b.it").count() == 2


def test_forget_attempts_removes_what_is_over(campaign: Campaign, settings: Settings) -> None:
    settings.REDIS_URL = NOBODY_LISTENS
    gift = attempt(campaign)
    invite_donor(visitor=HOME, campaign=campaign, email="a@b.it", typed={}, language="it", now=NOW)
    Decline.objects.create(donation=gift, campaign=campaign, stripe_event_id="evt_1", declined_at=NOW)
    kept = (GiftCounter, GiftInvitation, Decline)

    def left(later: timedelta) -> list[bool]:
        forget_attempts(now=NOW + later)
        return [model.objects.exists() for model in kept]

    assert left(timedelta(minutes=49)) == [True, True, True]
    assert left(timedelta(hours=2)) == [False, False, True]
    assert left(timedelta(days=90)) == [False, False, False]


def test_start_donation_itself_has_no_limits(campaign: Campaign) -> None:
    for number in range(6):
        start_donation(campaign=campaign, amount_cents=2000, email=f"{number}@b.it", now=NOW)
