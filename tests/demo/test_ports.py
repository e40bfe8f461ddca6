"""A port in use is named, with the variable that changes it."""

import socket

import pytest

from demo.lifetime import EngineError, free_port
from demo.ports import Ports, chosen_ports


@pytest.fixture
def free(monkeypatch):
    ports = Ports(web=free_port(), twin=free_port(), identity=free_port())
    monkeypatch.setenv("PORT", str(ports.web))
    monkeypatch.setenv("TWIN_PORT", str(ports.twin))
    monkeypatch.setenv("IDENTITY_PORT", str(ports.identity))
    return ports


def test_chosen_ports_from_the_environment(free):
    assert chosen_ports() == free


@pytest.mark.parametrize(
    ("variable", "field"), [("PORT", "web"), ("TWIN_PORT", "twin"), ("IDENTITY_PORT", "identity")]
)
def test_chosen_ports_in_use(free, variable, field):
    with socket.create_server(("127.0.0.1", getattr(free, field))):
        message = rf"Port {getattr(free, field)} is in use.*make demo {variable}="

        with pytest.raises(EngineError, match=message):
            chosen_ports()


@pytest.mark.parametrize("value", ["", "web", "0", "65536", "-1"])
def test_chosen_ports_not_a_port(free, monkeypatch, value):
    monkeypatch.setenv("PORT", value)

    with pytest.raises(EngineError, match="is not a port"):
        chosen_ports()
