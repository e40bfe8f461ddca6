"""Surround a running twin with what a test needs: the official client, a browser without JavaScript, an endpoint."""

import json
import socket
import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode, urlsplit

import stripe

KEY = "sk_test_tests"
SUCCESS = "http://shop.test/thanks?sid={CHECKOUT_SESSION_ID}"
CANCEL = "http://shop.test/back"
CAPABILITIES = {"transfers": {"requested": True}, "card_payments": {"requested": True}}


class Town:
    """Talk to a twin on a port of this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.stripe = stripe.StripeClient(KEY, base_addresses={"api": self.address}).v1

    def http(
        self, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        """Return status, headers with names in lower case, and body of one plain request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body.encode(), headers or {})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def control(self, order: str, /, **details: Any) -> dict[str, Any]:
        """Follow an order of the control API, which must succeed."""
        method = "GET" if order in ("truth", "clock", "events", "deliveries") else "POST"
        status, _, body = self.http(method, f"/_twin/{order}", json.dumps(details))
        assert status == 200, body
        return json.loads(body)

    def api(
        self, method: str, path: str, form: dict[str, Any] | None = None, **headers: str
    ) -> tuple[int, Any]:
        """Send a hand-made API request, for what the library would not let through."""
        given = {"Authorization": f"Bearer {KEY}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        status, _, body = self.http(method, path, urlencode(form or {}), given)
        return status, json.loads(body)

    def browse(self, url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Open a page of the twin, or post its form; return status, redirect target and HTML."""
        status, headers, body = self.http(
            "GET" if form is None else "POST", urlsplit(url).path, urlencode(form or {})
        )
        return status, headers.get("location", ""), body

    def account(self, *, onboarded: bool = True, **params: Any) -> stripe.Account:
        """Return a connected account."""
        account = self.stripe.accounts.create({"type": "express", "capabilities": CAPABILITIES, **params})
        if onboarded:
            self.control("onboard", account=account.id)
        return account

    def session(
        self, destination: str | None = None, amount: int = 2000, **params: Any
    ) -> stripe.checkout.Session:
        """Return an open Checkout Session over so many cents, for a connected account if one is given."""
        return self.stripe.checkout.sessions.create(session_params(destination, amount, **params))

    def paid(self, destination: str | None = None, amount: int = 2000, card: str = "4242424242424242") -> Any:
        """Return the PaymentIntent of a paid session, with its charge."""
        attempt = self.control("pay", session=self.session(destination, amount).id, card=card)
        assert attempt["outcome"] == "paid"
        return self.stripe.payment_intents.retrieve(attempt["payment_intent"], {"expand": ["latest_charge"]})

    def kinds(self) -> list[str]:
        """Return the types of all events, oldest first."""
        return [event["type"] for event in self.control("events")["data"]]


def session_params(destination: str | None = None, amount: int = 2000, **params: Any) -> dict[str, Any]:
    """Return what a platform sends to open a session."""
    price = {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Shared garden"}}
    made: dict[str, Any] = {
        "mode": "payment",
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        **params,
    }
    if destination:
        data = {"on_behalf_of": destination, "transfer_data": {"destination": destination}}
        made["payment_intent_data"] = data | params.get("payment_intent_data", {})
    return made


class Endpoint:
    """Be the platform's webhook endpoint: keeps every delivery, and answers what it is told to."""

    def __init__(self) -> None:
        self.deliveries: list[tuple[str, bytes]] = []
        self.answers: list[int] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                endpoint.deliveries.append((self.headers["Stripe-Signature"], body))
                self.send_response(endpoint.answers.pop(0) if endpoint.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def ids(self) -> list[str]:
        """Return the ids of the delivered events, in the order of arrival."""
        return [json.loads(body)["id"] for _, body in self.deliveries]

    def types(self) -> list[str]:
        """Return the types of the delivered events, in the order of arrival."""
        return [json.loads(body)["type"] for _, body in self.deliveries]

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def eventually(question: Any, seconds: float = 10) -> None:
    """Wait until a question is answered yes."""
    ends = time.monotonic() + seconds
    while not question():
        assert time.monotonic() < ends, "it did not happen in time"
        time.sleep(0.02)
