"""Events as the reconciler reads them."""

import pytest
import stripe

from stripe_twin.schemas import API_VERSION
from tests.stripe_twin.town import Town, session_params


def test_list_is_newest_first_and_filtered(town: Town) -> None:
    town.paid()
    later = town.control("advance", seconds=1000)["timestamp"]
    town.paid()
    events = town.stripe.events
    assert [one.type for one in events.list({"limit": 1}).data] == ["checkout.session.completed"]
    assert len(events.list({"limit": 100}).data) == 8
    assert len(events.list({"limit": 100, "created": {"gte": later}}).data) == 4
    wanted = ["charge.succeeded", "payment_intent.succeeded"]
    assert {one.type for one in events.list({"types": wanted}).data} == set(wanted)
    assert {one.type for one in events.list({"type": "payment_intent.*"}).data} == {
        "payment_intent.created", "payment_intent.succeeded",
    }  # fmt: skip


def test_list_takes_at_most_twenty_types(town: Town) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.events.list({"types": ["charge.succeeded"] * 21})
    assert refusal.value.param == "types"


def test_list_forgets_after_thirty_days(town: Town) -> None:
    town.paid()
    town.control("advance", seconds=31 * 86400)
    assert town.stripe.events.list().data == []


def test_snapshot_is_frozen(town: Town) -> None:
    intent = town.paid()
    town.stripe.refunds.create({"payment_intent": intent.id})
    event = town.stripe.events.list({"types": ["charge.succeeded"]}).data[0]
    whole = town.stripe.events.retrieve(event.id)
    assert (whole.data.object.amount_refunded, whole.api_version, whole.livemode) == (0, API_VERSION, False)


def test_event_names_the_request_that_caused_it(town: Town) -> None:
    intent = town.paid()
    refund = town.stripe.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "r1"})
    event = town.stripe.events.list({"types": ["refund.created"]}).data[0]
    assert event.request.idempotency_key == "r1"
    assert event.request.id == refund.last_response.request_id
    paid = town.stripe.events.list({"types": ["charge.succeeded"]}).data[0]
    assert paid.request.id is None


def test_events_of_a_connected_account_are_its_own(town: Town) -> None:
    account = town.account()
    assert town.stripe.events.list().data == []
    theirs = town.stripe.events.list(options={"stripe_account": account.id}).data
    assert [(one.type, one.account) for one in theirs] == [("account.updated", account.id)]


def test_the_same_seed_gives_the_same_ids(town: Town) -> None:
    first = town.stripe.checkout.sessions.create(session_params()).id
    town.control("reset")
    assert town.stripe.checkout.sessions.create(session_params()).id == first
    assert len(town.stripe.checkout.sessions.list().data) == 1
