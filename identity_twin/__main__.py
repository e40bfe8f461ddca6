"""Run both providers until the terminal ends them: python -m identity_twin --port 8102."""

import argparse

from identity_twin.server import Server


def main() -> None:
    """Serve."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--port", type=int, default=8102)
    reader.add_argument("--client-id", default="civicfund")
    reader.add_argument("--client-secret", default="only-local")
    chosen = reader.parse_args()
    Server(chosen.port, client_id=chosen.client_id, secret=chosen.client_secret).serve_forever()


main()
