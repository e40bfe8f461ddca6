"""The desk's pages of formal checks: one after the other, by those who may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.vetting.asking import ask, make_checked_call, make_submitted
from vetting.models import EligibilityCheck
from vetting.services import begin_check

NOW = timezone.now()
STEPS = ("checklist", "ask", "admissible", "inadmissible")


@pytest.fixture
def checks(officer: User, organizer: User, stranger: User, donor: User) -> list[EligibilityCheck]:
    """Return three checks, the one that is due first at the head."""
    applications = [
        make_submitted(make_checked_call(officer, check_days=days), user, title=f"Un forno {days}")
        for days, user in ((3, organizer), (20, stranger), (40, donor))
    ]
    return [begin_check(application=application, now=NOW) for application in applications]


def test_checks_are_gone_through_one_after_the_other(checks: list[EligibilityCheck], officer: User) -> None:
    desk, (first, second, third) = desk_of(officer), checks

    listed = text_of(desk.get(list_url(first)))
    assert listed.index("Un forno 3") < listed.index("Un forno 20") < listed.index("Un forno 40")
    page = desk.get(row_url(second)).content.decode()
    assert f'href="{row_url(first)}">← ' in page and f'href="{row_url(third)}">' in page
    for here, following in ((first, second), (third, first)):
        assert desk.post(row_url(here, "checklist"), {"then": "next"})["Location"] == row_url(following)
    done = take_step(
        desk, row_url(second, "inadmissible"), grounds=["cost"], reason="Il costo supera il massimo."
    )
    assert done.redirect_chain[-1][0] == row_url(third)
    ask(third.application, officer)
    asked = desk.get(row_url(third)).content.decode()
    assert "/call-off/" in asked and 'value="admissible"' not in asked
    words = text_of(take_step(desk, row_url(third, "call-off"), reason="Trovato agli atti."))
    assert "Called off" in words and "Trovato agli atti." in words


def test_a_late_check_says_so(checks: list[EligibilityCheck], officer: User) -> None:
    EligibilityCheck.objects.filter(pk=checks[0].pk).update(due_at=NOW - timedelta(days=1))

    assert "late" in text_of(desk_of(officer).get(list_url(checks[0]))).split("Un forno 3", 1)[1][:200]


def test_ask_wants_something_marked_and_tells_until_when(
    checks: list[EligibilityCheck], officer: User
) -> None:
    url = row_url(checks[0], "ask")

    told = desk_of(officer).post(url, {"preview": "1", "days": "5", "fields_open": ["summary"]})
    empty = desk_of(officer).post(url, {"reason": "Manca.", "days": "5"})
    # Nothing is marked when the page opens: that is no news, and no failure.
    assert desk_of(officer).get(url).status_code == 200

    assert "until 23:59 on" in text_of(told) and "Project: Summary" in text_of(told)
    assert "Mark at least one field or document." in text_of(empty)


def test_rights_decide_who_checks(checks: list[EligibilityCheck], evaluator: User) -> None:
    check, reader = checks[0], desk_of(officer_with("vetting.view_eligibilitycheck"))

    page = reader.get(row_url(check))

    assert page.status_code == 200 and b'<button type="submit" name="then"' not in page.content
    assert reader.post(row_url(check), {}).status_code == 403
    for step in STEPS:
        assert reader.post(row_url(check, step), {"then": "stay"}).status_code == 403
        assert desk_of(evaluator).get(row_url(check, step)).status_code == 403
    assert not check.items.exists()


def test_nobody_checks_the_own_body(checks: list[EligibilityCheck], officer: User) -> None:
    body = checks[0].application.organization
    Membership.objects.create(organization=body, user=officer, created_at=NOW)
    desk = desk_of(officer)

    assert b'name="then"' not in desk.get(row_url(checks[0])).content
    refused = desk.post(row_url(checks[0], "checklist"), {"answer_cost": "yes"}, follow=True)

    assert "You belong to the promoter yourself" in text_of(refused)
    assert not checks[0].items.exists()
