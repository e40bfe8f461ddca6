"""The officers' desk for gifts outside the site: what waits, what was found, and what went back."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import OfflineDonation
from ledger.services import raised_cents
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.factories import enter_outside, give, give_outside, make_call, make_campaign
from tests.matching.outside import prove_return
from tests.matching.undoing import end

Status = OfflineDonation.Status


def test_officer_verifies_less_than_was_entered(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    queue = list_url(OfflineDonation, queue="entered")
    assert "Every gift outside the site has been looked at" in text_of(desk.get(queue))
    give(campaign=campaign, amount_cents=800_000)
    gift = enter_outside(campaign=campaign, amount_cents=350_000, name="Lia Bianchi")
    enter_outside(campaign=campaign, amount_cents=350_000)
    assert "Gifts outside the site to verify" in text_of(desk.get(reverse("admin:index")))
    assert "Lia Bianchi" in text_of(desk.get(queue))

    page = text_of(desk.get(row_url(gift, "verify")))
    for words in (
        "Of €3,500, €3,000 count",
        "€500 do not count",
        "it reaches its threshold",
        "same amount and day",
    ):
        assert words in page, words
    refused = take_step(desk, row_url(gift, "verify"), amount="3500,01", party="citizen", reason="Visto")
    assert "From one cent to €3,500 can be verified" in text_of(refused)
    done = take_step(desk, row_url(gift, "verify"), amount="2000", party="citizen", reason="Visto il conto")

    gift.refresh_from_db()
    assert "€2,000 of it count" in text_of(done)
    assert (gift.status, gift.note, raised_cents(campaign)) == (Status.VERIFIED, "Visto il conto", 1_000_000)
    assert "Verify…" not in text_of(desk.get(row_url(gift)))


def test_officer_reads_where_a_campaign_is_by_the_count_of_its_call(
    stripe: str, officer: User, organizer: User
) -> None:
    call = make_call(officer=officer, count_basis=Call.CountBasis.NET)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=campaign, amount_cents=900_000)
    gift = enter_outside(campaign=campaign, amount_cents=100_000)
    desk = desk_of(officer)

    page = text_of(desk.get(row_url(gift, "verify")))
    assert "The campaign then has €10,000 of" not in page and "reaches its threshold" not in page
    take_step(desk, row_url(gift, "verify"), amount="1000", party="citizen", reason="Visto")

    campaign.refresh_from_db()
    assert (campaign.reached_at, raised_cents(campaign)) == (None, 1_000_000)
    assert "below" not in text_of(desk.get(row_url(gift, "annul")))


def test_officer_refuses_annuls_and_lets_go_back_with_a_reason(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    entered = enter_outside(campaign=campaign)
    first, second = (give_outside(campaign=campaign, officer=officer) for _number in range(2))

    for gift, step, state in [
        (entered, "refuse", Status.REFUSED),
        (first, "annul", Status.ANNULLED),
        (second, "owe_back", Status.RETURN_DUE),
        (second, "annul", Status.ANNULLED),
    ]:
        assert "This field is required" in text_of(take_step(desk, row_url(gift, step), reason=""))
        take_step(desk, row_url(gift, step), reason="Non convince")
        gift.refresh_from_db()
        assert gift.status == state
    assert raised_cents(campaign) == 0


def test_officer_checks_a_proof_of_return(campaign: Campaign, officer: User) -> None:
    desk = desk_of(officer)
    gift = give_outside(campaign=campaign, officer=officer, amount_cents=5000)
    end(campaign)
    gift.refresh_from_db()
    assert gift.name in text_of(desk.get(list_url(OfflineDonation, queue="return_due")))
    assert "No proof of a return waits" in text_of(desk.get(list_url(OfflineDonation, queue="returns")))

    prove_return(gift)
    assert gift.name in text_of(desk.get(list_url(OfflineDonation, queue="returns")))
    take_step(desk, row_url(gift, "refuse_return"), reason="Manca il nome")
    assert "Manca il nome" in text_of(desk.get(row_url(gift)))
    prove_return(gift)
    page = take_step(desk, row_url(gift, "accept_return"))

    gift.refresh_from_db()
    campaign.refresh_from_db()
    assert "nothing of this gift is owed any more" in text_of(page)
    assert (gift.status, campaign.status) == (Status.RETURNED, Campaign.Status.REFUNDED)


def test_desk_counts_what_a_promoter_does_not_give_back(campaign: Campaign, officer: User) -> None:
    gift = give_outside(campaign=campaign, officer=officer, amount_cents=5000)
    end(campaign)
    gift.refresh_from_db()
    assert gift.return_due_at is not None
    waits, overdue = "that promoters do not give back", list_url(OfflineDonation, queue="overdue")
    for days, is_shown in ((29, False), (30, True)):
        with time_machine.travel(gift.return_due_at + timedelta(days=days, minutes=1), tick=False):
            desk = desk_of(officer)
            assert (gift.name in text_of(desk.get(overdue))) is is_shown
            waiting = [one["title"] for one in desk.get(reverse("admin:index")).context["waiting"]]
            assert any(waits in str(title) for title in waiting) is is_shown

    prove_return(gift)
    with time_machine.travel(gift.return_due_at + timedelta(days=31), tick=False):
        assert "left every reminder unheard" in text_of(desk_of(officer).get(overdue))


def test_desk_refuses_the_own_bodys_gifts_and_those_without_the_right(
    campaign: Campaign, officer: User, organizer: User
) -> None:
    gift = enter_outside(campaign=campaign)
    organizer.is_staff = organizer.is_superuser = True
    organizer.save()
    values = {"amount": "20", "party": "citizen", "reason": "Visto"}

    own = desk_of(organizer).post(row_url(gift, "verify"), values, follow=True)
    assert "another officer has to do this" in text_of(own)
    reader = desk_of(officer_with("donations.view_offlinedonation"))
    assert reader.get(row_url(gift)).status_code == 200
    assert reader.post(row_url(gift, "verify"), values).status_code in (302, 403)
    assert desk_of(officer_with("donations.view_donation")).get(row_url(gift)).status_code == 403

    gift.refresh_from_db()
    assert gift.status == Status.ENTERED


@pytest.mark.parametrize("way", ["add", "delete"])
def test_desk_neither_adds_nor_deletes(campaign: Campaign, officer: User, way: str) -> None:
    gift = enter_outside(campaign=campaign, now=timezone.now())
    url = reverse("admin:donations_offlinedonation_add") if way == "add" else row_url(gift, "delete")

    assert desk_of(officer).get(url).status_code == 403
