"""Settlements a second of two workers, beside the same statements sent by plain psycopg2 and by pgbench."""

import contextlib
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import psycopg2

from benchmarks.speed.ground import FOLDER, ROOT, Ground, Town, keep, middle
from demo.postgres import POSTGRES_BIN

GIFTS, LANES, ROUNDS = 600, 2, 3
#: Numbers so far apart that a number of one table is none of another.
APART = 10_000_000
OPEN = """
    INSERT INTO donations_donation SELECT (jsonb_populate_record(d, jsonb_build_object('id', 900000 + n,
        'public_id', gen_random_uuid(), 'campaign_id', {campaign}, 'amount_cents', 100, 'status', 'open',
        'email', 'donor' || n || '@example.org', 'stripe_session_id', 'cs_open_' || n, 'stripe_payment_intent_id', NULL,
        'stripe_charge_id', NULL, 'charged_at', NULL, 'settled_at', NULL, 'charged_cents', NULL, 'counted_cents', 0,
        'refund_due_at', NULL, 'refunded_at', NULL))).*
    FROM donations_donation d, generate_series(1, {gifts}) n WHERE d.id = 1
"""
LITERAL = re.compile(r"'(?:[^']|'')*'|@made\d+@|\b\d+\b")


def measure(ground: Ground, way: str) -> None:
    """Measure settlements spread over campaigns, or on one hot campaign."""
    source = _with_open_gifts(ground, way)
    statements = FOLDER / f"statements-{way}.json"
    _lanes(ground.copied(source, "bench_settle"), [["0", "1", str(statements)]], ground)
    gifts = json.loads(statements.read_text())
    shape = [len(one) for one in gifts]
    ways = {"platform": _platform, "psycopg2": _plain, "pgbench": _pgbench}
    seen: dict[str, list[float]] = {name: [] for name in ways}
    for _round in range(ROUNDS):
        for name, run in ways.items():
            seen[name].append(run(ground, ground.copied(source, "bench_settle"), gifts))
    figures = {name: round(middle(rates), 1) for name, rates in seen.items()}
    keep(f"settle {way}", {**figures, "statements": middle(shape), "runs": seen})


def _with_open_gifts(ground: Ground, way: str) -> Town:
    """Return a town with gifts that wait to be booked, and with numbers that tell tables apart."""
    town = ground.copied(ground.town("small"), f"bench_open_{way}")
    campaign = "1 + n % 10" if way == "spread" else "1"
    with contextlib.closing(psycopg2.connect(town.owner_url)) as owner:
        owner.autocommit = True
        cursor = owner.cursor()
        cursor.execute("ALTER TABLE donations_donation DISABLE TRIGGER USER")
        cursor.execute(OPEN.format(campaign=campaign, gifts=GIFTS))
        cursor.execute("ALTER TABLE donations_donation ENABLE TRIGGER USER")
        cursor.execute("SELECT schemaname || '.' || quote_ident(sequencename) FROM pg_sequences ORDER BY 1")
        for number, (name,) in enumerate(cursor.fetchall(), 1):
            cursor.execute(f"ALTER SEQUENCE {name} RESTART WITH {APART * number}")
    return town


def _lanes(town: Town, lanes: list[list[str]], ground: Ground) -> list[dict[str, Any]]:
    """Run workers side by side and return what they say."""

    def run(words: list[str]) -> dict[str, Any]:
        said = ground.run(["-m", "benchmarks.speed.lane", *words], town.url)
        return json.loads(said.rpartition("LANE ")[2])

    with ThreadPoolExecutor(len(lanes)) as pool:
        found = list(pool.map(run, lanes))
    if sum(one["booked"] for one in found) != GIFTS:
        raise SystemExit(f"not every gift was booked: {found}")
    return found


def _rate(found: list[dict[str, Any]]) -> float:
    """Return how many a second all lanes do: perf_counter is one clock for all processes of a machine."""
    ends = max(one["began"] + one["seconds"] for one in found)
    return GIFTS / (ends - min(one["began"] for one in found))


def _platform(ground: Ground, town: Town, gifts: list[list[str]]) -> float:
    return _rate(_lanes(town, [[str(lane), str(LANES)] for lane in range(LANES)], ground))


