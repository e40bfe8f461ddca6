"""The desk about what undoes a campaign or a grant: each queue, each step, who may take it, and what it refuses."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Mail, User
from campaigns.models import Campaign, CostVariation, DeadlineExtension
from donations.models import Donation
from ledger.models import Account, Entry
from ledger.services import balance, raised_cents
from matching.models import Grant, Revocation, Shortfall, Withdrawal
from matching.services import follow_shortfall, withdraw_campaign
from tests.desk import desk_of, list_url, officer_with, row_url, seen_on, take_step, text_of
from tests.factories import give, make_call, make_campaign, make_user
from tests.matching.undoing import awarded_campaign, end, undo

Kind = Account.Kind
Status = Campaign.Status
ACT = {"act_number": "DD 1234", "act_date": "2026-11-02"}


@pytest.fixture
def treasurer(db: None) -> User:
    """Return a second officer."""
    return make_user("treasurer", is_staff=True, is_superuser=True)


def waiting(user: User) -> dict[str, int]:
    """Return what the first page counts as waiting."""
    cards = desk_of(user).get(reverse("admin:index")).context["waiting"]
    return {str(card["title"]): card["count"] for card in cards}


def offered(desk: Client, row: object) -> str:
    """Return a row's own page; each step that can be taken is a link on it."""
    return desk.get(row_url(row)).content.decode()


def test_withdrawal_above_the_threshold_is_taken_note_of(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    give(campaign=campaign, amount_cents=1_000_000)
    asked = withdraw_campaign(
        campaign=campaign, reason="Il locale è venduto.", by=organizer, now=timezone.now()
    )
    desk, url = desk_of(officer), row_url(asked, "acknowledge")
    assert waiting(officer)["Withdrawals to take note of"] == 1
    assert campaign.title in text_of(desk.get(list_url(asked)))
    assert url in offered(desk, asked) and row_url(asked, "propose") not in offered(desk, asked)
    told = text_of(desk.get(url))
    assert "Il locale è venduto." in told and "1 gift goes back" in told and "€10,000 that are set" in told
    assert desk_of(officer_with("matching.view_withdrawal")).get(url).status_code == 403

    assert "Noted" in text_of(take_step(desk, url))

    asked.refresh_from_db()
    campaign.refresh_from_db()
    assert (asked.state, asked.acknowledged_by, campaign.status) == ("done", officer, Status.WITHDRAWN)
    assert "faster" in text_of(desk.get(url, follow=True))
    assert "No withdrawal waits" in text_of(desk.get(list_url(asked)))
    assert "Il locale è venduto." in text_of(desk.get(row_url(campaign)))


def test_waiver_is_proposed_by_one_and_confirmed_by_another(
    campaign: Campaign, officer: User, organizer: User, treasurer: User
) -> None:
    grant = awarded_campaign(campaign)
    asked = withdraw_campaign(campaign=campaign, reason="Rinunciamo.", by=organizer, now=timezone.now())
    first, second = desk_of(officer), desk_of(treasurer)
    assert waiting(officer)["Grants given up: propose the act that takes them back"] == 1
    assert row_url(asked, "acknowledge") not in offered(first, asked)
    proposal = {"cause": "waiver", "reason": "Rinunciamo."}
    assert 'value="waiver" selected' in first.get(row_url(asked, "propose")).content.decode()

    take_step(first, row_url(asked, "propose"), **proposal)

    revocation = Revocation.objects.get()
    assert (revocation.cause, revocation.proposed_by) == ("waiver", officer)
    assert waiting(officer) == {}
    assert waiting(treasurer) == {"Proposed revocations and refusals of grants": 1}
    assert row_url(asked, "propose") not in offered(first, asked)
    url, office = row_url(revocation, "confirm"), {"office": "Area Cultura"}
    assert "You proposed this yourself" in text_of(first.get(url))
    assert "somebody else" in text_of(take_step(first, url, **ACT, **office))
    tomorrow = {**ACT, "act_date": str(timezone.localdate() + timedelta(days=1))}
    assert "still to come" in text_of(second.post(url, {**tomorrow, **office, "seen": ""}))
    told = text_of(second.get(url))
    assert "€10,000 is taken back" in told and "every gift goes back" in told
    assert Grant.objects.get().state == "awarded"

    take_step(second, url, **ACT, **office)

    grant.refresh_from_db()
    campaign.refresh_from_db()
    revocation.refresh_from_db()
    assert (grant.state, campaign.status, revocation.decided_by) == ("revoked", Status.WITHDRAWN, treasurer)
    assert (revocation.act.number, revocation.act.office) == ("DD 1234", "Area Cultura")
    assert balance(Kind.AWARDED, fund=grant.fund, campaign=campaign) == 0
    assert Withdrawal.objects.get().state == "done"
    call_command("audit")


def test_grant_is_refused_before_its_award_and_a_proposal_dropped_with_a_reason(
    campaign: Campaign, officer: User, treasurer: User
) -> None:
    grant, desk = Grant.objects.get(campaign=campaign), desk_of(officer)
    url = row_url(grant, "propose")
    clerk = officer_with("matching.view_grant", "matching.view_revocation")
    assert url not in offered(desk_of(clerk), grant) and desk_of(clerk).get(url).status_code == 403
    checks = {"cause": "checks", "reason": "Il DURC non è regolare."}
    assert "This field is required" in text_of(desk.post(url, {**checks, "reason": " ", "seen": ""}))

    take_step(desk, url, **checks)
    dropped = Revocation.objects.get()
    assert desk_of(clerk).get(row_url(dropped, "drop")).status_code == 403
    assert url not in offered(desk, grant)
    take_step(desk, row_url(dropped, "drop"), reason="Il DURC è arrivato.")
    take_step(desk, url, **checks)
    revocation = Revocation.objects.proposed().get()
    take_step(desk_of(treasurer), row_url(revocation, "confirm"), **ACT, office="Area Cultura")

    dropped.refresh_from_db()
    grant.refresh_from_db()
    assert (dropped.state, dropped.drop_reason) == ("dropped", "Il DURC è arrivato.")
    assert (grant.state, balance(Kind.AVAILABLE, fund=grant.fund)) == ("refused", 60_000_000)
    assert "Il DURC è arrivato." in text_of(desk.get(row_url(dropped)))
    page = desk.get(row_url(campaign)).content.decode()
    assert row_url(revocation) in page and row_url(grant) in page


@pytest.mark.parametrize("promoter_may_cure", [True, False])
def test_cure_says_what_is_missing_and_takes_a_traced_payment_if_the_call_allows(
    stripe: str, officer: User, organizer: User, promoter_may_cure: bool
) -> None:
    call = make_call(officer=officer, promoter_may_cure=promoter_may_cure)
    long_ago = timezone.now() - timedelta(days=42)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=400_000)
    undo(give(campaign=campaign, amount_cents=600_000), officer)
    Campaign.objects.filter(pk=campaign.pk).update(
        opens_at=long_ago, opened_at=long_ago, closes_at=timezone.now() - timedelta(days=1)
    )
    campaign.refresh_from_db()
    cure = end(campaign).cure
    desk, url = desk_of(officer), row_url(cure, "record_payment")
    assert waiting(officer)["Thresholds to restore"] == 1
    words = text_of(desk.get(list_url(cure)))
    assert (
        campaign.title in words
        and "€6,000" in words
        and f"{timezone.localtime(cure.until):%-d %B %Y}" in words
    )
    assert "has to be restored" in text_of(desk.get(row_url(campaign)))
    assert (url in offered(desk, cure)) is promoter_may_cure
    if not promoter_may_cure:
        assert "faster" in text_of(desk.get(url, follow=True))
        return
    assert desk_of(officer_with("matching.view_cure", "matching.change_cure")).get(url).status_code == 403
    assert "This field is required" in text_of(desk.post(url, {"evidence": "", "seen": ""}))

    # What is missing changes while the page is open: the officer has seen no proof of the new sum.
    read = seen_on(desk.get(url))
    last = give(campaign=campaign, amount_cents=1000)
    stale = desk.post(url, {"evidence": "Bonifico CRO 4711", "seen": read})
    assert "What follows has changed" in text_of(stale) and "€5,990" in text_of(stale)
    assert not cure.payments.exists()
    undo(last, officer)

    take_step(desk, url, evidence="Bonifico CRO 4711")

    payment = cure.payments.get()
    assert (payment.amount_cents, payment.recorded_by, payment.evidence) == (
        600_000,
        officer,
        "Bonifico CRO 4711",
    )
    assert raised_cents(campaign) == 1_000_000
    assert "Bonifico CRO 4711" in text_of(desk.get(row_url(cure)))
    call_command("audit")


