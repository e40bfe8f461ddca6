"""Nobody decides about the own body: every service that is an officer's word about one promoter refuses a member of it."""

import ast
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Membership, User
from accounts.services import OwnBody
from campaigns import services as pages
from campaigns.models import Campaign
from donations import services as gifts
from donations.models import GiftPause
from matching import services as shares
from matching.models import Grant, Revocation
from tests.campaigns.voices import tell
from tests.factories import enter_outside, give, give_outside, make_user
from tests.matching.outside import prove_return

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a member of the promoter does for it, or what concerns no single promoter.
NOT_ABOUT_A_BODY = {
    # by the promoter
    "accept_offer",
    "answer_question",
    "confirm_reduced_project",
    "correct_answer",
    "decline_offer",
    "edit_update",
    "enter_offline_donation",
    "export_donors",
    "give_return_proof",
    "give_up_reduced_project",
    "keep_body_proof",
    "keep_evidence",
    "record_body",
    "show_document",
    "show_picture",
    "show_video",
    "thank_donors",
    "withdraw_campaign",
    "withdraw_offline_donation",
    "write_update",
    # about a call, a fund, an act, a difference
    "carry_over_fund",
    "clear_difference",
    "decrease_fund",
    "increase_fund",
    "record_act",
    # parts of other services, which have asked
    "carry_word",
    "complete_withdrawal",
    "end_offline",
    "mark_answered",
    "mark_leaving",
    "open_leaving",
    "post_owed",
    "recount",
    "settle_remarks",
    "write_remarks",
}
WORDS = "Visto."
ACT = {"act_number": "DD 7", "act_date": date(2027, 3, 1)}


def test_whoever_belongs_to_the_promoter_is_refused_whatever_is_decided(
    campaign: Campaign, officer: User
) -> None:
    choices = decisions(campaign, officer)
    reader = make_user("reader", is_staff=True, is_superuser=True)
    Membership.objects.create(
        organization=campaign.organization,
        user=reader,
        role=Membership.Role.READER,
        created_at=timezone.now(),
    )

    for decide in choices.values():
        with pytest.raises(OwnBody):
            decide(by=reader, now=timezone.now())


