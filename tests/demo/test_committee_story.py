"""The committee of the demo's story judges applications that are there, by the criteria of its call."""

import tomllib

import pytest

from calls.management.commands.load_editions import EDITIONS
from demo import lives
from demo.cast import STORY

SCRIPT = tomllib.loads((STORY / "committee.toml").read_text())
CRITERIA = tomllib.loads((EDITIONS / f"{SCRIPT['call'].partition('-')[0]}.toml").read_text())["criteria"]
MEMBERS = {one["key"]: one for one in SCRIPT["members"]}
#: Applications that wait when the round is opened.
WAITING = {
    story["title"]
    for story in lives.waiting_applications()
    if story.get("submitted_days_ago", 0) > SCRIPT["opened_days_ago"] and "excluded_days_ago" not in story
}


def test_committee_has_one_president_and_enough_members():
    assert [one["key"] for one in SCRIPT["members"] if one.get("role") == "president"] == ["president"]
    assert sum(not one.get("substitute") for one in SCRIPT["members"]) >= SCRIPT["readers"]


@pytest.mark.parametrize(
    "sheet", SCRIPT["sheets"], ids=lambda sheet: f"{sheet['member']}-{sheet['days_ago']}"
)
def test_sheet_fits_the_criteria_of_its_call(sheet):
    assert sheet["member"] in MEMBERS and sheet["application"] in WAITING
    assert sheet["days_ago"] < SCRIPT["opened_days_ago"]
    for points, criterion in zip(sheet["points"], CRITERIA, strict=True):
        assert points == "" or 0 <= points <= criterion["max_points"] * 100
        below = points != "" and points < criterion["min_points"] * 100
        assert not below or sheet.get("draft") or sheet["criterion_comment"]


def test_nobody_judges_where_a_conflict_was_declared():
    judged = {(sheet["member"], sheet["application"]) for sheet in SCRIPT["sheets"]}
    for conflict in SCRIPT["conflicts"]:
        assert conflict["application"] in WAITING
        assert (conflict["member"], conflict["application"]) not in judged