def test_shortfall_is_covered_and_a_grave_one_proposed_for_revocation(
    campaign: Campaign, officer: User
) -> None:
    give(campaign=campaign, amount_cents=50_000)
    grant = awarded_campaign(campaign)
    desk = desk_of(officer)
    undo(Donation.objects.get(amount_cents=50_000), officer)
    undo(give(campaign=campaign, amount_cents=1000), officer)
    assert follow_shortfall(grant=grant, now=timezone.now()) is None
    gift = give(campaign=campaign, amount_cents=60_000)
    undo(Donation.objects.get(amount_cents=400_000), officer)
    give(campaign=campaign, amount_cents=290_000)
    small = follow_shortfall(grant=grant, now=timezone.now())
    assert (small.amount_cents, Shortfall.objects.grave().count()) == (50_000, 0)
    # A small one is weighed once the days to restore a threshold are over.
    with override("it"):
        assert str(small.get_state_display()) == "aperto"
    tenth_day = small.opened_at + timedelta(days=10)
    assert not Shortfall.objects.to_weigh(tenth_day - timedelta(seconds=1)).exists()
    assert Shortfall.objects.to_weigh(tenth_day).get() == small
    assert "Shortfalls over 5% or beyond their days: weigh a revocation" not in waiting(officer)

    take_step(desk, row_url(small, "cover"), note="Bonifico del 2 novembre.")
    undo(gift, officer)
    grave = follow_shortfall(grant=grant, now=timezone.now())

    small.refresh_from_db()
    assert (small.state, small.covered_by, small.note) == ("covered", officer, "Bonifico del 2 novembre.")
    assert (grave.amount_cents, Shortfall.objects.grave().get()) == (60_000, grave)
    assert waiting(officer)["Shortfalls over 5% or beyond their days: weigh a revocation"] == 1
    words = text_of(desk.get(list_url(grave)))
    assert "€600" in words and "6%" in words and " 2 " in words
    clerk = desk_of(officer_with("matching.view_shortfall"))
    for step in ("cover", "propose"):
        assert clerk.get(row_url(grave, step)).status_code == 403
    take_step(desk, row_url(grave, "propose"), cause="shortfall", reason="Si ripete.")
    assert Revocation.objects.get().grant == grant
    assert not Shortfall.objects.to_weigh(timezone.now() + timedelta(days=99)).exists()


