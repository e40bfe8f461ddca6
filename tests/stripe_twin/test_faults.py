"""Lost answers and other weather."""

import pytest
import stripe

from tests.stripe_twin.town import Town, session_params

PATH = "/v1/checkout/sessions"


def create(town: Town, **options: object) -> stripe.checkout.Session:
    return town.stripe.checkout.sessions.create(session_params(), {"idempotency_key": "k1", **options})


def test_a_lost_answer_and_the_same_key_make_one_object(town: Town) -> None:
    town.control("fail", path=PATH, status="drop_after")
    with pytest.raises(stripe.APIConnectionError):
        create(town)
    assert len(town.stripe.checkout.sessions.list().data) == 1
    again = create(town)
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert [one.id for one in town.stripe.checkout.sessions.list().data] == [again.id]


def test_a_request_that_never_arrived_makes_nothing(town: Town) -> None:
    town.control("fail", path=PATH, status="drop_before")
    with pytest.raises(stripe.APIConnectionError):
        create(town)
    assert town.stripe.checkout.sessions.list().data == []
    assert create(town).status == "open"


def test_the_librarys_own_retry_gets_through(town: Town) -> None:
    town.control("fail", path=PATH, status="drop_after")
    town.control("fail", path=PATH, status=409)
    assert create(town, max_network_retries=3).status == "open"
    assert len(town.stripe.checkout.sessions.list().data) == 1


def test_a_lost_refund_answer_refunds_once(town: Town) -> None:
    intent = town.paid()
    params = {"payment_intent": intent.id, "amount": 700}
    town.control("fail", path="/v1/refunds", status="drop_after", count=2)
    for _ in range(2):
        with pytest.raises(stripe.APIConnectionError):
            town.stripe.refunds.create(params, {"idempotency_key": "r1"})
    town.stripe.refunds.create(params, {"idempotency_key": "r1"})
    assert town.control("truth")["payment_intents"][intent.id]["refunded"] == 700


def test_a_fault_hits_only_its_path_method_and_number(town: Town) -> None:
    town.control("fail", path=PATH, method="GET", status=503, count=2)
    assert create(town).status == "open"
    assert town.stripe.charges.list().data == []
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            town.stripe.checkout.sessions.list()
    assert len(town.stripe.checkout.sessions.list().data) == 1


@pytest.mark.parametrize("order", [{"path": "/v1", "status": 200}, {"path": "/v1"}])
def test_a_senseless_order_is_refused(town: Town, order: dict[str, object]) -> None:
    assert town.api("POST", "/_twin/fail")[0] == 400
    status, _, body = town.http("POST", "/_twin/fail", str(order).replace("'", '"'))
    assert (status, "error" in body) == (400, True)
