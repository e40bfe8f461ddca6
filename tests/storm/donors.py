"""Citizens who give over HTTP: the form, Stripe's page, and what people do when something fails."""

import contextlib
import http.client
import json
import secrets
import time
import urllib.parse
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.storm.plan import Gift

GOOD, DECLINED, SECURE = "4242424242424242", "4000000000000002", "4000002500003155"
#: How often a person presses the button again, and how long they wait.
PATIENCE = 40
PAUSE_SECONDS = 0.5
REDIRECTS = (302, 303)
SESSION = "/c/pay/"


@dataclass
class Notebook:
    """What the donors say they have seen, to hold the platform's books against."""

    outcomes: Counter[str] = field(default_factory=Counter)
    #: Address of the donor by the payment Stripe told them had gone through.
    paid: dict[str, str] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    #: Gifts whose donors leave Stripe's page open until after the deadline.
    left_open: list[tuple[Gift, str]] = field(default_factory=list)
    done: int = 0


class Line:
    """A connection that a thread keeps, opened again when it breaks."""

    def __init__(self, address: str) -> None:
        self._host = urlsplit(address).netloc
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
        """Return status, Location and body; status 0 when the line broke.

        One that was kept and that the server has hung up meanwhile is opened again, as browsers and Stripe do.
        """
        was_kept = self._connection is not None
        try:
            return self._ask(method, path, body, headers)
        except ConnectionError:
            self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            was_kept = False
        return self.ask(method, path, body, **headers) if was_kept else (0, "", "")

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, timeout=40)
        self._connection.request(method, path, body.encode() or None, headers)
        answer = self._connection.getresponse()
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def close(self) -> None:
        """Hang up; the next question opens the line again."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Donor:
    """One thread's donors, one after the other."""

    def __init__(self, site: str, stripe: str, notebook: Notebook) -> None:
        self._site = Line(site)
        self._stripe = Line(stripe)
        self._notebook = notebook

    def close(self) -> None:
        """Leave the site and Stripe's page."""
        self._site.close()
        self._stripe.close()

    def start(self, gift: Gift, slug: str) -> str:
        """Send the form until Stripe's page opens; return the session, or "" when the campaign is closed."""
        token = str(uuid.uuid4())
        for turn in range(PATIENCE):
            status, location, _page = self._send_form(gift, slug, token)
            if turn == 0 and gift.presses_twice:
                status, location, _page = self._send_form(gift, slug, token)
            if status in REDIRECTS and SESSION in location:
                return location.partition(SESSION)[2].partition("?")[0].partition("#")[0]
            if status in REDIRECTS:
                self._notebook.outcomes["found it closed"] += 1
                return ""
            self._notebook.troubles[f"form {status}"] += 1
            if status == http.HTTPStatus.UNPROCESSABLE_ENTITY and turn > PATIENCE // 2:
                token = str(uuid.uuid4())
            time.sleep(PAUSE_SECONDS)
        self._notebook.outcomes["lost patience"] += 1
        return ""

    def _send_form(self, gift: Gift, slug: str, token: str) -> tuple[int, str, str]:
        csrf = secrets.token_hex(16)
        fields = {
            "csrfmiddlewaretoken": csrf,
            "amount_choice": "other",
            "amount_other": f"{gift.cents // 100},{gift.cents % 100:02d}",
            "email": gift.email,
            "name": f"Donatore {gift.number}",
            "form_token": token,
        }
        return self._site.ask(
            "POST",
            f"/progetti/{slug}/dona/",
            urllib.parse.urlencode(fields),
            **{"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={csrf}"},
        )

    def pay(self, gift: Gift, session: str) -> None:
        """Do on Stripe's page what this donor does there."""
        if gift.way == "gives-up":
            self._notebook.outcomes["gave up"] += 1
            return
        cards = {
            "declined-then-pays": [DECLINED, GOOD],
            "declined": [DECLINED],
            "secure": [SECURE],
        }.get(gift.way, [GOOD])
        outcome = ""
        for card in cards:
            outcome = self._press(gift, session, card)
        self._notebook.outcomes[outcome] += 1
        if gift.comes_back and outcome == "paid":
            self._come_back(session)

    def _press(self, gift: Gift, session: str, card: str) -> str:
        # The name on the card tells the donors apart who all type the same test number.
        order = {"session": session, "card": card, "email": gift.email, "name": gift.email}
        status, _location, text = self._stripe.ask("POST", "/_twin/pay", json.dumps(order))
        if status != http.HTTPStatus.OK:
            # Its page was closed by the deadline, or its time was over.
            return "came too late" if status else "line to Stripe broke"
        answer: dict[str, Any] = json.loads(text)
        if answer["outcome"] == "paid":
            self._notebook.paid[answer["payment_intent"]] = gift.email
        return str(answer["outcome"])

    def _come_back(self, session: str) -> None:
        """Open the page Stripe sends donors to."""
        status, _location, text = self._stripe.ask(
            "GET", f"/v1/checkout/sessions/{session}", Authorization="Bearer sk_test_journeys"
        )
        if status == http.HTTPStatus.OK:
            address = urlsplit(json.loads(text)["success_url"].replace("{CHECKOUT_SESSION_ID}", session))
            seen, _location, _page = self._site.ask("GET", f"{address.path}?{address.query}")
            self._notebook.troubles[f"return page {seen}"] += seen != http.HTTPStatus.OK


def give_all(
    gifts: list[Gift],
    slugs: list[str],
    site: str,
    stripe: str,
    notebook: Notebook,
    *,
    threads: int,
    at_once: int,
) -> None:
    """Let all give in so many threads, each with several donors under way at once."""

    def run(mine: list[Gift]) -> None:
        with contextlib.closing(Donor(site, stripe, notebook)) as donor:
            for begin in range(0, len(mine), at_once):
                group = mine[begin : begin + at_once]
                pages = [(gift, donor.start(gift, slugs[gift.campaign])) for gift in group]
                for gift, session in pages:
                    if session and gift.way == "pays-late":
                        notebook.left_open.append((gift, session))
                    elif session:
                        donor.pay(gift, session)
                    notebook.done += 1

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, [gifts[thread::threads] for thread in range(threads)]))
