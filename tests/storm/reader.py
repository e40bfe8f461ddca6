"""Read the books every 50 ms, as somebody who wants to catch them unbalanced."""

import contextlib
import threading
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

EVERY_SECONDS = 0.05
#: Each returns rows only when a promise is broken. Balances that are the sums of their postings and add up to zero say
#: that all postings do: going through them once is enough, twenty times a second.
QUESTIONS = {
    "all balances add up to zero": "SELECT sum(balance_cents) FROM ledger_account HAVING sum(balance_cents) <> 0",
    "a balance is the sum of its postings": """
        SELECT a.id, a.balance_cents, coalesce(p.total, 0) FROM ledger_account a
        LEFT JOIN (SELECT account_id, sum(amount_cents) AS total FROM ledger_posting GROUP BY 1) p ON p.account_id = a.id
        WHERE a.balance_cents <> coalesce(p.total, 0)""",
    "0 <= reserved <= total, and nothing below zero": """
        SELECT fund_id, kind_sum FROM (
            SELECT fund_id, json_object_agg(kind, total) AS kind_sum,
                min(total) FILTER (WHERE kind <> 'allocated') AS least,
                sum(total) FILTER (WHERE kind IN ('reserved', 'awarded', 'paid')) AS engaged,
                -sum(total) FILTER (WHERE kind = 'allocated') AS allocated, sum(total) AS balance
            FROM (SELECT fund_id, kind, sum(balance_cents) AS total FROM ledger_account
                  WHERE fund_id IS NOT NULL GROUP BY 1, 2) kinds GROUP BY 1) funds
        WHERE least < 0 OR engaged > allocated OR balance <> 0""",
}


class Reader(threading.Thread):
    """Ask all questions in one REPEATABLE READ transaction, again and again, until told to stop."""

    def __init__(self, owner_url: str) -> None:
        super().__init__(name="reader", daemon=True)
        self._url = owner_url
        self._stop_asked = threading.Event()
        self.reads = 0
        self.interrupted = 0
        self.broken: list[str] = []

    def run(self) -> None:
        """Read until told to stop; a restart of PostgreSQL interrupts a read, and the next one connects again."""
        while not self._stop_asked.is_set():
            try:
                with contextlib.closing(psycopg2.connect(self._url)) as connection:
                    connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ, readonly=True)
                    while not self._stop_asked.is_set():
                        self._read(connection)
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                self.interrupted += 1
                time.sleep(EVERY_SECONDS)

    def _read(self, connection: psycopg2.extensions.connection) -> None:
        began = time.monotonic()
        with connection, connection.cursor() as cursor:
            for promise, question in QUESTIONS.items():
                cursor.execute(question)
                if rows := cursor.fetchall():
                    self.broken.append(f"{promise}: {rows[:3]}")
        self.reads += 1
        self._stop_asked.wait(max(0, EVERY_SECONDS - (time.monotonic() - began)))

    def stop(self) -> None:
        """Stop and wait."""
        self._stop_asked.set()
        self.join()
