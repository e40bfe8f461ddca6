"""Run the parts that are named, or all, and write docs/speed.md: `python -m benchmarks.speed pages:gunicorn:small`."""

import sys

from benchmarks.speed import hooks, page, pages, processes, refunds, release, settle
from benchmarks.speed.ground import RESULTS, ground

PARTS = {
    "pages": pages.measure,
    "hooks": hooks.measure,
    "settle": settle.measure,
    "processes": processes.measure,
    "release": release.measure,
    "refunds": refunds.measure,
}
ALL = [
    "pages:gunicorn:small",
    "pages:gunicorn:large",
    "hooks:gunicorn",
    "settle:spread",
    "settle:hot",
    "processes:gunicorn",
    "release",
    "refunds",
]


def main() -> None:
    """Measure."""
    with ground() as engines:
        for words in sys.argv[1:] or ALL:
            part, *rest = words.split(":")
            PARTS[part](engines, *rest)
            page.write()
            print(RESULTS.read_text(), flush=True)


if __name__ == "__main__":
    main()
