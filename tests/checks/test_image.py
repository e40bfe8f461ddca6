"""The replay of the Dockerfile knows all of its steps and takes in what an engine would take in."""

from pathlib import Path

from checks import image
from checks.architecture import ORDER, ROOT

REPLAYED = {"FROM", "WORKDIR", "ENV", "COPY", "RUN"}
#: What only a real image has: its user, its port, and what an engine asks and starts.
OF_AN_ENGINE = {"USER", "EXPOSE", "HEALTHCHECK", "CMD"}


def test_every_step_of_the_dockerfile_is_replayed() -> None:
    steps = list(image.instructions((ROOT / "Dockerfile").read_text()))

    assert {word for word, _rest in steps} <= REPLAYED | OF_AN_ENGINE
    assert [word for word, _rest in steps].count("FROM") == 3
    commands = [rest for word, rest in steps if word == "RUN"]
    # A step over several lines is one command.
    assert any(
        command.startswith("pip install --target /opt/engines") and "-delete" in command
        for command in commands
    )
    assert not any("useradd" in image.USER.sub("", command) for command in commands)


def test_paths_of_the_image_lie_below_the_folder() -> None:
    moved = image.PLACE.sub(r"/x/\1", "python -m venv /opt/venv && ls /app/static ./app/opt -m /srv")

    assert moved == "python -m venv /x/opt/venv && ls /x/app/static ./app/opt -m /x/srv"


def test_files_that_an_engine_leaves_out_are_left_out() -> None:
    heads = {name.partition("/")[0] for name in image.taken_in()}

    assert {app for app in ORDER if (ROOT / app).is_dir()} <= heads
    assert {"templates", "static", "locale", "manage.py", "requirements.txt"} <= heads
    assert not heads & {"tests", "demo", "stripe_twin", "benchmarks", "docs", "Dockerfile", ".git"}


def test_copies_land_where_the_dockerfile_says(tmp_path: Path) -> None:
    stage = image.Stage(tmp_path, workdir="/app")

    image.copy(stage, {}, "package.json package-lock.json ./")
    image.copy(stage, {}, "frontend frontend")
    image.copy(image.Stage(tmp_path / "all", workdir="/app"), {}, ". .")

    assert (tmp_path / "app" / "package.json").exists()
    assert any((tmp_path / "app" / "frontend").iterdir())
    assert (tmp_path / "all" / "app" / "manage.py").exists()
    assert not (tmp_path / "all" / "app" / "tests").exists()
