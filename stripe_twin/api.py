"""Answer one request to the API: who asks, what is asked, was it asked before, do it, keep the answer."""

import base64
import binascii
import json
import re
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from stripe_twin import accounts, expansion, faults, forms, idempotency, params, routes, sweep
from stripe_twin.call import Call
from stripe_twin.errors import StripeRefusal
from stripe_twin.faults import Fault
from stripe_twin.idempotency import Kept, Running
from stripe_twin.schemas import API_VERSION
from stripe_twin.twin import Cause, Twin

KEY = re.compile(r"(sk|rk)_test_\w+")


@dataclass(frozen=True)
class Request:
    """Be one HTTP request; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Answer:
    """Be one HTTP answer; a dropped one is never sent, the connection is closed instead."""

    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    dropped: bool = False


class Api:
    """Answer requests to `/v1`."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin
        self._running = Running()

    def answer(self, request: Request) -> Answer:
        """Return the answer to one request, errors included."""
        with self._twin.store.transaction():
            request_id = self._twin.new_id("req_", 14)
            fault = faults.take(self._twin, request.method, request.path)
        if fault.drop == "before":
            return Answer(0, "", dropped=True)
        try:
            key = _authenticate(request)
            account = self._account(request, key)
            answer = self._keyed(request, request_id, account, fault)
        except StripeRefusal as refusal:
            answer = Answer(refusal.status, _dump(refusal.body()))
        headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, **answer.headers}
        return Answer(answer.status, answer.body, headers, dropped=fault.drop == "after")

    def _account(self, request: Request, key: str) -> str:
        account = request.headers.get("stripe-account", "")
        if account:
            accounts.check_access(self._twin, account, key)
        return account

    def _keyed(self, request: Request, request_id: str, account: str, fault: Fault) -> Answer:
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        if not key:
            time.sleep(fault.delay_seconds)
            return self._work(request, request_id, account, "", fault)
        self._running.enter(account, key)
        try:
            time.sleep(fault.delay_seconds)
            kept = idempotency.recall(self._twin, account, key, request.path, _asked(request))
            if kept:
                replayed = {
                    "Idempotency-Key": key,
                    "Original-Request": kept.request,
                    "Idempotent-Replayed": "true",
                }
                return Answer(kept.status, kept.body, replayed)
            answer = self._work(request, request_id, account, key, fault)
            return Answer(answer.status, answer.body, {"Idempotency-Key": key, **answer.headers})
        finally:
            self._running.leave(account, key)

    def _work(self, request: Request, request_id: str, account: str, key: str, fault: Fault) -> Answer:
        """Do the work and keep its answer in one transaction; a refusal undoes the work and is kept by itself."""
        twin = self._twin
        if fault.status and fault.status < 500:
            return _unwell(fault.status)
        with twin.store.lock:
            sweep.run_due(twin)
            twin.cause = Cause(request_id, key or None)
            try:
                with twin.store.transaction():
                    answer = None if fault.status and not fault.work else self._execute(request, account)
                    if fault.status or answer is None:
                        answer = _unwell(fault.status or 500)
                    self._keep(request, request_id, account, key, answer)
                return answer
            except StripeRefusal as refusal:
                answer = Answer(refusal.status, _dump(refusal.body()))
                if not refusal.executed:
                    return answer
            except Exception:  # noqa: BLE001 - whatever goes wrong, the caller gets a 500 as from Stripe
                traceback.print_exc()
                answer = _unwell(500)
            with twin.store.transaction():
                self._keep(request, request_id, account, key, answer)
            return answer

    def _execute(self, request: Request, account: str) -> Answer:
        found = routes.find(request.method, request.path)
        if found is None:
            raise StripeRefusal(
                f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we"
                " can help at https://support.stripe.com/.",
                status=404,
            )
        route, args = found
        if account and request.method == "POST" and request.path != "/v1/payouts":
            raise StripeRefusal(
                "The local Stripe does not model direct charges: Stripe-Account is for reading, and for payouts.",
                code="not_modelled",
                param="Stripe-Account",
            )
        given = params.checked(forms.parse(_asked(request)), route.schema)
        paths = given.pop("expand", [])
        body = route.handler(Call(self._twin, args, given, account))
        return Answer(200, _dump(expansion.expanded(self._twin, body, paths)))

    def _keep(self, request: Request, request_id: str, account: str, key: str, answer: Answer) -> None:
        if key:
            kept = Kept(request_id, answer.status, answer.body)
            idempotency.keep(self._twin, account, key, request.path, _asked(request), kept)


def _asked(request: Request) -> str:
    return request.body if request.method == "POST" else request.query


def _dump(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)


def _authenticate(request: Request) -> str:
    """Return the API key; raises the 401 refusal without a test key, and 400 for another API version."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        with suppress(binascii.Error):
            key = base64.b64decode(key).decode(errors="replace").partition(":")[0]
    if not key:
        raise StripeRefusal(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer"
            " auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not KEY.fullmatch(key):
        raise StripeRefusal(f"Invalid API Key provided: {key[:8]}****", status=401)
    version = request.headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise StripeRefusal(f"Invalid Stripe API version: {version}. This local Stripe speaks {API_VERSION}.")
    return key


def _unwell(status: int) -> Answer:
    kind = {409: "idempotency_error", 429: "invalid_request_error"}.get(status, "api_error")
    messages = {409: "The object is locked by another request. Try again.", 429: "Too many requests."}
    refusal = StripeRefusal(
        messages.get(status, "An unknown error occurred."), status=status, kind=kind,
        code={409: "lock_timeout", 429: "rate_limit"}.get(status),
    )  # fmt: skip
    headers = {"Stripe-Should-Retry": "false"} if status == 500 else {}
    return Answer(status, _dump(refusal.body()), headers)
