"""Write docs/speed.md from what the parts have measured; a case that was not measured says so."""

import json
import os
import platform
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.speed.ground import RESULTS, ROOT, TOWNS

PAGE = ROOT / "docs" / "speed.md"
SERVERS = ("gunicorn", "granian", "uwsgi")
PAGES = ("campaign", "home", "list")
WAYS = ("cached", "made anew")
LEAST = {"cached": 50, "made anew": 12}
NOT = "not measured"


def write() -> None:
    """Write the page."""
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    found = {name: part["figures"] for name, part in known.items()}
    loads = {name: part["load"] for name, part in known.items()}
    parts: list[str] = [
        *_head(loads),
        *_pages(found),
        *_sizes(found),
        *_messages(found),
        *_settlements(found),
    ]
    PAGE.write_text(
        "\n".join([*parts, *_release(found), *_refunds(found), *_processes(found), *_left_out()]).rstrip()
        + "\n"
    )


def _head(loads: dict[str, float]) -> Iterator[str]:
    yield "# How fast it is beside bare programs\n"
    yield "Written by `make bench` (`python -m benchmarks.speed` for this page alone); every ratio is against a"
    yield "bare program in the same run: a Django view that reads one row of the same database by the same server, without any"
    yield "middleware (`benchmarks/bare/`); the same statements sent by plain psycopg2 and by pgbench. Figures are medians of"
    yield "three rounds in turns, on 16 connections of `wrk`, which runs on the same machine and takes its part of it.\n"
    machine = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"
    yield f"- When: {time.strftime('%Y-%m-%d')}, {machine}"
    yield "- Each server: four processes of two threads; PostgreSQL 18 keeps every commit\n"
    if loads:
        yield f"- The machine's load when each part ended: {', '.join(f'{name} {load}' for name, load in loads.items())}\n"


def _pages(found: dict[str, Any]) -> Iterator[str]:
    yield "## Anonymous pages\n"
    yield "Targets: from the cache at least 50 % of the bare view and a p99 under 60 ms; each made anew at least 12 %.\n"
    yield "| server | page | way | requests/s | of the bare view | median ms | p99 ms | kept |"
    yield "|---|---|---|---:|---:|---:|---:|---|"
    for server in SERVERS:
        part = found.get(f"pages {server} small")
        if part is None:
            yield f"| {server} | {NOT} | | | | | | |"
            continue
        for way in WAYS:
            bare = part.get(f"bare view beside {way}")
            if bare is None:
                continue
            yield _row(server, "bare view", way, bare, bare, None)
            for page in PAGES:
                yield _row(server, page, way, part[f"{page}, {way}"], bare, LEAST[way])
    yield ""


def _row(
    server: str, page: str, way: str, seen: dict[str, float], bare: dict[str, float], least: int | None
) -> str:
    times = f"{seen['median_ms']:.1f} | {seen['p99_ms']:.1f}"
    if not bare["rate"]:
        return f"| {server} | {page} | {way} | {seen['rate']:.0f} | bare view not answered | {times} | |"
    part = round(100 * seen["rate"] / bare["rate"])
    late = way == "cached" and seen["p99_ms"] >= 60
    kept = "" if least is None else "no" if part < least or late or seen["wrong"] else "yes"
    figures = f"{seen['rate']:.0f} | {part} % | {times}"
    return f"| {server} | {page} | {way} | {figures} | {kept} |"


def _sizes(found: dict[str, Any]) -> Iterator[str]:
    small, large = found.get("pages gunicorn small"), found.get("pages gunicorn large")
    yield "## The same in a large city\n"
    words = " and ".join(
        f"{campaigns:,} campaigns with {gifts:,} gifts" for campaigns, gifts in TOWNS.values()
    )
    yield f"Target: within 1.3 times between {words}; each against the bare view of its own run.\n"
    if small is None or large is None:
        yield f"{NOT.capitalize()}.\n"
        return
    yield "| page | way | small, of the bare view | large, of the bare view | times slower | kept |"
    yield "|---|---|---:|---:|---:|---|"
    for way in WAYS:
        for page in PAGES:
            parts = [
                one[f"{page}, {way}"]["rate"] / one[f"bare view beside {way}"]["rate"]
                for one in (small, large)
            ]
            times = parts[0] / parts[1]
            kept = "yes" if times <= 1.3 else "no"
            yield f"| {page} | {way} | {100 * parts[0]:.1f} % | {100 * parts[1]:.1f} % | {times:.2f} | {kept} |"
    yield ""


