"""Nobody decides at the desk about a promoter to whom he or she belongs: every step of every page asks."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from accounts.models import Organization, User
from civicfund.desk.own import LEADS, belongs_to_promoter
from tests.factories import make_organization

#: The models whose rows concern no single promoter.
OF_NOBODY = {"mail", "call", "amendment", "stop", "fund", "difference"} | {
    "callquestion",
    "callanswer",
    "callfaq",
    "round",
    "committeemember",
    "ranking",
    "rankedsession",
}

STEPS = [
    (model_admin, name)
    for model_admin in admin.site._registry.values()
    for name in getattr(model_admin, "steps", {})
]


def row_of(model: Any, body: Organization) -> Any:
    """Return a row, unsaved, that concerns a body by as many rows in between as its model has."""
    if issubclass(model, Organization):
        return model.objects.get(pk=body.pk)
    row = model(pk=1)
    for field in model._meta.fields:
        if field.name in LEADS:
            setattr(row, field.name, row_of(field.related_model, body))
            break
    return row


@pytest.mark.parametrize(
    ("model_admin", "name"),
    [pytest.param(one, name, id=f"{one.opts.model_name}-{name}") for one, name in STEPS],
)
def test_take_refuses_whoever_belongs_to_the_promoter(
    model_admin: Any,
    name: str,
    rf: RequestFactory,
    organizer: User,
    officer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = row_of(model_admin.model, make_organization(user=organizer))
    step = model_admin.steps[name]
    said: list[str] = []
    request = rf.post("/")
    request.user = organizer
    monkeypatch.setattr(type(model_admin), "get_object", lambda *_args: row)
    monkeypatch.setattr("django.contrib.messages.error", lambda _request, words: said.append(str(words)))
    monkeypatch.setattr(step, "is_possible", classmethod(lambda *_args: False))

    assert step.take(model_admin, request, "1").status_code == 302

    own = model_admin.opts.model_name not in OF_NOBODY
    assert said == [str(step.own_body if own else step.too_late)]
    assert not belongs_to_promoter(officer, row)


def test_every_desk_of_the_house_has_steps_that_are_asked() -> None:
    apps = {model_admin.opts.app_label for model_admin, _name in STEPS}

    assert {"calls", "campaigns", "donations", "matching"} <= apps
