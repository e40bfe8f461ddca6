"""The ports a person opens in the browser."""

import os
import socket
from dataclasses import dataclass

from demo.lifetime import EngineError


@dataclass(frozen=True)
class Ports:
    """Where the site, the local Stripe and the local SPID and CIE listen on 127.0.0.1; 0: these are not there."""

    web: int
    twin: int
    identity: int = 0


def chosen_ports() -> Ports:
    """Return the ports from PORT, TWIN_PORT and IDENTITY_PORT; raise EngineError when one is no port or in use."""
    web = _free("PORT", "8000", "8001")
    beside = str(web + 200)
    twin, identity = _free("TWIN_PORT", "8100", "8101"), _free("IDENTITY_PORT", beside, "8201")
    if len({web, twin, identity}) < 3:
        raise EngineError(
            f"Two of the ports {web}, {twin} and {identity} are one: give each its own with PORT, TWIN_PORT and IDENTITY_PORT."
        )
    return Ports(web=web, twin=twin, identity=identity)


def _free(variable: str, usual: str, other: str) -> int:
    value = os.environ.get(variable, usual)
    if not value.isdigit() or not 0 < int(value) < 65_536:
        raise EngineError(f"{variable}={value} is not a port: give a number from 1024 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except PermissionError as error:
            raise EngineError(
                f"Port {value} is reserved for root: choose another with {variable}."
            ) from error
        except OSError as error:
            raise EngineError(
                f"Port {value} is in use by another program. End that program, or choose another port: "
                f"make demo {variable}={other}"
            ) from error
    return int(value)
