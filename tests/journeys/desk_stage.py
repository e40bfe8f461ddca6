"""Scenes for those who vet: `python -m tests.journeys.desk_stage <scene> <JSON>`, a process of the platform."""

import json
import secrets
import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

# The models can be imported only now.
from django.contrib.auth.models import Group  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from calls.models import Application, Call  # noqa: E402
from matching.roles import ROLES  # noqa: E402
from tests import factories  # noqa: E402
from tests.journeys.stage import PASSWORD, person, register_body  # noqa: E402
from tests.vetting import judging  # noqa: E402
from vetting.models import Round  # noqa: E402
from vetting.services import (  # noqa: E402
    appoint_member,
    assign_evenly,
    begin_check,
    open_round,
    propose_exclusion,
)


def offices() -> dict[str, Any]:
    """Make one person of each role, applications that wait for their formal check, a round at work and a proposal."""
    chief = person("officer", is_staff=True, is_superuser=True)
    clerk, second = _at_the_desk("clerk"), _at_the_desk("procedure_officer")
    checked = _call(chief, check_days=30, documents=[{"name": "Statuto", "required": False}])
    waiting = [_applied(checked, f"Da controllare {number}") for number in range(1, 4)]
    for one in waiting:
        begin_check(application=one, now=timezone.now())
    decided = _call(chief)
    unfit = _applied(decided, "Fuori dai termini")
    propose_exclusion(
        application=unfit, by=clerk, reason="Manca la firma del legale rappresentante.", now=timezone.now()
    )
    return {
        "password": PASSWORD,
        "clerk": clerk.email,
        "second": second.email,
        "waiting": [one.title for one in waiting],
        "unfit": unfit.title,
        "unfit_page": f"/candidature/{unfit.public_id}/",
        "call": checked.pk,
        **_committee(chief),
    }


def _committee(chief: User) -> dict[str, Any]:
    """Have a committee of four judge two applications, three members each; one member has a conflict to declare."""
    call = _call(chief, criteria=judging.CRITERIA)
    titles = ["Il cortile", "La ciclofficina"]
    for title in titles:
        _applied(call, title)
    now, president = timezone.now(), _at_the_desk("president")
    members = [_at_the_desk("member") for _one in range(3)]
    for user in (president, *members):
        role = "president" if user == president else "member"
        appoint_member(call=call, user=user, role=role, is_substitute=False, by=chief, now=now, **judging.ACT)
    round_ = open_round(call=call, readers=3, due_at=now + timedelta(days=10), by=chief, now=now)
    assign_evenly(round_=round_, by=chief, now=now)
    return {
        "president": president.email,
        "member": members[0].email,
        "round": f"/gestione/vetting/round/{round_.pk}/change/",
        "round_key": round_.pk,
    }


def others_judge(round_key: int, president: str) -> dict[str, Any]:
    """Have everybody but the president give the sheets that are still to come."""
    round_ = Round.objects.get(pk=round_key)
    for one in round_.assignments.to_judge().unfinished().exclude(member__user__email=president):
        judging.judge(one, 40, 20, 10)
    return {}


def _at_the_desk(key: str) -> User:
    """Make a person who has one role and nothing else."""
    role = next(role for role in ROLES if role.key == key)
    user = person(key.replace("_", "-"), is_staff=True)
    user.groups.add(Group.objects.get(name=role.name))
    return user


def _call(chief: User, **changes: Any) -> Call:
    """Publish a call with a name of its own."""
    mark = secrets.token_hex(3)
    named = {"slug": f"bando-{mark}", "title": f"Bando {mark}", "edition": mark}
    return factories.make_call(officer=chief, now=timezone.now(), **named, **changes)


def _applied(call: Call, title: str) -> Application:
    """Hand in an application of a body of its own."""
    body = register_body(person("ente"))
    return factories.make_application(call=call, organization=body, now=timezone.now(), title=title)


SCENES = {"offices": offices, "others_judge": others_judge}

if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](**json.loads(sys.argv[2]))))
