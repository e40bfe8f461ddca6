"""A committee that has all its sheets: its president is told that the round is to be closed."""

import pytest
from django.urls import reverse

from accounts.models import User
from calls.models import Call
from tests.desk import desk_of
from tests.vetting import judging


@pytest.fixture
def call(officer: User) -> Call:
    """Return a call with three criteria."""
    return judging.make_judged_call(officer=officer)


def test_a_round_with_all_its_sheets_waits_for_its_president(call: Call, officer: User) -> None:
    judging.make_committee(call, by=officer, members=2)
    judging.make_applications(call, 2)
    round_ = judging.make_assigned_round(call, by=officer, readers=2)
    first_page = reverse("admin:index")
    leader = desk_of(judging.president_of(round_))

    def waiting() -> list[str]:
        return [str(card["title"]) for card in leader.get(first_page).context["waiting"]]

    last = round_.assignments.last()
    for assignment in round_.assignments.exclude(pk=last.pk):
        judging.judge(assignment, 40, 20, 10)
    assert "Rounds with all their sheets, to be closed with the minutes" not in waiting()
    judging.judge(last, 40, 20, 10)
    assert "Rounds with all their sheets, to be closed with the minutes" in waiting()
    judging.close(round_)
    assert "Rounds with all their sheets, to be closed with the minutes" not in waiting()
