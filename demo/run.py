"""Run the whole platform on this machine: engines, local Stripe, web, worker and beat, with invented content."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from demo import embedded
from demo.environment import as_owner, demo_environment, write_environment
from demo.lifetime import EngineError
from demo.ports import Ports, chosen_ports
from demo.prepare import Stamp, files_under
from demo.processes import Troupe
from demo.twin_control import STORY_BEGINS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DEMO_FOLDER", ROOT / "var" / "demo")).resolve()
LOGS = FOLDER / "log"
WELCOME = ROOT / "demo" / "welcome.txt"
PYTHON = sys.executable
START_SECONDS = 60
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run until the person at the terminal ends it; return the exit code."""
    for number in ENDING_SIGNALS:
        signal.signal(number, _end)
    try:
        _run(chosen_ports())
    except EngineError as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"\nThe demo has ended. Its data waits in {FOLDER}; `make demo-reset` removes it.")
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    # A second Ctrl-C must not cut the ending short: that would leave processes behind.
    for each in ENDING_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    print("\nEnding ...", flush=True)
    raise KeyboardInterrupt


def _run(ports: Ports) -> None:
    loaded = FOLDER / "loaded"
    _forget_unfinished_load(loaded)
    with contextlib.ExitStack() as stack:
        _say("Starting PostgreSQL and Valkey")
        engines = stack.enter_context(embedded.engines(FOLDER))
        environment = demo_environment(FOLDER, engines, ports)
        write_environment(FOLDER, environment)
        _prepare(as_owner(environment, engines))
        troupe = stack.enter_context(Troupe(ROOT, LOGS))
        _start_twin(troupe, ports, environment)
        _start_identities(troupe, ports, environment)
        if not loaded.exists():
            _say("Loading the demo's calls, campaigns and gifts")
            _command("load", ["-m", "demo.load"], environment)
            loaded.touch()
        _start_platform(troupe, ports, environment)
        _welcome(environment["SITE_URL"])
        while True:
            troupe.check()
            time.sleep(0.3)


def _forget_unfinished_load(loaded: Path) -> None:
    """Remove what an interrupted first start left half loaded."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if loaded.exists():
        return
    with embedded.hold(FOLDER):
        for name in ("postgres", "twin", "media", "private", "mail"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)


def _prepare(environment: dict[str, str]) -> None:
    """Bring the database's schema and rights, and the static files, up to date."""
    _command("migrate", ["manage.py", "migrate", "--verbosity", "0"], environment)
    _command("prepare_database", ["manage.py", "prepare_database"], environment)
    _command("write_roles", ["manage.py", "write_roles"], environment)
    built = Stamp("static", [*files_under(ROOT / "static"), *sorted(ROOT.glob("requirements*.txt"))])
    if not built.is_fresh() or not (ROOT / "staticfiles").exists():
        _say("Collecting static files")
        _command(
            "collectstatic", ["manage.py", "collectstatic", "--no-input", "--verbosity", "0"], environment
        )
        built.write()


def _start_twin(troupe: Troupe, ports: Ports, environment: dict[str, str]) -> None:
    secret = environment["STRIPE_WEBHOOK_SECRETS"]
    webhook = f"{environment['SITE_URL']}/stripe/webhook/"
    command = [PYTHON, "-m", "stripe_twin", "--port", str(ports.twin), "--data", str(FOLDER / "twin")]
    # The story of the demo begins then; a twin that has lived already keeps its own time.
    command += ["--start-at", STORY_BEGINS.isoformat(), "--webhook-url", webhook, "--webhook-secret", secret]
    troupe.start("stripe", command, environment)
    _wait_for_answer(troupe, f"http://127.0.0.1:{ports.twin}/")


def _start_identities(troupe: Troupe, ports: Ports, environment: dict[str, str]) -> None:
    command = [PYTHON, "-m", "identity_twin", "--port", str(ports.identity)]
    command += ["--client-secret", environment["SPID_CLIENT_SECRET"]]
    troupe.start("spid", command, environment)
    _wait_for_answer(troupe, f"http://127.0.0.1:{ports.identity}/")


def _start_platform(troupe: Troupe, ports: Ports, environment: dict[str, str]) -> None:
    _say("Starting web, worker and beat")
    web = [PYTHON, "-m", "gunicorn", "civicfund.wsgi", "--bind", f"127.0.0.1:{ports.web}", "--workers", "2"]
    celery = [PYTHON, "-m", "celery", "--quiet", "--app", "civicfund"]
    worker = [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2"]
    beat = [*celery, "beat", "--loglevel", "WARNING"]
    # In a container the person at the terminal is often root, which is nobody's fault.
    environment = {**environment, "PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    troupe.start(
        "web",
        [*web, "--preload", "--threads", "4", "--no-control-socket", "--log-level", "warning"],
        environment,
    )
    troupe.start("worker", [*worker, "--without-gossip", "--without-mingle"], environment)
    troupe.start("beat", [*beat, "--schedule", str(FOLDER / "beat")], environment)
    _wait_for_answer(troupe, f"http://127.0.0.1:{ports.web}/healthz", healthy=True)


def _wait_for_answer(troupe: Troupe, url: str, *, healthy: bool = False) -> None:
    """Wait until a service answers HTTP at all, or, when `healthy`, answers well."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        troupe.check()
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - a loopback address made here
                return
        except urllib.error.HTTPError:
            if not healthy:
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise EngineError(f"{url} did not answer within {START_SECONDS} seconds; the reason may be in {LOGS}.")


def _command(name: str, words: list[str], environment: dict[str, str]) -> None:
    """Run a Python command to its end with its output in a log; raise EngineError with the last lines if it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{name}.log"
    with path.open("wb") as log:
        code = subprocess.run(
            [PYTHON, *words], cwd=ROOT, env={**os.environ, **environment}, stdout=log, stderr=log, check=False
        ).returncode
    if code != 0:
        ending = "\n".join(path.read_text(errors="replace").splitlines()[-15:])
        raise EngineError(f"{ending}\n\nThe step {name} failed; all it said is in {path}.")


def _welcome(site: str) -> None:
    print("\n" + WELCOME.read_text().replace("http://127.0.0.1:8000", site), flush=True)


def _say(sentence: str) -> None:
    print(f"- {sentence} ...", flush=True)
