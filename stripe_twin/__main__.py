"""Run the local Stripe: `python -m stripe_twin --help`."""

import argparse
import os
import signal
import threading
from pathlib import Path

from stripe_twin.clock import parse_instant
from stripe_twin.server import Server
from stripe_twin.twin import Config


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m stripe_twin", description="A local stand-in for Stripe.")
    parser.add_argument("--port", type=int, default=8100, help="0 chooses a free one")
    parser.add_argument("--host", default="127.0.0.1", help="where it listens; it is no server for strangers")
    parser.add_argument("--data", type=Path, default=Path("var/twin"), help="folder of the SQLite file")
    parser.add_argument(
        "--public-url", default="", help="address that browsers use, if not http://127.0.0.1:PORT"
    )
    parser.add_argument(
        "--webhook-url", action="append", default=[], help="endpoint; may be given more than once"
    )
    parser.add_argument(
        "--webhook-secret", action="append", default=[], help="signing secret; a second one for rotation"
    )
    parser.add_argument(
        "--start-at", type=parse_instant, help="ISO 8601; the virtual clock of a new data folder"
    )
    parser.add_argument("--seed", type=int, help="makes the ids of a new data folder repeatable")
    parser.add_argument(
        "--platform-float", type=int, default=1_000_000, help="cents on the platform's first balance"
    )
    parser.add_argument(
        "--merchant", default="Local platform", help="name shown when no connected account is paid"
    )
    return parser.parse_args(arguments)


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    options = parse_arguments()
    config = Config(
        data=options.data,
        public_url=options.public_url.rstrip("/"),
        webhook_urls=tuple(options.webhook_url),
        webhook_secrets=tuple(options.webhook_secret),
        start_at=options.start_at,
        seed=options.seed,
        platform_float=options.platform_float,
        merchant=options.merchant,
    )
    server = Server(config, options.port, options.host)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server.start()
    print(f"stripe_twin ready on {server.twin.config.public_url} (data in {options.data})", flush=True)
    stop.wait()
    server.stop()
    # A webhook endpoint that never answers must not hold the process: what was not delivered is still queued.
    os._exit(0)


if __name__ == "__main__":
    main()
