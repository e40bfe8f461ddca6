"""Pages of objects, newest first."""

import pytest
import stripe

from tests.stripe_twin.town import Town


def test_page_walks_in_both_directions(town: Town) -> None:
    made = [town.session().id for _ in range(7)][::-1]
    sessions = town.stripe.checkout.sessions
    first = sessions.list({"limit": 3})
    assert ([one.id for one in first.data], first.has_more) == (made[:3], True)
    last = sessions.list({"limit": 4, "starting_after": made[2]})
    assert ([one.id for one in last.data], last.has_more) == (made[3:], False)
    before = sessions.list({"limit": 2, "ending_before": made[3]})
    assert ([one.id for one in before.data], before.has_more) == (made[1:3], True)
    assert [one.id for one in sessions.list({"limit": 2}).auto_paging_iter()] == made


@pytest.mark.parametrize(
    ("params", "param"),
    [({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"starting_after": "cs_nobody"}, "starting_after"),
     ({"starting_after": "a", "ending_before": "b"}, "starting_after")],
)  # fmt: skip
def test_page_refuses_a_bad_cursor(town: Town, params: dict[str, object], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.checkout.sessions.list(params)
    assert refusal.value.param == param


def test_page_filters_by_creation(town: Town) -> None:
    old = town.session()
    town.control("advance", seconds=100)
    new = town.session()
    sessions = town.stripe.checkout.sessions
    assert [one.id for one in sessions.list({"created": {"gt": old.created}}).data] == [new.id]
    assert [one.id for one in sessions.list({"created": {"gte": old.created, "lt": new.created}}).data] == [
        old.id
    ]
    assert [one.id for one in sessions.list({"created": new.created}).data] == [new.id]


def test_page_filters_by_status(town: Town) -> None:
    town.session()
    expired = town.stripe.checkout.sessions.expire(town.session().id)
    assert [one.id for one in town.stripe.checkout.sessions.list({"status": "expired"}).data] == [expired.id]
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        town.stripe.checkout.sessions.list({"status": "closed"})
    assert refusal.value.param == "status"
