"""A batch of campaigns while somebody else holds one of them: the others go on, and the page says which did not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from civicfund.desk import effects
from tests.campaigns.stages import campaign_in
from tests.campaigns.test_batch import address, opening_of, typed
from tests.desk import desk_of, seen_on, text_of
from tests.factories import make_user
from tests.threads import at_once


@contextmanager
def held(campaign: Campaign) -> Iterator[None]:
    """Let another person's transaction hold a campaign meanwhile."""
    has_it, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Campaign.objects.select_for_update().get(pk=campaign.pk)
            has_it.set()
            assert is_over.wait(20)

    holder = threading.Thread(target=at_once, args=[hold])
    holder.start()
    try:
        assert has_it.wait(20)
        yield
    finally:
        is_over.set()
        holder.join()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, real_transactions: None) -> Iterator[None]:
    """Let nothing wait for a row for longer than a moment."""
    monkeypatch.setattr(effects, "PATIENCE", "50ms")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@pytest.mark.usefixtures("real_transactions", "impatient")
def test_batch_does_the_others_while_one_campaign_is_held(call: Call, officer: User) -> None:
    pair = [
        campaign_in(
            Campaign.Status.IN_REVIEW,
            call=call,
            officer=officer,
            promoter=make_user(f"promoter{number}"),
            now=timezone.now(),
        )
        for number in range(2)
    ]
    desk, values = desk_of(officer), typed()

    with held(pair[0]):
        told = desk.post(address(pair), {**values, "preview": "1"})
        done: Any = text_of(desk.post(address(pair), {**values, "seen": seen_on(told)}, follow=True))

    assert "2 campaigns are scheduled" in text_of(told)
    assert f"Not scheduled: {pair[0].title}: somebody is changing it at this moment" in done
    assert "One campaign is scheduled" in done
    assert [opening_of(one) is not None for one in pair] == [False, True]
    assert Mail.objects.filter(key__startswith="campaign_approved:").count() == 1

    again = desk.post(address(pair[:1]), {**values, "preview": "1"})
    desk.post(address(pair[:1]), {**values, "seen": seen_on(again)})
    assert opening_of(pair[0]) is not None