def _messages(found: dict[str, Any]) -> Iterator[str]:
    yield "## Stripe's messages\n"
    yield "Verified, stored and answered, each message once. Target: at least 50 % of the bare view, p99 under 50 ms.\n"
    yield "| server | messages/s | bare view, requests/s | ratio | median ms | p99 ms | kept |"
    yield "|---|---:|---:|---:|---:|---:|---|"
    for server in SERVERS:
        part = found.get(f"hooks {server}")
        if part is None:
            yield f"| {server} | {NOT} | | | | | |"
            continue
        seen, bare = part["message"], part["bare view"]
        if not bare["rate"]:
            yield f"| {server} | {seen['rate']:.0f} | not answered | | {seen['median_ms']:.1f} | {seen['p99_ms']:.1f} | |"
            continue
        ratio = round(100 * seen["rate"] / bare["rate"])
        kept = "yes" if ratio >= 50 and seen["p99_ms"] < 50 and not seen["wrong"] else "no"
        times = f"{seen['median_ms']:.1f} | {seen['p99_ms']:.1f}"
        yield f"| {server} | {seen['rate']:.0f} | {bare['rate']:.0f} | {ratio} % | {times} | {kept} |"
    yield ""


def _settlements(found: dict[str, Any]) -> Iterator[str]:
    yield "## Settlements\n"
    yield "Gifts booked a second by two workers, Stripe's answer at hand; the others send the very statements that were written"
    yield "down while gifts were booked (pgbench one more, which reads what differs from gift to gift). Targets: spread over"
    yield "campaigns at least 60 % of psycopg2; on one hot campaign at least 60 % of pgbench.\n"
    yield "| case | statements | platform/s | psycopg2/s | pgbench/s | of psycopg2 | of pgbench | kept |"
    yield "|---|---:|---:|---:|---:|---:|---:|---|"
    for way, beside in (("spread", "psycopg2"), ("hot", "pgbench")):
        part = found.get(f"settle {way}")
        if part is None:
            yield f"| {way} | {NOT} | | | | | | |"
            continue
        rates = [part[name] for name in ("platform", "psycopg2", "pgbench")]
        parts = {name: round(100 * part["platform"] / part[name]) for name in ("psycopg2", "pgbench")}
        kept = "yes" if parts[beside] >= 60 else "no"
        figures = " | ".join(f"{rate:.0f}" for rate in rates)
        yield f"| {way} | {part['statements']:.0f} | {figures} | {parts['psycopg2']} % | {parts['pgbench']} % | {kept} |"
    yield ""


def _processes(found: dict[str, Any]) -> Iterator[str]:
    yield "## Processes\n"
    yield "Targets: a web process answers within 2 s of its start; each of its processes and each of a worker's holds less than"
    yield "150 MB after an hour of load and does not grow. Here the load lasted three minutes.\n"
    for server in SERVERS:
        part = found.get(f"processes {server}")
        if part is None:
            continue
        sizes = [
            f"web {one['web']['rss']} MB ({one['web']['share']} with its part of what is shared), "
            f"worker {one['worker']['rss']} MB ({one['worker']['share']})"
            for one in part["megabytes"]
        ]
        yield f"- {server}: first answer after {part['start_seconds']} s; the largest process, minute by minute:"
        yield f"  {'; '.join(sizes)}"
    yield ""


def _release(found: dict[str, Any]) -> Iterator[str]:
    yield "## From the threshold to the grant\n"
    yield "On the running platform, of calls that set grants aside. Target: p99 under 6 s, median under 2 s.\n"
    part = found.get("release")
    if part is None:
        yield f"{NOT.capitalize()}.\n"
        return
    kept = "kept" if part["p99"] < 6 and part["median"] < 2 else "NOT kept"
    figures = f"median {part['median']} s, p99 {part['p99']} s, slowest {part['slowest']} s"
    yield f"{part['grants']} grants: {figures}: {kept}.\n"


def _refunds(found: dict[str, Any]) -> Iterator[str]:
    yield "## Everybody of a failed campaign is paid back\n"
    yield "On the running platform with two workers and the local Stripe, from its start one second after the deadline on; mails"
    yield "and receipts go out beside it. Target: 10,000 refunds in less than five minutes, and memory does not grow.\n"
    part = found.get("refunds")
    if part is None:
        yield f"{NOT.capitalize()}.\n"
        return
    sizes = part["megabytes"]
    # What a worker takes up in its first minute stays with it.
    kept = "kept" if part["all_seconds"] < 300 and sizes[-1] <= 1.1 * sizes[0] else "NOT kept"
    yield f"{part['gifts']:,} gifts: the first is back after {part['first_seconds']} s, all after {part['all_seconds']} s; the"
    yield f"largest process of a worker holds {', '.join(map(str, sizes))} MB, from tenth to tenth of it: {kept}.\n"


def _left_out() -> Iterator[str]:
    yield "## Not measured here\n"
    yield "- An hour of load."
    yield "- The audit has its own program, `benchmarks/audit.py`, and its figures stand in [proof.md](proof.md)."
