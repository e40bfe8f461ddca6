"""Whatever ends at a release gets the time for what is under way: docs/upgrade.md promises it."""

from typing import Any

import yaml
from django.conf import settings

from checks.architecture import ROOT

#: How long gunicorn lets requests under way go on when it is told to end, unless it is told otherwise, in seconds.
GUNICORN = 30


def _compose() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]


def _seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


def _deployment(name: str) -> dict[str, Any]:
    folder = ROOT / "deploy" / "kubernetes"
    return next(yaml.safe_load_all((folder / f"{name}.yaml").read_text()))["spec"]


def test_pages_and_messages_have_time_to_answer_what_is_under_way() -> None:
    for name in ("web", "messages"):
        assert _seconds(_compose()[name]["stop_grace_period"]) > GUNICORN
        pod = _deployment(name)["template"]["spec"]
        (leaving,) = [int(box["lifecycle"]["preStop"]["exec"]["command"][1]) for box in pod["containers"]]
        assert pod["terminationGracePeriodSeconds"] - leaving > GUNICORN
        assert _deployment(name)["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert "--graceful-timeout" not in (ROOT / "Dockerfile").read_text()


def test_a_worker_has_time_for_the_longest_task() -> None:
    longest = settings.CELERY_TASK_TIME_LIMIT

    assert _seconds(_compose()["worker"]["stop_grace_period"]) > longest
    assert _deployment("worker")["template"]["spec"]["terminationGracePeriodSeconds"] > longest
    # The signal has to reach Celery itself: behind a shell it would end cold.
    assert _compose()["worker"]["command"][0] == "celery"
    assert settings.CELERY_TASK_ACKS_LATE and settings.CELERY_TASK_REJECT_ON_WORKER_LOST


def test_there_is_one_clock() -> None:
    assert (_deployment("beat")["replicas"], _deployment("beat")["strategy"]["type"]) == (1, "Recreate")
    assert "deploy" not in _compose()["beat"]
