"""Replay the Dockerfile's steps in a clean folder, without an engine: `python -m checks.image [FOLDER]`.

Every COPY and RUN of every stage is done as it stands, with the paths of the image below a folder of its own; then the
server's own start is tried from what the last stage holds. What needs root of a real image, its user, is left out.
"""

import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Absolute paths of the image, wherever they stand in a command.
PLACE = re.compile(r"(?<![\w./}])/(opt|app|srv)\b")
#: Needs root, and would change this machine's users.
USER = re.compile(r"useradd [^&]*&& |--(owner|group) \w+ ")


@dataclass
class Stage:
    """One stage: where it lies, and what its commands are told."""

    root: Path
    workdir: str = "/"
    told: dict[str, str] = field(default_factory=dict)

    def place(self, path: str) -> Path:
        """Return where a path of the image lies here."""
        return Path(
            os.path.normpath(f"{self.root}/{path if path.startswith('/') else f'{self.workdir}/{path}'}")
        )


def main() -> None:
    """Replay all, and start the server."""
    chosen = sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp(prefix="image-")
    folder = Path(chosen).resolve()
    stages: dict[str, Stage] = {}
    stage = Stage(folder)
    for word, rest in instructions((ROOT / "Dockerfile").read_text()):
        print(f"{word} {rest[:100]}", flush=True)
        if word == "FROM":
            name = rest.partition(" AS ")[2] or "last"
            stage = stages[name] = Stage(folder / name)
            stage.root.mkdir(parents=True)
        elif word == "WORKDIR":
            stage.workdir = rest
            stage.place(".").mkdir(parents=True, exist_ok=True)
        elif word == "ENV":
            stage.told |= dict(one.split("=", 1) for one in shlex.split(rest))
        elif word == "COPY":
            copy(stage, stages, rest)
        elif word == "RUN":
            run(stage, USER.sub("", rest))
    see_it_start(stages["last"])
    if len(sys.argv) == 1:
        shutil.rmtree(folder)
    print("the image's steps work in a clean folder")


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield each instruction of a Dockerfile on one line, comments left out."""
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        if line.strip():
            word, _space, rest = line.partition(" ")
            yield word, rest


def taken_in() -> Iterator[str]:
    """Yield the files of the repository that .dockerignore lets into the image."""
    patterns = [
        line
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    known = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in filter(None, known):
        heads = [name, *map(str, Path(name).parents)]
        if not any(
            fnmatch.fnmatch(head, pattern.removeprefix("**/")) for head in heads for pattern in patterns
        ):
            yield name


def copy(stage: Stage, stages: dict[str, Stage], rest: str) -> None:
    """Do one COPY: from another stage, where a link is enough, or from the repository."""
    words = rest.split()
    if words[0].startswith("--from="):
        source = stages[words[0].partition("=")[2]].place(words[1])
        target = stage.place(words[2])
        if target.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            # A virtual environment knows where it was made.
            target.symlink_to(source)
        return
    *sources, to = words
    for name in taken_in():
        source = next((one for one in sources if one in (".", name) or name.startswith(f"{one}/")), None)
        if source is None:
            continue
        under = to if to.endswith("/") or source in (".", to) else f"{to}/"
        inner = name if source == "." else name.removeprefix(f"{source}/") if source == to else name
        target = stage.place(f"{under}/{inner}" if under not in ("./", ".") else inner)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)


def run(stage: Stage, command: str) -> None:
    """Do one RUN with the stage's own environment. Raise SystemExit when it fails."""
    told = {name: PLACE.sub(rf"{stage.root}/\1", value) for name, value in stage.told.items()}
    told = {name: value.replace("$PATH", os.environ["PATH"]) for name, value in told.items()}
    plain = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(
        ["sh", "-ec", PLACE.sub(rf"{stage.root}/\1", command)],
        cwd=stage.place("."),
        env={**plain, **told},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"RUN {command}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")


def see_it_start(last: Stage) -> None:
    """Load the application as the server does, and see that what the image needs is there and nothing else."""
    told = (
        "SECRET_KEY=only-for-a-check DATABASE_URL=postgresql://127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 "
    )
    told += "SECURE=false SEALING_KEYS=b25seS1mb3ItY2hlY2tzLW9ubHktZm9yLWNoZWNrcyE= "
    told += "STRIPE_SECRET_KEY=sk_test_only_for_a_check STRIPE_WEBHOOK_SECRETS=whsec_only_for_a_check "
    run(last, f"{told} python -c 'import civicfund.wsgi; import civicfund.urls'")
    run(last, f"{told} python -m gunicorn --check-config civicfund.wsgi")
    run(last, "$PG_BIN/pg_dump --version")
    there = {path.name for path in last.place("/app").iterdir()}
    for name in ("manage.py", "templates", "locale", "staticfiles"):
        if name not in there:
            raise SystemExit(f"{name} is missing in the image")
    for name in ("tests", "demo", "stripe_twin", "identity_twin", "checks", "benchmarks", ".git"):
        if name in there:
            raise SystemExit(f"{name} has no place in the image")


if __name__ == "__main__":
    main()