def decisions(campaign: Campaign, officer: User) -> dict[str, Callable[..., Any]]:
    """Return what may be decided about a campaign with gifts of every kind, each as a call that lacks `by` and `now`."""
    now = timezone.now()
    gift, back = give(campaign=campaign, amount_cents=2000), give(campaign=campaign, amount_cents=3000)
    entered = enter_outside(campaign=campaign)
    verified, owed = (give_outside(campaign=campaign, officer=officer) for _number in range(2))
    gifts.owe_offline_return(gift=owed, reason=WORDS, by=officer, now=now)
    proof = prove_return(owed)
    reversal = gifts.owe_refund(donation=back, by=officer, reason=WORDS, now=now)
    pause = GiftPause.objects.create(
        campaign=campaign, began_at=now, until=now + timedelta(hours=1), declines=30, payments=1
    )
    grant = Grant.objects.get(campaign=campaign)
    cause = Revocation.Cause.SHORTFALL
    proposed = shares.propose_revocation(grant=grant, cause=cause, reason=WORDS, by=officer, now=now)
    opened = timezone.localdate(campaign.opens_at)
    lengthened = {"call": campaign.call, "opening_day": opened, "days": 60, "reason": WORDS, **ACT}
    flow = Campaign.PaymentFlow.SEPARATE
    update = tell(campaign, campaign.application.author)
    return {
        "remarks": lambda **who: pages.return_campaign(campaign=campaign, remarks=WORDS, **who),
        "no remark": lambda **who: pages.withdraw_remarks(campaign=campaign, remarks=[1], **who),
        "suspend": lambda **who: pages.suspend_campaign(campaign=campaign, reason=WORDS, **who),
        "resume": lambda **who: pages.resume_campaign(campaign=campaign, **who),
        "end": lambda by, now: pages.end_campaign(campaign=campaign, by=by),
        "ask for a bank account": lambda **who: gifts.ask_again(reversal=reversal, **who),
        "let an update stand": lambda **who: pages.look_at_words(row=update, **who),
        "hide an update": lambda **who: pages.hide_words(row=update, reason=WORDS, **who),
        "extend": lambda **who: pages.extend_deadline(**lengthened, **who),
        "way of the gifts": lambda **who: gifts.choose_flow(
            campaign=campaign, flow=flow, reason=WORDS, **who
        ),
        "end of a pause": lambda **who: gifts.resume_gifts(pause=pause, reason=WORDS, **who),
        "payout": lambda **who: gifts.owe_payout(campaign=campaign, **who),
        "refund": lambda **who: gifts.owe_refund(donation=gift, reason=WORDS, **who),
        "a refund once more": lambda **who: gifts.retry_refund(reversal=reversal, **who),
        "quarantine": lambda **who: gifts.accept_quarantined(donation=gift, reason=WORDS, **who),
        "who gives": lambda **who: gifts.flag_party(donation=gift, party="citizen", reason=WORDS, **who),
        "a gift outside the site": lambda **who: gifts.verify_offline_donation(
            gift=entered, verified_cents=1, party="citizen", note=WORDS, **who
        ),
        "refused": lambda **who: gifts.refuse_offline_donation(gift=entered, reason=WORDS, **who),
        "owed": lambda **who: gifts.owe_offline_return(gift=verified, reason=WORDS, **who),
        "annulled": lambda **who: gifts.annul_offline_donation(gift=verified, reason=WORDS, **who),
        "a return": lambda **who: gifts.accept_return(proof=proof, **who),
        "no return": lambda **who: gifts.refuse_return(proof=proof, reason=WORDS, **who),
        "lower cost": lambda **who: shares.lower_cost(
            campaign=campaign, cost_cents=1, reason=WORDS, **ACT, **who
        ),
        "donors may leave": lambda **who: shares.let_donors_leave(campaign=campaign, reason=WORDS, **who),
        "a grant taken back": lambda **who: shares.propose_revocation(
            grant=grant, cause=cause, reason=WORDS, **who
        ),
        "by an act": lambda **who: shares.confirm_revocation(
            revocation=proposed, office="Cultura", **ACT, **who
        ),
        "or not": lambda **who: shares.drop_revocation(revocation=proposed, reason=WORDS, **who),
    }


def words_of_officers() -> list[Any]:
    """Return every public service of the money's apps in which a person decides, as (name, function, module)."""
    found = []
    for app in ("campaigns", "donations", "matching"):
        for path in sorted((ROOT / app / "services").glob("*.py")):
            tree = ast.parse(path.read_text())
            functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
            found += [
                pytest.param(one, {each.name: each for each in functions}, id=f"{app}-{one.name}")
                for one in functions
                if any(argument.arg == "by" for argument in one.args.kwonlyargs + one.args.args)
                and one.name not in NOT_ABOUT_A_BODY
                and not one.name.startswith(("_", "refuse_own"))
            ]
    return found


@pytest.mark.parametrize(("service", "beside"), words_of_officers())
def test_every_word_of_an_officer_asks(service: ast.FunctionDef, beside: dict[str, ast.FunctionDef]) -> None:
    assert asks(service, beside), f"{service.name} never calls refuse_own_body; is it about no promoter?"


def test_the_list_of_those_that_need_not_ask_is_true() -> None:
    names = set()
    for app in ("campaigns", "donations", "matching"):
        for path in (ROOT / app / "services").glob("*.py"):
            names |= {node.name for node in ast.walk(ast.parse(path.read_text())) if hasattr(node, "name")}

    assert names >= NOT_ABOUT_A_BODY
    assert len(words_of_officers()) > 20


def asks(function: ast.FunctionDef, beside: dict[str, ast.FunctionDef]) -> bool:
    """Say whether a function calls refuse_own_body, or another function of its file that does."""
    called = {getattr(node.func, "id", "") for node in ast.walk(function) if isinstance(node, ast.Call)}
    return any(
        name in ("refuse_own_body", "refuse_own") or (name in beside and asks(beside[name], beside))
        for name in called - {function.name}
    )
