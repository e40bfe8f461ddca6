"""The browser of the journeys is found where people keep it, or asked for in a sentence."""

import pytest

from demo import chromium


@pytest.fixture
def empty_machine(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium.Path, "home", lambda: tmp_path)
    monkeypatch.setattr(chromium, "_install", lambda: None)
    return tmp_path


def program(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return str(path)


def test_find_chromium_nowhere(empty_machine, capsys):
    assert chromium.find_chromium() is None
    assert chromium.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().err


def test_find_chromium_named(empty_machine, monkeypatch):
    named = program(empty_machine / "elsewhere" / "chrome")
    monkeypatch.setenv("CHROMIUM", named)

    assert chromium.find_chromium() == named
    assert chromium.main() == 0


def test_find_chromium_named_but_missing(empty_machine, monkeypatch, capsys):
    program(empty_machine / "bin" / "chromium")
    monkeypatch.setenv("CHROMIUM", str(empty_machine / "gone"))

    assert chromium.main() == 1
    assert "is not a program" in capsys.readouterr().err


@pytest.mark.parametrize("name", chromium.NAMES)
def test_find_chromium_on_the_path(empty_machine, name):
    assert chromium.find_chromium() is None

    found = program(empty_machine / "bin" / name)

    assert chromium.find_chromium() == found


def test_find_chromium_of_playwright(empty_machine):
    found = program(empty_machine / ".cache/ms-playwright/chromium-1200/chrome-linux64/chrome")

    assert chromium.find_chromium() == found


def test_main_installs_once(empty_machine, monkeypatch):
    monkeypatch.setattr(chromium, "_install", lambda: program(empty_machine / "bin" / "chromium"))

    assert chromium.main() == 0
