"""Run the parts that are named, or all, and write docs/speed.md: `python -m benchmarks.speed pages:gunicorn:small`."""

import sys

from benchmarks.speed import hooks, pages, processes, settle
from benchmarks.speed.ground import RESULTS, ground

PARTS = {
    "pages": pages.measure,
    "hooks": hooks.measure,
    "settle": settle.measure,
    "processes": processes.measure,
}
ALL = ["pages:gunicorn:small", "pages:granian:small", "pages:uwsgi:small", "pages:gunicorn:large"]


def main() -> None:
    """Measure."""
    with ground() as engines:
        for words in sys.argv[1:] or ALL:
            part, *rest = words.split(":")
            PARTS[part](engines, *rest)
            print(RESULTS.read_text(), flush=True)


if __name__ == "__main__":
    main()
