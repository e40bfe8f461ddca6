"""Hosts of one machine: network namespaces on a bridge, each with a cable that can be pulled.

Engines and Stripe also have a second cable for whoever watches the test, which is never pulled.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator

MARK = "cfch"
#: Each host's number is the end of its addresses.
NAMES = ("web", "worker", "worker2", "beat", "beat2", "database", "broker", "stripe")
WATCHED = ("database", "broker", "stripe")
WORK, WATCH = "10.185.0", "10.186.0"


class NoHosts(Exception):
    """This machine lets nobody make network namespaces; the words say what is missing."""


def address(name: str, net: str = WORK) -> str:
    """Return a host's address."""
    return f"{net}.{10 + NAMES.index(name)}"


def on_host(name: str) -> list[str]:
    """Return the words before a command that run it on a host."""
    return ["ip", "netns", "exec", f"{MARK}-{name}"]


@contextlib.contextmanager
def hosts() -> Iterator[None]:
    """Make all hosts and take them down on leaving. Raise NoHosts."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        raise NoHosts("make chaos makes network namespaces: run it as root, with iproute2 installed.")
    _clear()
    try:
        for net, bridge in ((WORK, f"{MARK}-work"), (WATCH, f"{MARK}-watch")):
            _ip("link", "add", bridge, "type", "bridge")
            _ip("address", "add", f"{net}.1/24", "dev", bridge)
            _ip("link", "set", bridge, "up")
        for name in NAMES:
            _ip("netns", "add", f"{MARK}-{name}")
            _inside(name, "link", "set", "lo", "up")
            _plug(name, WORK, f"{MARK}-work")
            if name in WATCHED:
                _plug(name, WATCH, f"{MARK}-watch")
        yield
    finally:
        _clear()


def cut(name: str) -> None:
    """Pull a host's cable: what is under way is lost without a word."""
    _ip("link", "set", _cable(name, WORK), "down")


def join(name: str) -> None:
    """Put the cable back."""
    _ip("link", "set", _cable(name, WORK), "up")


def _plug(name: str, net: str, bridge: str) -> None:
    """Give a host a cable to a bridge."""
    inner = "work" if net == WORK else "watch"
    outer = _cable(name, net)
    _ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", f"{MARK}-{name}")
    _ip("link", "set", outer, "master", bridge, "up")
    _inside(name, "address", "add", f"{address(name, net)}/24", "dev", inner)
    _inside(name, "link", "set", inner, "up")


def _cable(name: str, net: str) -> str:
    return f"{MARK}{'w' if net == WORK else 'o'}{NAMES.index(name)}"


def _clear() -> None:
    """Take down what this or an earlier run has made."""
    for name in NAMES:
        _ip("netns", "delete", f"{MARK}-{name}", must=False)
        for net in (WORK, WATCH):
            _ip("link", "delete", _cable(name, net), must=False)
    for bridge in (f"{MARK}-work", f"{MARK}-watch"):
        _ip("link", "delete", bridge, must=False)


def _inside(name: str, *words: str) -> None:
    _ip("-netns", f"{MARK}-{name}", *words)


def _ip(*words: str, must: bool = True) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if must and done.returncode:
        raise NoHosts(f"ip {' '.join(words)}: {done.stderr.strip()}")
