"""The providers behind HTTP: the standard addresses for the site, and one page for the person."""

import html
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from identity_twin.people import CITIZENS
from identity_twin.provider import Provider, Refused

PAGE = Template((Path(__file__).parent / "page.html").read_text())
NAMES = {"spid": "SPID", "cie": "CIE"}
LARGEST = 64 * 1024


class Server(ThreadingHTTPServer):
    """Both providers on one port, each under its own name."""

    daemon_threads = True

    def __init__(self, port: int = 0, *, client_id: str = "civicfund", secret: str = "only-local") -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        self.providers = {
            name: Provider(title, f"{self.base}/{name}", client_id=client_id, secret=secret)
            for name, title in NAMES.items()
        }


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def do_GET(self) -> None:
        """Answer what is read."""
        self._answer({})

    def do_POST(self) -> None:
        """Answer what is sent."""
        length = min(int(self.headers.get("Content-Length", 0)), LARGEST)
        self._answer(dict(parse_qsl(self.rfile.read(length).decode(errors="replace"))))

    def _answer(self, sent: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        name, _slash, rest = parts.path.strip("/").partition("/")
        provider = self.server.providers.get(name)
        if provider is None:
            self._write(404, "text/plain", "no such provider")
        elif provider.fault == "silent" and rest != "authorize":
            self._write(503, "text/plain", "resting")
        else:
            try:
                self._of(provider, rest, {**dict(parse_qsl(parts.query)), **sent})
            except Refused as refusal:
                self._json({"error": str(refusal)}, 400)

    def _of(self, provider: Provider, rest: str, told: dict[str, str]) -> None:
        if rest == ".well-known/openid-configuration":
            self._json(provider.configuration())
        elif rest == "jwks":
            self._json(provider.keys())
        elif rest == "token" and self.command == "POST":
            self._json(provider.exchange(told))
        elif rest == "userinfo":
            self._json(provider.userinfo(self.headers.get("Authorization", "").removeprefix("Bearer ")))
        elif rest == "authorize" and self.command == "GET":
            provider.check_request(told)
            self._write(200, "text/html", page(provider, told))
        elif rest == "authorize":
            self._decide(provider, told)
        else:
            self._write(404, "text/plain", "no such address")

    def _decide(self, provider: Provider, told: dict[str, str]) -> None:
        """Lead the person back to the site, signed in or not."""
        back = {"state": told.get("state", "")}
        if told.get("citizen") in CITIZENS:
            level = int(told.get("level", "2"))
            back["code"] = provider.authorize(told, citizen=told["citizen"], level=level)
        else:
            provider.check_request(told)
            back |= {"error": "access_denied", "error_description": told.get("because", "ErrorCode nr25")}
        self.send_response(303)
        self.send_header("Location", f"{told['redirect_uri']}?{urlencode(back)}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _json(self, told: dict[str, Any], status: int = 200) -> None:
        self._write(status, "application/json", json.dumps(told))

    def _write(self, status: int, kind: str, body: str) -> None:
        payload = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


def page(provider: Provider, asked: dict[str, str]) -> str:
    """Return the page on which a person chooses who to be."""
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in asked.items()
    )
    people = "".join(
        f'<button name="citizen" value="{one.key}">{one.given_name} {one.family_name} <small>{one.email}</small></button>'
        for one in CITIZENS.values()
    )
    return PAGE.substitute(name=provider.name, hidden=hidden, people=people)
