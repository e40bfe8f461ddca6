"""What the proxy of deploy/nginx does by itself; `make journeys-production` alone plays it."""

import contextlib
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from tests.journeys.running import Running

pytestmark = pytest.mark.journey


def _ask(platform: Running, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Ask over HTTPS, as anybody on the internet does; the certificate is looked at."""
    with contextlib.closing(_line(platform)) as line:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def _line(platform: Running) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection(urlsplit(platform.site).netloc, timeout=30)


def test_whoever_comes_without_https_is_led_to_it(platform: Running) -> None:
    assert platform.front
    plain = http.client.HTTPConnection("127.0.0.1", platform.front.plain_port, timeout=30)
    with contextlib.closing(plain) as line:
        line.request("GET", "/progetti/?q=orto")
        answer = line.getresponse()
        answer.read()

    assert answer.status == 301
    assert answer.getheader("Location") == f"{platform.site}/progetti/?q=orto"


def test_pages_carry_what_production_promises(platform: Running) -> None:
    status, headers, _body = _ask(platform, "/account/login/")

    assert status == 200
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    cookie = headers["set-cookie"]
    assert "__Host-csrftoken=" in cookie and "Secure" in cookie and "HttpOnly" in cookie
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "content-encoding" not in headers
    assert headers["server"] == "nginx", "no version is told"


def test_what_a_visitor_claims_about_the_way_is_not_believed(platform: Running) -> None:
    status, _headers, _body = _ask(
        platform,
        "/",
        **{"X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4"},
    )
    assert status == 200, "a believed X-Forwarded-Proto would redirect for ever"


def test_another_name_is_not_answered(platform: Running) -> None:
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        _ask(platform, "/", Host="evil.example")


def test_old_protocols_are_refused(platform: Running) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # nosemgrep: certificate-believed - which protocol, not whose
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", urlsplit(platform.site).port), timeout=30) as plain,
        context.wrap_socket(plain) as secret,
    ):
        assert secret.version() == "TLSv1.3"
    context.set_ciphers("AES128-SHA")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with (
        socket.create_connection(("127.0.0.1", urlsplit(platform.site).port), timeout=30) as plain,
        pytest.raises(ssl.SSLError),
    ):
        context.wrap_socket(plain)


def test_what_is_too_large_never_reaches_the_platform(platform: Running) -> None:
    for path, size in (("/candidature/", 13_000_000), ("/stripe/webhook/", 1_100_000)):
        with contextlib.closing(_line(platform)) as line:
            line.putrequest("POST", path)
            line.putheader("Content-Length", str(size))
            line.endheaders()
            answer = line.getresponse()
            answer.read()
        assert answer.status == 413


def test_stripe_messages_go_to_their_own_process_and_static_files_to_the_store(platform: Running) -> None:
    stylesheet = _ask(platform, "/")[2].decode().partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert _ask(platform, stylesheet)[0] == 200
    platform.pause("web")
    try:
        # The process of the pages stands still: what answers now is another.
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{platform.site}/stripe/webhook/", data=b"{}", timeout=20)
        assert refused.value.code == 400
        refused.value.close()
        status, headers, _body = _ask(platform, stylesheet)
        assert (status, "immutable" in headers["cache-control"]) == (200, True)
    finally:
        platform.pause("web", is_over=True)


def test_while_one_process_is_renewed_the_other_answers(platform: Running) -> None:
    platform.strike("web")
    until = time.monotonic() + 5

    seen = set()
    while time.monotonic() < until:
        seen.add(_ask(platform, "/healthz")[0])

    assert seen == {200}


def test_while_nobody_answers_a_page_says_so(platform: Running) -> None:
    platform.strike("web")
    platform.strike("door")
    seen, until = set(), time.monotonic() + 30
    while 200 not in seen and time.monotonic() < until:
        status, headers, body = _ask(platform, "/")
        seen.add(status)
        if status == 502:
            assert headers["retry-after"] == "120" and "strict-transport-security" in headers
            assert "Torniamo subito" in body.decode()
    assert seen == {502, 200}