def _plain(ground: Ground, town: Town, gifts: list[list[str]]) -> float:
    """Send the statements by processes that do nothing else."""
    path = FOLDER / "plain.json"
    path.write_text(json.dumps(gifts))
    words = [sys.executable, "-m", "benchmarks.speed.plain", town.url, str(path)]
    started = [
        subprocess.Popen([*words, str(lane), str(LANES)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for lane in range(LANES)
    ]
    found = [json.loads(one.communicate()[0].rpartition("LANE ")[2]) for one in started]
    return _rate(found)


def _pgbench(ground: Ground, town: Town, gifts: list[list[str]]) -> float:
    """Send the statements by pgbench: what differs from gift to gift is read from a table by one more statement."""
    script, rows = _script(gifts)
    path = FOLDER / "settle.pgbench"
    path.write_text(script)
    with contextlib.closing(psycopg2.connect(town.owner_url)) as owner, owner, owner.cursor() as cursor:
        columns = ", ".join(f"v{number} text" for number in range(len(rows[0])))
        cursor.execute(f"CREATE TABLE bench_values (n int PRIMARY KEY, {columns})")
        places = ", ".join(["%s"] * (len(rows[0]) + 1))
        cursor.executemany(
            f"INSERT INTO bench_values VALUES ({places})",  # noqa: S608 - places alone
            [(n, *row) for n, row in enumerate(rows)],
        )
        cursor.execute("GRANT SELECT ON bench_values TO civicfund_app; ANALYZE bench_values")
    where = urlsplit(town.url)
    words = [
        str(POSTGRES_BIN / "pgbench"),
        "-n",
        "-h",
        "127.0.0.1",
        "-p",
        str(where.port),
        "-U",
        str(where.username),
    ]
    words += ["-c", str(LANES), "-j", str(LANES), "-t", str(GIFTS // LANES), "-f", str(path), "-D", "i=-1"]
    began = time.monotonic()
    done = subprocess.run(
        [*words, where.path[1:]],
        env={"PGPASSWORD": where.password or "", "PGOPTIONS": "-c timezone=UTC"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or f"processed: {GIFTS}/{GIFTS}" not in done.stdout:
        raise SystemExit(f"pgbench: {done.stdout[-500:]} {done.stderr[-1500:]} {time.monotonic() - began}")
    _see_booked(town)
    return float(re.search(r"tps = ([\d.]+)", done.stdout)[1])  # type: ignore[index]


def _see_booked(town: Town) -> None:
    with contextlib.closing(psycopg2.connect(town.owner_url)) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM donations_donation WHERE id > 900000 AND status = 'settled'")
        if (count := cursor.fetchone()[0]) != GIFTS:
            raise SystemExit(f"{count} gifts are booked")


def _script(gifts: list[list[str]]) -> tuple[str, list[list[str]]]:
    """Return a script for all gifts, and for each what differs in it."""
    usual = max({len(one) for one in gifts}, key=[len(one) for one in gifts].count)
    # A gift that carries a campaign over its threshold asks more: it is sent as the others are.
    like = [one for one in gifts if len(one) == usual]
    gifts = [one if len(one) == usual else like[0] for one in gifts]
    words = [[LITERAL.findall(text) for text in one] for one in gifts]
    frames = [LITERAL.split(text) for text in gifts[0]]
    if any([len(found) for found in one] != [len(found) for found in words[0]] for one in words):
        raise SystemExit("the gifts differ in more than their values")
    rows: list[list[str]] = [[] for _gift in gifts]
    lines = [
        f"\\set i :i + 1\n\\set n :i * {LANES} + :client_id\nSELECT @columns@ FROM bench_values WHERE n = :n \\gset"
    ]
    lines.append("BEGIN;")
    count = made = 0
    for place, frame in enumerate(frames):
        text = frame[0]
        for number, rest in enumerate(frame[1:]):
            value = words[0][place][number]
            if value.startswith("@"):
                text += f":{value.strip('@')}_id" + rest
            elif len({one[place][number] for one in words}) > 1:
                for row, one in zip(rows, words, strict=True):
                    row.append(one[place][number])
                text += f":v{count}" + rest
                count += 1
            else:
                text += value + rest
        text = " ".join(text.split("\n"))
        if "RETURNING" in text and "INSERT INTO" in text:
            text = text.replace("; INSERT", r" \; INSERT")
            lines.append(f"{text} \\gset made{made}_")
            made += 1
        else:
            lines.append(text.replace("; ", r" \; ") + ";")
    lines.append("COMMIT;")
    columns = ", ".join(f"v{number}" for number in range(count))
    return "\n".join(lines).replace("@columns@", columns) + "\n", rows
