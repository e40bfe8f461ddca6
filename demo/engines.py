"""Run one command with embedded engines: `python -m demo.engines manage.py migrate`."""

import os
import subprocess
import sys
from pathlib import Path

from demo import embedded

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Run the command line's command as the schema's owner, with throw-away data, and return its exit code."""
    with embedded.engines_in_free_folder(ROOT / "var" / "dev") as running:
        invented = {
            "SECRET_KEY": "only-for-development",
            "DEBUG": "true",
            "SECURE": "false",
            "SEALING_KEYS": "b25seS1mb3ItY2hlY2tzLW9ubHktZm9yLWNoZWNrcyE=",
            "STRIPE_SECRET_KEY": "sk_test_only_for_development",
            "STRIPE_WEBHOOK_SECRETS": "whsec_only_for_development",
            "EMAIL_URL": "console://",
        }
        engines = {"DATABASE_URL": running.owner_database_url, "REDIS_URL": running.redis_url}
        command = [sys.executable, *sys.argv[1:]]
        return subprocess.run(
            command, cwd=ROOT, env={**invented, **os.environ, **engines}, check=False
        ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