def test_deadline_is_extended_for_the_whole_batch(stripe: str, officer: User, organizer: User) -> None:
    call = make_call(officer=officer, campaign_days_max=45)
    campaign, other = (make_campaign(officer=officer, promoter=organizer, call=call) for _number in range(2))
    desk, url = desk_of(officer), row_url(campaign, "extend")
    assert (
        desk_of(officer_with("campaigns.view_campaign", "campaigns.change_campaign")).get(url).status_code
        == 403
    )
    typed = {**ACT, "reason": "Sciopero dei trasporti."}
    for days in ("40", "46"):
        answer = text_of(desk.post(url, {**typed, "days": days, "seen": ""}))
        assert "From 41 to 45 days" in answer and "Sciopero dei trasporti." in answer
    told = text_of(desk.post(url, {**typed, "days": "45", "preview": "1"}))
    assert campaign.title in told and "not until" in told

    take_step(desk, url, days="45", **typed)

    extension = DeadlineExtension.objects.get()
    assert (extension.days, extension.campaigns, extension.decided_by) == (45, 2, officer)
    for one in (campaign, other):
        one.refresh_from_db()
        assert one.days == 45
    assert Mail.objects.filter(key__startswith="campaign_extended:").count() == 2
    assert "Sciopero dei trasporti." in text_of(desk.get(row_url(other)))
    assert "DD 1234" in text_of(desk.get(list_url(extension)))
    assert url not in offered(desk, campaign)


def test_cost_is_lowered_on_the_campaigns_page(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=200_000)
    desk, url = desk_of(officer), row_url(campaign, "lower_cost")
    assert (
        desk_of(officer_with("campaigns.view_campaign", "campaigns.change_campaign")).get(url).status_code
        == 403
    )
    typed = {**ACT, "reason": "Un forno solo."}
    assert "has to be lower" in text_of(desk.post(url, {**typed, "cost_cents": "20000", "seen": ""}))
    told = text_of(desk.post(url, {**typed, "cost_cents": "15000,01", "preview": "1"}))
    assert "from €10,000 to €7,500.01" in told and "from €10,000 to €7,500 ;" in told
    assert "reached at once" not in told
    assert "reached at once" in text_of(desk.post(url, {**typed, "cost_cents": "4000", "preview": "1"}))

    take_step(desk, url, cost_cents="15000,01", **typed)

    campaign.refresh_from_db()
    assert (campaign.cost_cents, campaign.threshold_cents) == (1_500_001, 750_001)
    assert CostVariation.objects.get().decided_by == officer
    assert "Un forno solo." in text_of(desk.get(row_url(campaign)))
    give(campaign=campaign, amount_cents=600_000)
    assert url not in offered(desk, campaign)
    call_command("audit")


def test_donors_are_let_go_and_the_clocks_stand_on_the_desk(campaign: Campaign, officer: User) -> None:
    give(campaign=campaign, amount_cents=5000)
    desk, url = desk_of(officer), row_url(campaign, "let_leave")

    take_step(desk, url, reason="Il forno si fa in un altro quartiere.")

    campaign.refresh_from_db()
    assert campaign.leave_reason == "Il forno si fa in un altro quartiere."
    assert Mail.objects.filter(key__startswith="donors_may_leave:").count() == 1
    assert waiting(officer) == {"Campaigns that donors may leave now": 1}
    assert "Donors may take their gift back until" in text_of(desk.get(list_url(campaign, queue="leaving")))
    assert "in un altro quartiere" in text_of(desk.get(row_url(campaign)))
    assert url not in offered(desk, campaign)
    assert not Entry.objects.filter(kind="revocation").exists()


def test_reports_of_a_body_are_reached_from_its_page_and_its_campaigns(
    campaign: Campaign, officer: User
) -> None:
    body = campaign.organization
    page = reverse("donations:organization_gifts", args=[body.public_id])
    clerk = desk_of(officer_with("accounts.view_organization", "campaigns.view_campaign"))

    for row in (body, campaign):
        assert desk_of(officer).get(row_url(row, "reports"), follow=True).redirect_chain == [(page, 302)]
        assert row_url(row, "reports") in offered(desk_of(officer), row)
        assert clerk.get(row_url(row, "reports")).status_code == 403
    assert desk_of(officer).get(page).status_code == 200
