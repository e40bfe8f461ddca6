"""What moves money or publishes asks the officer to have signed in a short while ago."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from campaigns.services import suspend_campaign
from tests import factories
from tests.desk import desk_of, row_url, seen_on, sign_in_freshly, take_step, text_of

#: The steps that move money or publish something, by model and name.
FRESH = {
    "accounts.bankaccount": {"read_iban"},
    "calls.amendment": {"confirm"},
    "calls.call": {"publish"},
    "calls.callanswer": {"correct"},
    "calls.callquestion": {"answer_it"},
    "calls.fund": {"raise_fund", "lower_fund", "carry_over"},
    "calls.stop": {"confirm_on"},
    "calls.supportrequest": {"grant"},
    "campaigns.campaign": {"approve", "end", "extend", "lower_cost", "let_leave"},
    "campaigns.campaignupdate": {"show_again"},
    "campaigns.galleryitem": {"show_again"},
    "campaigns.question": {"show_again"},
    "donations.campaignmoney": {"pay_out", "choose_flow"},
    "donations.difference": {"clear"},
    "donations.donation": {"accept", "give_back", "flag"},
    "donations.offlinedonation": {"verify", "annul", "owe_back", "accept_return"},
    "donations.reversal": {"try_again", "record_transfer"},
    "matching.cure": {"record_payment"},
    "matching.incorporation": {"confirm"},
    "matching.revocation": {"confirm"},
    "matching.shortfall": {"cover"},
    "matching.withdrawal": {"acknowledge"},
    "vetting.decisionproposal": {"confirm"},
    "vetting.ranking": {"publish"},
}
#: Those that move nothing and publish nothing: refusals, proposals that a second person confirms, stops, remarks.
CALM = {
    "accounts.bankaccount": {"stop"},
    "accounts.claim": {"accept", "refuse"},
    "accounts.mail": {"send_again"},
    "calls.amendment": {"refuse"},
    "accounts.organization": {"correct"},
    "calls.applicant": {"begin"},
    "calls.application": {"admit", "turn_down", "annul", "write"},
    "calls.draft": {"write"},
    "campaigns.campaignupdate": {"hide", "let_stand"},
    "campaigns.galleryitem": {"hide", "let_stand"},
    "campaigns.problem": {"close_it"},
    "campaigns.question": {"hide", "let_stand"},
    "calls.call": {"amend", "switch_off"},
    "calls.callfaq": {"end"},
    "calls.callquestion": {"decline"},
    "calls.stop": {"confirm_off", "refuse_off", "propose_on", "refuse_on"},
    "calls.supportrequest": {"refuse"},
    "campaigns.campaign": {"send_back", "take_back", "suspend", "resume"},
    "donations.fraudwarning": {"keep"},
    "donations.giftpause": {"resume"},
    "donations.offlinedonation": {"refuse", "refuse_return"},
    "donations.reversal": {"ask_again"},
    "matching.grant": {"propose"},
    "matching.incorporation": {"refuse"},
    "matching.revocation": {"drop"},
    "matching.shortfall": {"propose"},
    "matching.withdrawal": {"propose"},
    "vetting.assignment": {"replace"},
    "vetting.committeemember": {"end"},
    "vetting.decisionproposal": {"drop"},
    "vetting.eligibilitycheck": {"admissible", "ask", "call_off", "checklist", "inadmissible", "reopen"},
    "vetting.rankedsession": {"close_reserve", "final", "move_up", "provisional"},
    "vetting.ranking": {"drop"},
    "vetting.reviewrequest": {"answer_it"},
    "vetting.round": {
        "assign",
        "assign_evenly",
        "close",
        "confirm_reopen",
        "drop_reopen",
        "move_due",
        "reopen",
    },
}


def marked(fresh: bool) -> dict[str, set[str]]:
    """Return the steps of the desk that ask for a fresh login, or those that do not."""
    found: dict[str, set[str]] = {}
    for model, model_admin in admin.site._registry.items():
        for name, step in getattr(model_admin, "steps", {}).items():
            if step.needs_fresh_login is fresh:
                found.setdefault(model._meta.label_lower, set()).add(name)
    return found


def test_every_step_says_whether_it_moves_money_or_publishes() -> None:
    assert marked(fresh=True) == FRESH
    assert marked(fresh=False) == CALM


@pytest.fixture
def draft(officer: User) -> Call:
    """Return a call that can be published."""
    return factories.make_draft_call()


def stale(officer: User) -> Client:
    """Return the browser of an officer who has signed in 16 minutes ago."""
    desk = desk_of(officer)
    sign_in_freshly(desk, officer, seconds_ago=16 * 60)
    return desk


def signed_in_again(desk: Client, address: str) -> Any:
    """Write the password on the page the desk has led to, and follow where that leads."""
    assert address.startswith(reverse("account_reauthenticate"))
    back = address.partition("next=")[2].replace("%2F", "/")
    return desk.post(
        reverse("account_reauthenticate"), {"password": "una-parola-lunga", "next": back}, follow=True
    )


def test_a_step_asks_before_anything_is_typed(draft: Call, officer: User) -> None:
    desk = stale(officer)

    asked = desk.get(row_url(draft, "publish"))
    page = signed_in_again(desk, asked["Location"])

    assert page.redirect_chain[-1][0] == row_url(draft, "publish")
    assert "Nothing has been done yet" not in text_of(page)
    take_step(desk, row_url(draft, "publish"))
    draft.refresh_from_db()
    assert draft.status == Call.Status.PUBLISHED


def test_a_step_sent_too_late_acts_only_after_signing_in_and_confirming_again(
    draft: Call, officer: User
) -> None:
    desk = desk_of(officer)
    address = row_url(draft, "publish")
    seen = seen_on(desk.get(address))
    sign_in_freshly(desk, officer, seconds_ago=16 * 60)

    asked = desk.post(address, {"seen": seen})
    page = signed_in_again(desk, asked["Location"])

    draft.refresh_from_db()
    assert draft.status == Call.Status.DRAFT
    assert "Nothing has been done yet: read what follows, then confirm." in text_of(page)


def test_what_was_typed_is_there_again_after_signing_in_and_gone_afterwards(
    call: Call, officer: User
) -> None:
    fund = call.funds.get()
    desk = desk_of(officer)
    address = row_url(fund, "raise_fund")
    seen = seen_on(desk.get(address))
    sign_in_freshly(desk, officer, seconds_ago=16 * 60)

    asked = desk.post(address, {"act_number": "DD 77/2027", "reason": "Più fondi.", "seen": seen})
    page = signed_in_again(desk, asked["Location"])

    assert "DD 77/2027" in page.content.decode() and "Più fondi." in page.content.decode()
    assert "DD 77/2027" not in desk.get(address).content.decode()


def test_a_preview_asks_for_nothing(call: Call, officer: User) -> None:
    fund = call.funds.get()

    answer = stale(officer).post(row_url(fund, "raise_fund"), {"preview": "1"})

    assert answer.status_code == 200


def test_a_calm_step_asks_for_nothing(call: Call, officer: User) -> None:
    assert stale(officer).get(row_url(call, "switch_off")).status_code == 200


def test_a_wrong_password_leads_nowhere(draft: Call, officer: User) -> None:
    desk = stale(officer)
    asked = desk.get(row_url(draft, "publish"))

    desk.post(asked["Location"], {"password": "sbagliata"})

    assert desk.get(row_url(draft, "publish")).status_code == 302


def test_a_step_that_writes_to_many_comes_back_after_signing_in(campaign: Campaign, officer: User) -> None:
    campaign = suspend_campaign(campaign=campaign, by=officer, reason="Un controllo.", now=timezone.now())
    desk = desk_of(officer)
    address = row_url(campaign, "end")
    seen = seen_on(desk.get(address))
    sign_in_freshly(desk, officer, seconds_ago=16 * 60)

    asked = desk.post(address, {"seen": seen})
    page = signed_in_again(desk, asked["Location"])

    assert page.status_code == 200
    assert "Nothing has been done yet: read what follows, then confirm." in text_of(page)
