"""The statements of settlements by psycopg2 alone: `python -m benchmarks.speed.plain URL FILE LANE LANES`."""

import json
import re
import sys
import time
from pathlib import Path

import psycopg2

MADE = re.compile(r"@(made\d+)@")


def main() -> None:
    """Send this lane's gifts, a transaction each."""
    url, path, lane, lanes = sys.argv[1:]
    gifts = json.loads(Path(path).read_text())[int(lane) :: int(lanes)]
    line = psycopg2.connect(url, options="-c timezone=UTC")
    cursor = line.cursor()
    began = time.perf_counter()
    for gift in gifts:
        made: dict[str, str] = {}
        for statement in gift:
            cursor.execute(MADE.sub(lambda name, made=made: made[name[1]], statement) if made else statement)  # type: ignore[misc]
            if cursor.description:
                rows = cursor.fetchall()
                if "RETURNING" in statement and "INSERT INTO" in statement:
                    made[f"made{len(made)}"] = str(rows[-1][0])
        line.commit()
    print("LANE " + json.dumps({"seconds": time.perf_counter() - began, "began": began}))


if __name__ == "__main__":
    main()
