"""Preparing repeats a step only when its inputs change, and tells trouble in sentences."""

import sys

import pytest

from demo import prepare
from demo.prepare import Stamp, Trouble


@pytest.fixture(autouse=True)
def folders(monkeypatch, tmp_path):
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(prepare, "LOGS", tmp_path / "log")


def test_stamp_is_fresh_until_a_file_changes(tmp_path):
    source = tmp_path / "a.txt"
    source.write_text("one")
    before = Stamp("step", [source]).is_fresh()
    Stamp("step", [source]).write()

    assert not before
    assert Stamp("step", [source]).is_fresh()
    assert not Stamp("step", [source], more="another Python").is_fresh()
    source.write_text("two")
    assert not Stamp("step", [source]).is_fresh()


def test_stamp_notices_a_file_that_went(tmp_path):
    (tmp_path / "a.txt").write_text("")
    Stamp("step", [tmp_path / "a.txt"]).write()

    assert not Stamp("step", []).is_fresh()


def failing(words):
    return [sys.executable, "-c", f"raise SystemExit({words!r})"]


def test_run_without_a_registry():
    with pytest.raises(Trouble, match=r"the PyPI registry does not answer.*proxy"):
        prepare.run(failing("Temporary failure in name resolution"), log="pip", registry="PyPI", client="pip")


def test_run_without_a_compiler(monkeypatch):
    monkeypatch.setattr(prepare.shutil, "which", lambda name: None)

    with pytest.raises(Trouble, match=r"no C compiler.*apt-get install gcc"):
        prepare.run(failing("error: command 'gcc' failed"), log="pip", registry="PyPI", client="pip")


def test_run_tells_the_last_lines_of_any_other_failure():
    with pytest.raises(Trouble, match=r"(?s)an unknown reason.*log/pip\.log"):
        prepare.run(failing("an unknown reason"), log="pip")


def test_check_python_too_old(monkeypatch):
    monkeypatch.setattr(prepare.sys, "version_info", (3, 10, 4))

    with pytest.raises(Trouble, match=r"needs Python 3\.11"):
        prepare.check_python()
