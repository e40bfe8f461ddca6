"""Forget the demo's data: `python -m demo.reset`."""

import fcntl
import shutil
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "demo"


def main() -> None:
    """Remove var/demo, unless the demo is running."""
    if not FOLDER.exists():
        print("There is no demo data to forget.")
        return
    with (FOLDER / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit("The demo is running: end it with Ctrl-C first.") from None
        shutil.rmtree(FOLDER)
    print("The demo's data is gone; make demo starts over.")


if __name__ == "__main__":
    main()
