"""Run a management command on the running demo: `python -m demo.manage audit`."""

import json
import os
import sys

from demo.run import FOLDER, PYTHON, ROOT


def main() -> None:
    """Become manage.py with the environment of the running demo."""
    kept = FOLDER / "environment.json"
    if not kept.exists():
        raise SystemExit("The demo has not run yet: start it with make demo.")
    os.chdir(ROOT)
    os.environ.update(json.loads(kept.read_text()))
    os.execv(PYTHON, [PYTHON, "manage.py", *sys.argv[1:]])  # noqa: S606 - no shell


if __name__ == "__main__":
    main()
