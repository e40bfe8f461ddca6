"""The pages on which owners withdraw or confirm a reduced project, and on which donors leave."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Donation
from matching.models import Withdrawal
from tests.factories import give, give_outside, make_call, make_campaign
from tests.matching.undoing import awarded_campaign, end
from tests.pages import browser_of, words_of
from tests.passwords import quick_passwords

__all__ = ["quick_passwords"]

Status = Campaign.Status


def page_of(campaign: Campaign, name: str) -> str:
    """Return the address of one of a campaign's pages."""
    return reverse(f"matching:{name}", args=[campaign.slug])


def edit(campaign: Campaign, person: User) -> User:
    """Let a person write for the body of a campaign."""
    Membership.objects.create(
        organization=campaign.organization,
        user=person,
        role=Membership.Role.EDITOR,
        created_at=timezone.now(),
    )
    return person


@pytest.fixture
def keeping(stripe: str, officer: User, organizer: User) -> Campaign:
    """Return a campaign that has ended below its threshold, its promoter being asked."""
    call = make_call(officer=officer, funding_mode=Call.FundingMode.KEEP_IT_ALL)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=4000)
    return end(campaign)


@pytest.mark.parametrize(
    ("stage", "state", "says"),
    [
        ("running", "done", "è ritirata"),
        ("reached", "asked", "agli uffici"),
        ("awarded", "asked", "agli uffici"),
    ],
)
def test_owner_reads_what_follows_and_withdraws(
    campaign: Campaign, organizer: User, stage: str, state: str, says: str
) -> None:
    if stage == "awarded":
        awarded_campaign(campaign)
    else:
        give(campaign=campaign, amount_cents=1_000_000 if stage == "reached" else 5000)
    owner, page = browser_of(organizer), page_of(campaign, "withdraw")
    manage = reverse("campaigns:campaign_manage", args=[campaign.slug])
    assert page in owner.get(manage).content.decode()
    assert owner.get(page).status_code == 200

    unread = owner.post(page, {"reason": "Il locale è venduto."})
    assert unread.status_code == 422 and "Il locale è venduto." in unread.content.decode()
    answer = owner.post(page, {"reason": "Il locale è venduto.", "is_understood": "on"}, follow=True)

    done = Withdrawal.objects.get()
    assert (done.stage, done.state, done.asked_by) == (stage, state, organizer)
    assert says in words_of(answer)
    again = owner.post(page, {"reason": "Di nuovo.", "is_understood": "on"}, follow=True)
    assert again.redirect_chain and Withdrawal.objects.count() == 1


def test_owner_reads_that_gifts_outside_the_site_are_given_back_by_hand(
    organizer: User, officer: User, stripe: str
) -> None:
    call = make_call(officer=officer, offline_share_bp=5000)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=5000)
    give_outside(campaign=campaign, officer=officer, amount_cents=120_000)

    words = words_of(browser_of(organizer).get(page_of(campaign, "withdraw"))).replace("\xa0", " ")

    assert "Restituisci tu 1.200 €" in words and "1.250 €" not in words


@pytest.mark.parametrize("name", ["withdraw", "reduced_project"])
def test_pages_are_for_owners(keeping: Campaign, donor: User, stranger: User, name: str) -> None:
    page = page_of(keeping, name)

    assert browser_of(None).get(page).status_code == 302
    for person in (stranger, edit(keeping, donor)):
        assert browser_of(person).get(page).status_code == 404
        assert browser_of(person).post(page, {"give_back": "1", "reason": "x"}).status_code == 404
    assert Campaign.objects.get().status == Status.KEEPING


def test_owner_confirms_a_reduced_project_and_a_donor_leaves(keeping: Campaign, organizer: User) -> None:
    owner, page = browser_of(organizer), page_of(keeping, "reduced_project")
    gift, visitor = Donation.objects.get(), browser_of(None)
    status = reverse("donations:donation_status", args=[gift.access_token])
    leave = reverse("donations:donation_leave", args=[gift.access_token])
    assert page in owner.get(reverse("campaigns:campaign_manage", args=[keeping.slug])).content.decode()
    assert owner.post(page, {"project": " "}).status_code == 422
    assert leave not in visitor.get(status).content.decode()
    assert visitor.post(leave, follow=True).status_code == 200
    gift.refresh_from_db()
    assert gift.status == "settled"

    owner.post(page, {"project": "Solo il cortile."})

    keeping.refresh_from_db()
    assert (keeping.kept_project, keeping.keep_answered_by) == ("Solo il cortile.", organizer)
    shown = visitor.get(status)
    assert leave in shown.content.decode() and "Solo il cortile." in words_of(shown)
    assert visitor.get(leave).status_code == 405
    with time_machine.travel(keeping.leave_until, tick=False):
        late = visitor.post(leave, follow=True)
        assert "non si può più" in words_of(late)
    visitor.post(leave)
    gift.refresh_from_db()
    assert (gift.status, gift.reversals.get().reason) == ("refund_due", "left")
    assert leave not in visitor.get(status).content.decode()
    assert owner.get(page, follow=True).redirect_chain


def test_owner_gives_everything_back(keeping: Campaign, organizer: User) -> None:
    owner, page = browser_of(organizer), page_of(keeping, "reduced_project")

    owner.post(page, {"give_back": "1"})

    keeping.refresh_from_db()
    assert (keeping.status, keeping.keep_answered_by) == (Status.FAILED, organizer)


def test_answer_after_the_days_is_refused_in_words(keeping: Campaign, organizer: User) -> None:
    with time_machine.travel(keeping.keep_until, tick=False):
        owner = browser_of(organizer)
        answer = owner.post(page_of(keeping, "reduced_project"), {"project": "Solo il cortile."}, follow=True)

    assert "Il tempo per rispondere" in words_of(answer)
    keeping.refresh_from_db()
    assert keeping.kept_at is None
