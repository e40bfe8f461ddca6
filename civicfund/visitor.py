"""Where a request comes from, as far as it can be believed."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

#: A household, an office or a mobile operator's gateway: what one machine can change its address within.
IPV4_PREFIX, IPV6_PREFIX = 24, 64

Address = IPv4Address | IPv6Address


def address_of(request: HttpRequest) -> Address | None:
    """Return the visitor's address: the nearest one that is no proxy of ours; None on a socket without addresses.

    `X-Forwarded-For` is read from the right and only as far as TRUSTED_PROXIES wrote it: what stands further left the
    visitor may have invented. Source: OWASP ASVS 5.0, 4.1.3 and 15.3.4.
    """
    address = _read(request.META.get("REMOTE_ADDR", ""))
    if address is None or not _is_proxy(address):
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        before = _read(hop)
        if before is None:
            # Nothing beyond it can be told: the last proxy stands for the visitor.
            return address
        address = before
        if not _is_proxy(address):
            return address
    return address


def network_of(address: Address | None) -> str:
    """Return the network an address belongs to, /24 or /64: no visitor has less, so no smaller one is counted."""
    if address is None:
        return "nowhere"
    prefix = IPV4_PREFIX if address.version == 4 else IPV6_PREFIX
    return str(ip_network((address, prefix), strict=False))


def _read(text: str) -> Address | None:
    """Read an address; one of version 4 that is written as version 6 is what it is."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_proxy(address: Address) -> bool:
    """Say whether an address is one of our own proxies."""
    return any(address in network for network in _networks(tuple(settings.TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _networks(texts: Sequence[str]) -> tuple[object, ...]:
    """Read the proxies' addresses and networks. Raise ValueError for what is neither."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts)
