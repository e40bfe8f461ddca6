"""Where a request comes from: only our own proxies are believed, and addresses are counted by their network."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from pytest_django import Settings

from accounts.adapter import AccountAdapter
from civicfund.limits import Limit, read_limits
from civicfund.visitor import address_of, network_of

PROXIES = ["10.0.0.2", "172.16.0.0/12", "fd00::/8"]

#: The machine that speaks to us, what it says it forwards, and who the visitor is.
HOPS = [
    ("93.34.1.7", None, "93.34.1.7"),
    # A visitor who invents a header is no proxy.
    ("93.34.1.7", "8.8.8.8", "93.34.1.7"),
    ("10.0.0.2", "93.34.1.7", "93.34.1.7"),
    # What stands left of the first stranger is invented.
    ("10.0.0.2", "1.1.1.1, 93.34.1.7", "93.34.1.7"),
    ("10.0.0.2", "1.1.1.1,10.0.0.2, 93.34.1.7", "93.34.1.7"),
    ("10.0.0.2", "93.34.1.7, 172.18.0.1", "93.34.1.7"),
    ("fd00::1", "2001:db8:1:2:3::4", "2001:db8:1:2:3::4"),
    ("::ffff:10.0.0.2", "::ffff:93.34.1.7", "93.34.1.7"),
    # Nothing that can be read: the proxy itself.
    ("10.0.0.2", "unknown", "10.0.0.2"),
    ("10.0.0.2", None, "10.0.0.2"),
    ("10.0.0.2", "93.34.1.7, unknown", "10.0.0.2"),
    ("10.0.0.2", "172.18.0.1", "172.18.0.1"),
    ("", "93.34.1.7", None),
]


@pytest.mark.parametrize(("remote", "forwarded", "visitor"), HOPS)
def test_address_of_believes_only_our_proxies(
    settings: Settings, remote: str, forwarded: str | None, visitor: str | None
) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)

    assert address_of(request) == address_of(request)
    assert str(address_of(request)) == str(visitor)


def test_address_of_without_proxies_reads_no_header(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "8.8.8.8"}, REMOTE_ADDR="10.0.0.2")

    assert str(address_of(request)) == "10.0.0.2"


def test_wrong_passwords_are_counted_by_the_same_address(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    request = RequestFactory().get(
        "/", headers={"X-Forwarded-For": "8.8.8.8, 93.34.1.7"}, REMOTE_ADDR="10.0.0.2"
    )
    request.user = AnonymousUser()

    assert AccountAdapter().get_client_ip(request) == "93.34.1.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("93.34.1.7", "93.34.1.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", "nowhere"),
    ],
)
def test_network_of(address: str, network: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)

    assert network_of(address_of(request)) == network


def test_read_limits() -> None:
    assert read_limits("5/600,20/3600") == (Limit(5, 600), Limit(20, 3600))
    for wrong in ("", "5", "5/", "0/60", "5/0", "a/b", "5/600,"):
        with pytest.raises(ValueError, match=r"limit|literal"):
            read_limits(wrong)
