"""Speak HTTP/1.1 on loopback and hand each request to the API, the control API or the pages."""

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from stripe_twin import balances, browsing, sweep
from stripe_twin.api import Answer, Api, Request
from stripe_twin.control import Control
from stripe_twin.twin import Config, Twin
from stripe_twin.webhooks import Sender

TICK = 0.2
MOST_BYTES = 1_000_000


class Handler(BaseHTTPRequestHandler):
    """Read one request, write one answer, keep the connection open."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120
    server: "Server"

    def do_GET(self) -> None:
        """Answer a GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a POST."""
        self._answer()

    do_DELETE = do_POST

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.close_connection = True
            self._write(Answer(413, "Too large", content_type="text/plain"))
            return
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(length).decode(errors="replace")
        answer = self.server.dispatch(Request(self.command, parts.path, parts.query, headers, body))
        if answer.dropped:
            self.close_connection = True
            return
        self._write(answer)

    def _write(self, answer: Answer) -> None:
        payload = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", f"{answer.content_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        """Keep quiet: the events and the truth of the control API say what happened."""


class Server(ThreadingHTTPServer):
    """Be a running twin: the HTTP side, and one thread that sweeps what is due and sends the webhooks."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, config: Config, port: int, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.port = int(self.server_address[1])
        address = config.public_url or f"http://{host}:{self.port}"
        self.twin = Twin(Config(**{**config.__dict__, "public_url": address}))
        balances.open_account(self.twin)
        self.sender = Sender(self.twin)
        self._api = Api(self.twin)
        self._control = Control(self.twin, self.sender)
        self._stopping = threading.Event()
        self._connections: set[socket.socket] = set()
        self._ticker = threading.Thread(target=self._tick, name="ticker", daemon=True)
        self._serving = threading.Thread(target=self.serve_forever, args=(0.05,), name="http", daemon=True)

    def dispatch(self, request: Request) -> Answer:
        """Return the answer of the part that owns the path."""
        if request.path.startswith("/v1/"):
            return self._api.answer(request)
        if request.path.startswith("/_twin/"):
            return self._control.answer(request)
        return browsing.answer(self.twin, request)

    def start(self) -> None:
        """Begin to answer and to send."""
        self._ticker.start()
        self._serving.start()

    def _tick(self) -> None:
        while not self._stopping.is_set():
            self.twin.wakeup.wait(TICK)
            self.twin.wakeup.clear()
            sweep.run_due(self.twin)
            self.sender.send_due()

    def stop(self) -> None:
        """End everything; what was not sent is sent after the next start."""
        self._stopping.set()
        self.twin.wakeup.set()
        if self._serving.is_alive():
            self.shutdown()
        self.server_close()
        if self._ticker.is_alive():
            self._ticker.join()
        self.sender.close()
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.twin.store.close()

    def get_request(self) -> Any:
        """Accept a connection and remember it, so that stopping can end it."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close a connection that is done."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay calm when a client goes away in the middle; everything else is shown."""
        if not self._stopping.is_set():
            self._report(request, client_address)

    def _report(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)
