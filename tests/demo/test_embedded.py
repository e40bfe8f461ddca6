"""The engines start fast, keep to themselves, and survive a hard kill of the process that runs them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from demo import embedded
from demo.lifetime import EngineError, wait_until_ready
from demo.postgres import restart_at_once

ROOT = Path(__file__).resolve().parent.parent.parent
HOLD_ENGINES = """
import sys, time
from pathlib import Path
from demo import embedded
with embedded.engines(Path(sys.argv[1]), disposable=True) as engines:
    print(engines.owner_database_url, flush=True)
    time.sleep(60)
"""


def run_sql(url, statement):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_engines_keep_data_between_two_starts(tmp_path):
    with embedded.engines(tmp_path / "data") as engines:
        run_sql(engines.owner_database_url, "CREATE TABLE kept AS SELECT 42 AS answer")

    with embedded.engines(tmp_path / "data") as engines:
        assert run_sql(engines.owner_database_url, "SELECT answer FROM kept") == [(42,)]
        assert redis.Redis.from_url(engines.redis_url).ping()


def test_application_role_may_not_touch_the_owner_s_tables(tmp_path):
    with embedded.engines(tmp_path / "data", disposable=True) as engines:
        run_sql(engines.owner_database_url, "CREATE TABLE money AS SELECT 1 AS cents")

        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run_sql(engines.database_url, "UPDATE money SET cents = 2")


def test_engines_refuse_a_stranger_without_the_password(tmp_path):
    with embedded.engines(tmp_path / "data", disposable=True) as engines:
        password = (tmp_path / "data" / "password").read_text()

        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            run_sql(engines.database_url.replace(password, "guess"), "SELECT 1")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(engines.redis_url.replace(password, "guess")).ping()


def test_engines_refuse_a_folder_in_use(tmp_path):
    with embedded.hold(tmp_path), pytest.raises(embedded.FolderInUse), embedded.engines(tmp_path):
        pass


def test_engines_in_free_folder_take_the_next_one(tmp_path):
    (tmp_path / "test").mkdir()

    with embedded.hold(tmp_path / "test"), embedded.engines_in_free_folder(tmp_path / "test") as engines:
        assert run_sql(engines.database_url, "SELECT 1") == [(1,)]
        assert (tmp_path / "test-2" / "postgres" / "PG_VERSION").exists()


def test_engines_start_again_after_a_hard_kill(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_ENGINES, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process, process.stdout as output:
        url = output.readline().strip()
        run_sql(url, "CREATE TABLE kept AS SELECT 42 AS answer")
        process.send_signal(signal.SIGKILL)

    with embedded.engines(tmp_path, disposable=True) as engines:
        assert run_sql(engines.owner_database_url, "SELECT answer FROM kept") == [(42,)]


def test_disposable_engines_rebuild_data_that_will_not_start(tmp_path):
    with embedded.engines(tmp_path, disposable=True):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").unlink()

    with embedded.engines(tmp_path, disposable=True) as engines:
        assert run_sql(engines.database_url, "SELECT 1") == [(1,)]


def test_lasting_engines_never_rebuild_data(tmp_path):
    with embedded.engines(tmp_path):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").unlink()

    with pytest.raises(EngineError, match="did not start"), embedded.engines(tmp_path):
        pass


def test_wait_until_ready_tells_the_end_of_the_log(tmp_path):
    log = tmp_path / "engine.log"
    log.write_text("something\nthe reason\n")
    process = subprocess.Popen([sys.executable, "-c", "raise SystemExit(1)"])

    def attempt():
        raise ConnectionRefusedError

    with process, pytest.raises(EngineError, match="the reason"):
        wait_until_ready(process, attempt, ConnectionRefusedError, log)


def test_kept_secret_stays_and_is_for_its_owner_alone(tmp_path):
    first = embedded.kept_secret(tmp_path, "word")

    assert embedded.kept_secret(tmp_path, "word") == first
    assert len(first) >= 32
    assert os.stat(tmp_path / "word").st_mode & 0o077 == 0


def test_engines_start_within_seconds(tmp_path):
    with embedded.engines(tmp_path, disposable=True):
        pass
    started = time.monotonic()

    with embedded.engines(tmp_path, disposable=True):
        assert time.monotonic() - started < 10


def test_postgres_loses_no_commit_when_it_is_restarted_at_once(tmp_path):
    with embedded.engines(tmp_path / "data") as engines:
        run_sql(engines.owner_database_url, "CREATE TABLE kept AS SELECT 42 AS answer")
        before = run_sql(engines.owner_database_url, "SELECT pg_postmaster_start_time()")

        restart_at_once(tmp_path / "data")

        assert run_sql(engines.owner_database_url, "SELECT answer FROM kept") == [(42,)]
        assert run_sql(engines.owner_database_url, "SELECT pg_postmaster_start_time()") > before
    with pytest.raises(psycopg2.OperationalError):
        run_sql(engines.owner_database_url, "SELECT 1")
