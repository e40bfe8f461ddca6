"""The hosted page, as a browser without JavaScript sees it."""

import re
import threading

import pytest

from tests.stripe_twin.town import CANCEL, SUCCESS, Town

GOOD = {
    "email": "anna@example.org",
    "number": "4242 4242 4242 4242",
    "expiry": "12 / 40",
    "cvc": "123",
    "name": "Anna Rossi",
}


def thanks(session_id: str) -> str:
    return SUCCESS.replace("{CHECKOUT_SESSION_ID}", session_id)


def test_page_pays_and_returns(town: Town) -> None:
    session = town.session(customer_email="anna@example.org", submit_type="donate", locale="it")
    status, _, page = town.browse(session.url)
    assert status == 200
    assert 'lang="it"' in page
    assert re.search(r"<button[^>]*>Dona 20,00\u00a0€</button>", page)
    assert f'href="{CANCEL}"' in page
    assert 'value="anna@example.org"' in page
    assert "Shared garden" in page

    assert town.browse(session.url, {**GOOD, "email": "mallory@example.org"})[:2] == (303, thanks(session.id))

    paid = town.stripe.checkout.sessions.retrieve(session.id)
    assert (paid.payment_status, paid.customer_details.email) == ("paid", "anna@example.org")
    assert paid.customer_details.name == "Anna Rossi"


def test_page_speaks_english_elsewhere(town: Town) -> None:
    page = town.browse(town.session(amount=123456).url)[2]
    assert 'lang="en"' in page
    assert "Pay €1,234.56" in page


def test_every_field_has_its_label_and_nothing_comes_from_elsewhere(town: Town) -> None:
    page = town.browse(town.session().url)[2]
    assert (
        set(re.findall(r'<label for="(\w+)"', page))
        == set(re.findall(r'<input id="(\w+)"', page))
        == set(GOOD)
    )
    assert set(re.findall(r'(?:src|href)="(http[^"]*)"', page)) == {CANCEL}
    assert "<script" not in page
    assert town.http("GET", "/c/style.css")[1]["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("number", "4242 4242 4242 4241", "The card number is not valid."),
        ("number", "4111 1111 1111 1111", "Here only the test cards listed below work."),
        ("expiry", "13/40", "Enter month and year"),
        ("expiry", "01/20", "The card has expired."),
        ("cvc", "12", "Enter the three digits"),
        ("email", "anna", "Enter a complete e-mail address."),
        ("name", "", "Enter the name on the card."),
    ],
)
def test_page_names_the_wrong_field_and_keeps_the_rest(
    town: Town, field: str, value: str, words: str
) -> None:
    session = town.session()
    typed = {**GOOD, field: value}
    status, _, page = town.browse(session.url, typed)
    assert status == 422
    assert words in page
    assert f'aria-describedby="{field}-error"' in page
    assert page.count("aria-invalid") == 1
    for kept in typed.values():
        assert f'value="{kept}"' in page
    assert town.stripe.payment_intents.list().data == []


def test_page_after_a_decline_takes_another_card(town: Town) -> None:
    session = town.session()
    status, _, page = town.browse(session.url, {**GOOD, "number": "4000 0000 0000 9995"})
    assert (status, "insufficient funds" in page, 'role="alert"' in page) == (402, True, True)
    assert 'value="Anna Rossi"' in page
    assert town.browse(session.url, GOOD)[:2] == (303, thanks(session.id))
    assert town.control("truth")["charges"]["count"] == 1


def test_page_asks_the_bank(town: Town) -> None:
    session = town.session(locale="it")
    status, where, _ = town.browse(session.url, {**GOOD, "number": "4000 0025 0000 3155"})
    assert (status, where) == (303, f"/c/3ds/{session.id}")
    question = town.browse(where)[2]
    assert "Completa l&#x27;autenticazione" in question
    assert "3155" in question
    assert town.browse(where, {"outcome": "complete"})[:2] == (303, thanks(session.id))
    assert town.browse(where, {"outcome": "complete"})[:2] == (303, thanks(session.id))
    assert town.control("truth")["charges"]["count"] == 1


def test_page_returns_from_a_failed_authentication(town: Town) -> None:
    session = town.session()
    _, where, _ = town.browse(session.url, {**GOOD, "number": "4000000000003220"})
    assert town.browse(where, {"outcome": "fail"})[:2] == (303, f"/c/pay/{session.id}")
    assert "The authentication failed" in town.browse(session.url)[2]
    assert town.browse(where)[:2] == (303, f"/c/pay/{session.id}")
    assert town.browse(session.url, GOOD)[0] == 303
    assert town.stripe.checkout.sessions.retrieve(session.id).status == "complete"


def test_page_pays_once_when_submitted_at_the_same_time(town: Town) -> None:
    session = town.session()
    answers: list[tuple[int, str]] = []
    presses = [
        threading.Thread(target=lambda: answers.append(town.browse(session.url, GOOD)[:2])) for _ in range(8)
    ]
    for press in presses:
        press.start()
    for press in presses:
        press.join()
    assert answers == [(303, thanks(session.id))] * 8
    assert town.control("truth")["charges"] == {"count": 1, "amount": 2000}


def test_page_of_a_paid_session_says_so(town: Town) -> None:
    session = town.session()
    town.browse(session.url, GOOD)
    status, _, page = town.browse(session.url)
    assert (status, "This payment is complete" in page, thanks(session.id) in page) == (200, True, True)


def test_page_of_an_expired_session_says_so(town: Town) -> None:
    session = town.session()
    town.control("advance", seconds=86401)
    for form in (None, GOOD):
        status, _, page = town.browse(session.url, form)
        assert (status, "has expired" in page, CANCEL in page) == (410, True, True)
    assert town.stripe.payment_intents.list().data == []


def test_page_escapes_what_the_merchant_wrote(town: Town) -> None:
    price = {
        "currency": "eur",
        "unit_amount": 500,
        "product_data": {"name": "<b>Bread</b>", "description": "$x & y"},
    }
    page = town.browse(town.session(line_items=[{"quantity": 2, "price_data": price}]).url)[2]
    assert "&lt;b&gt;Bread&lt;/b&gt; × 2" in page
    assert "$x &amp; y" in page
    assert "€10.00" in page


def test_an_unknown_page_is_not_found(town: Town) -> None:
    assert town.browse("/c/pay/cs_test_nobody")[0] == 404
    assert town.browse("/")[0] == 404
