"""Let tests and the demo play the donor, the bank and the weather; see README.md."""

import json
import time
import traceback
from collections.abc import Callable

from stripe_twin import (
    accounts,
    balances,
    disputes,
    faults,
    payments,
    payouts,
    radar,
    refunds,
    sessions,
    sweep,
    webhooks,
)
from stripe_twin.api import Answer, Request
from stripe_twin.cards import KNOWN, digits
from stripe_twin.charges import Payer
from stripe_twin.clock import iso, parse_instant
from stripe_twin.errors import StripeRefusal
from stripe_twin.store import Json
from stripe_twin.truth import truth
from stripe_twin.twin import Cause, Twin
from stripe_twin.webhooks import Sender

# These wait for other threads, or sweep job by job.
WITHOUT_LOCK = ("advance", "deliver", "drain")
OUTCOMES = ("succeeded", "failed", "pending", "canceled", "requires_action")


class Control:
    """Answer requests to `/_twin`."""

    def __init__(self, twin: Twin, sender: Sender) -> None:
        self._twin = twin
        self._sender = sender
        self._orders: dict[tuple[str, str], Callable[[Json], Json]] = {
            ("GET", "clock"): lambda _: self._clock(),
            ("GET", "truth"): lambda _: truth(twin),
            ("GET", "events"): self._events,
            ("GET", "deliveries"): lambda _: self._deliveries(),
            ("POST", "advance"): self._advance,
            ("POST", "onboard"): self._onboard,
            ("POST", "pay"): self._pay,
            ("POST", "dispute"): self._dispute,
            ("POST", "dispute_answer"): lambda order: disputes.answer(twin, order["dispute"]),
            ("POST", "dispute_close"): self._dispute_close,
            ("POST", "warn"): lambda order: radar.warn(twin, order["charge"]),
            ("POST", "payout_outcome"): self._payout_outcome,
            ("POST", "next_payouts"): self._next_payouts,
            ("POST", "refund_outcome"): self._refund_outcome,
            ("POST", "next_refunds"): self._next_refunds,
            ("POST", "topup"): self._top_up,
            ("POST", "webhooks"): self._webhooks,
            ("POST", "deliver"): self._deliver,
            ("POST", "drain"): self._drain,
            ("POST", "fail"): lambda order: faults.plan(twin, order),
            ("POST", "reset"): self._reset,
        }

    def answer(self, request: Request) -> Answer:
        """Return the answer to one order; 400 with a sentence when it cannot be followed."""
        name = request.path.removeprefix("/_twin/").strip("/")
        order = self._orders.get((request.method, name))
        if order is None:
            return _answer(
                {"error": f"No such order. Known: {', '.join(' '.join(one) for one in self._orders)}"}, 404
            )
        try:
            return _answer(self._follow(name, order, json.loads(request.body or "{}")))
        except StripeRefusal as refusal:
            return _answer(refusal.body(), refusal.status)
        except ValueError as error:
            return _answer({"error": str(error)}, 400)
        except (KeyError, TypeError, AttributeError) as error:
            traceback.print_exc()
            return _answer({"error": f"{type(error).__name__}: {error}"}, 400)

    def _follow(self, name: str, order: Callable[[Json], Json], details: Json) -> Json:
        sweep.run_due(self._twin)
        if name in WITHOUT_LOCK:
            return order(details)
        with self._twin.store.transaction():
            self._twin.cause = Cause()
            return order(details)

    def _clock(self) -> Json:
        now = self._twin.clock.now()
        return {"now": iso(now), "timestamp": int(now)}

    def _advance(self, order: Json) -> Json:
        seconds = (
            float(order["seconds"])
            if "seconds" in order
            else parse_instant(order["to"]) - self._twin.clock.now()
        )
        with self._twin.store.transaction():
            self._twin.clock.advance(seconds)
        sweep.run_due(self._twin)
        return self._clock()

    def _onboard(self, order: Json) -> Json:
        return accounts.complete(self._twin, order["account"])

    def _pay(self, order: Json) -> Json:
        twin = self._twin
        number = digits(str(order.get("card", "4242424242424242")))
        if number not in KNOWN:
            raise ValueError(f"{number} is not a test card.")
        session = sessions.find(twin, order["session"])
        if session["status"] != "open":
            raise ValueError(f"The session is {session['status']}.")
        email = order.get("email") or session["customer_email"] or "donor@example.org"
        attempt = payments.attempt(
            twin, session, KNOWN[number], Payer(email, order.get("name", "Test Donor"))
        )
        if attempt.outcome == "action":
            attempt = payments.authenticate(twin, session, passed=not order.get("fail_3ds", False))
        intent = attempt.intent
        return {"outcome": attempt.outcome, "code": attempt.code, "session": session["id"],
                "payment_intent": intent["id"], "charge": intent["latest_charge"]}  # fmt: skip

    def _dispute(self, order: Json) -> Json:
        return disputes.open_dispute(self._twin, order["charge"], order.get("amount"))

    def _top_up(self, order: Json) -> Json:
        return balances.top_up(self._twin, int(order["amount"]), order.get("currency", "eur"))

    def _dispute_close(self, order: Json) -> Json:
        if order["status"] not in ("won", "lost"):
            raise ValueError("status must be won or lost.")
        return disputes.close_dispute(self._twin, order["dispute"], order["status"])

    def _payout_outcome(self, order: Json) -> Json:
        if order["status"] not in payouts.OUTCOMES:
            raise ValueError(f"status must be one of {payouts.OUTCOMES}.")
        return payouts.settle(self._twin, order["payout"], order["status"])

    def _next_payouts(self, order: Json) -> Json:
        if order["status"] not in ("pending", *payouts.OUTCOMES):
            raise ValueError(f"status must be pending or one of {payouts.OUTCOMES}.")
        wish = {"status": order["status"], "count": int(order.get("count", 1))}
        self._twin.store.set_setting("next_payouts", wish)
        return wish

    def _refund_outcome(self, order: Json) -> Json:
        if order["status"] not in OUTCOMES:
            raise ValueError(f"status must be one of {OUTCOMES}.")
        refunds.find(self._twin, order["refund"])
        return refunds.settle(self._twin, order["refund"], order["status"])

    def _next_refunds(self, order: Json) -> Json:
        if order["status"] not in OUTCOMES:
            raise ValueError(f"status must be one of {OUTCOMES}.")
        wish = {
            "status": order["status"],
            "count": int(order.get("count", 1)),
            "at_once": bool(order.get("at_once")),
        }
        self._twin.store.set_setting("next_refunds", wish)
        return wish

    def _webhooks(self, order: Json) -> Json:
        unknown = set(order) - set(webhooks.PLAIN)
        if unknown or order.get("mode", "deliver") not in ("deliver", "drop", "hold"):
            raise ValueError(f"Known: mode deliver|drop|hold, {', '.join(webhooks.PLAIN)}.")
        self._twin.store.set_setting("webhooks", {**webhooks.settings(self._twin), **order})
        if order.get("mode") == "deliver":
            webhooks.release_held(self._twin)
        return webhooks.settings(self._twin)

    def _deliver(self, order: Json) -> Json:
        """Send stored events again, one after the other, and say what each endpoint answered."""
        ids = [
            row[0]
            for row in self._twin.store.rows("select id from objects where kind = 'event' order by seq")
        ]
        if order.get("event", "all") != "all":
            ids = [self._twin.store.load(order["event"])["id"]]
        way = order.get("order", "oldest")
        if way not in ("oldest", "reverse", "shuffle"):
            raise ValueError("order must be oldest, reverse or shuffle.")
        sent = []
        for turn in range(int(order.get("times", 1))):
            if way == "reverse":
                ids = sorted(ids, key=ids.index, reverse=turn == 0)
            elif way == "shuffle":
                ids = sorted(ids, key=lambda one: self._twin.scramble(f"{turn}:{one}", 12))
            for event in ids:
                for endpoint in range(len(self._twin.config.webhook_urls)):
                    sent.append(
                        {
                            "event": event,
                            "status": webhooks.send(self._twin, self._sender.line, event, endpoint),
                        }
                    )
        return {"sent": sent}

    def _deliveries(self) -> Json:
        found = self._twin.store.rows(
            "select event, endpoint, state, attempts, due_at, last_status from deliveries order by id"
        )
        names = ("event", "endpoint", "state", "attempts", "due_at", "last_status")
        return {"data": [dict(zip(names, row, strict=True)) for row in found]}

    def _drain(self, order: Json) -> Json:
        """Wait until nothing is due and nothing is under way."""
        ends = time.monotonic() + float(order.get("timeout", 30))
        while time.monotonic() < ends:
            due = self._twin.store.rows(
                "select count(*) from deliveries where state = 'pending' and due_at <= ?",
                self._twin.clock.now(),
            )[0][0]
            if due == 0 and self._sender.idle():
                return {"drained": True}
            time.sleep(0.01)
        return {"drained": False}

    def _events(self, _: Json) -> Json:
        found = self._twin.store.rows("select body from objects where kind = 'event' order by seq")
        return {"data": [json.loads(row[0]) for row in found]}

    def _reset(self, _: Json) -> Json:
        self._twin.reset()
        balances.open_account(self._twin)
        return self._clock()


def _answer(body: Json, status: int = 200) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False))
