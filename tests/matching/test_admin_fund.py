"""Funds at the desk: where the money stands, who waits, and the three steps by act."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call, Fund
from campaigns.models import Campaign
from matching.models import FundMovement, Grant
from matching.services import funds_to_pass_on, next_fund, undecided
from tests.desk import desk_of, list_url, officer_with, row_url, seen_on, take_step, text_of
from tests.factories import give, make_application, make_call, make_campaign, make_organization
from tests.matching.short import accept, offered, reached, release, short_call
from tests.matching.undoing import end

ACT = {
    "act_kind": "executive",
    "act_number": "DG 7/2026",
    "act_date": "2026-03-14",
    "act_office": "Area Cultura",
    "reason": "Variazione di bilancio.",
}


@pytest.fixture
def queue_of_three(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> list[Campaign]:
    """Return three campaigns that have reached one after the other; the fund covers one and a half of their grants."""
    # Nobody else writes here, so nobody has to be waited for.
    monkeypatch.setattr("matching.services.line.QUIET", timedelta(0))
    call = short_call(officer, 1_500_000)
    campaigns = [reached(call, officer, organizer) for _number in range(3)]
    for campaign, title in zip(campaigns, ("Un forno", "Un cinema", "Un orto"), strict=True):
        campaign.title = title
        campaign.save(update_fields=["title"])
    release(campaigns[0])
    return campaigns


def test_fund_page_shows_money_line_offers_and_ledger(queue_of_three: list[Campaign], officer: User) -> None:
    first, second, third = queue_of_three
    offer = offered(second)
    fund = first.fund
    desk = desk_of(officer)

    words = text_of(desk.get(row_url(fund)))

    assert "Put in €15,000 Awarded €10,000 Set aside €5,000 Left €0" in words
    assert "no other campaign gets there €30,000" in words
    assert words.index(f"1 {second.title}") < words.index(f"2 {third.title}")
    assert f"{second.title} : €5,000 of €10,000; the promoter answers until" in words
    assert "€5,000 offered" in words and "10 days left" in words.replace("1 week, 2 days", "10 days")
    assert "the grant is awarded" in words and "-€10,000" in words
    assert "No act has changed it: it holds the €15,000 of the published call." in words
    assert offer.grant.campaign == second
    assert fund.name in text_of(desk.get(list_url(fund)))


def test_fund_page_names_partial_grants_before_the_line(
    queue_of_three: list[Campaign], officer: User, organizer: User
) -> None:
    second, third = queue_of_three[1:]
    accept(offered(second), organizer)
    release(third)
    desk = desk_of(officer)

    words = text_of(desk.get(row_url(second.fund)))

    assert words.index(f"{second.title} : €5,000 of €10,000") < words.index(f"1 {third.title}")
    index = desk.get(reverse("admin:index"))
    waiting = {str(card["title"]): card["count"] for card in index.context["waiting"]}
    assert waiting["Grants waiting for the fund"] == 1
    assert text_of(desk.get(list_url(second.fund, queue="waited_for"))).count(second.fund.name) >= 1


def test_raise_step_completes_and_serves_by_its_act(
    queue_of_three: list[Campaign], officer: User, organizer: User
) -> None:
    second, third = queue_of_three[1:]
    accept(offered(second), organizer)
    release(third)
    desk, url = desk_of(officer), row_url(second.fund, "raise_fund")

    told = text_of(desk.post(url, {**ACT, "amount": "15.000", "preview": "1"}))
    done = text_of(take_step(desk, url, amount="15.000", **ACT))

    assert f"as far as it goes: {second.title}" in told and f"in this order: {third.title}" in told
    assert "The fund is raised by €15,000." in done
    assert "+€15,000 DG 7/2026 · 14/03/2026 · Area Cultura (resolution of the city executive)" in done
    movement = FundMovement.objects.get()
    assert (movement.kind, movement.amount_cents, movement.moved_by) == ("increase", 1_500_000, officer)
    states = Grant.objects.filter(campaign__in=[second, third]).values_list("state", flat=True)
    assert list(states) == ["awarded", "awarded"]
    assert "has moved this fund already" in text_of(take_step(desk, url, amount="15.000", **ACT))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"amount": "0"}, "Write an amount above zero."),
        ({"amount": "molto"}, "Write an amount in euro"),
        ({"act_number": " "}, "This field is required."),
        ({"act_date": "2999-01-01"}, "This day is still to come"),
        ({"reason": ""}, "This field is required."),
    ],
)
def test_raise_step_says_what_to_correct_and_keeps_what_was_typed(
    call: Call, officer: User, changes: dict[str, str], fault: str
) -> None:
    url = row_url(call.funds.get(), "raise_fund")

    response = desk_of(officer).post(url, {**ACT, "amount": "100", "seen": "10000", **changes})

    assert fault in text_of(response)
    assert "Area Cultura" in response.content.decode()
    assert not FundMovement.objects.exists()


def test_lower_step_names_who_would_be_hit(campaign: Campaign, officer: User) -> None:
    desk, url = desk_of(officer), row_url(campaign.fund, "lower_fund")

    refused = text_of(take_step(desk, url, amount="590.000,01", **ACT))

    assert "Only €590,000 is left. This campaign would be hit:" in refused
    assert campaign.title in refused
    assert not FundMovement.objects.exists()
    assert "The fund is lowered by €590,000." in text_of(take_step(desk, url, amount="590.000", **ACT))
    assert FundMovement.objects.get().kind == "decrease"


@pytest.fixture
def windows(stripe: str, officer: User) -> Call:
    """Return a call with a closed window and one that follows, each with a fund of its own."""
    now = timezone.now()
    sessions = [
        {"opens_at": now + opens, "closes_at": now + closes, "allocation_cents": cents}
        for opens, closes, cents in (
            (timedelta(days=-30), timedelta(hours=1), 2_000_000),
            (timedelta(days=5), timedelta(days=60), 1_000_000),
        )
    ]
    return make_call(officer=officer, fund_cents=3_000_000, cap_cents=1_000_000, sessions=sessions)


def in_two_days() -> Any:
    """Return an instant at which the first window has closed."""
    return timezone.now() + timedelta(days=2)


def decided(fund: Fund) -> bool:
    """Say whether a fund is among those to pass on, after asking the two questions one by one."""
    listed = funds_to_pass_on(in_two_days()).filter(pk=fund.pk).exists()
    asked = next_fund(fund) is not None and not list(undecided(fund, in_two_days()))
    assert listed == asked
    return listed


def test_carry_over_step_waits_until_the_window_is_decided(
    windows: Call, officer: User, organizer: User
) -> None:
    first, second = (session.fund for session in windows.sessions.order_by("opens_at"))
    desk = desk_of(officer)
    campaign = make_campaign(officer=officer, promoter=organizer, call=windows)

    page = text_of(desk.get(row_url(first, "carry_over")))
    refused = text_of(take_step(desk, row_url(first, "carry_over"), **ACT))

    assert "The window still takes applications." in page and "€10,000 pass to" in page
    assert "Nothing was passed on: this window is not decided yet." in refused
    assert "Some campaigns are not over yet." in refused
    assert not decided(first) and not decided(second)
    give(campaign=campaign, amount_cents=1_000_000)
    release(campaign)
    end(campaign)
    assert decided(first)
    make_application(call=windows, organization=make_organization(user=organizer))
    assert not decided(first)


def test_carry_over_step_passes_what_is_left(stripe: str, officer: User, organizer: User) -> None:
    now = timezone.now()
    sessions = [
        {
            "opens_at": now - timedelta(days=9),
            "closes_at": now - timedelta(days=8),
            "allocation_cents": 2_000,
        },
        {
            "opens_at": now + timedelta(days=5),
            "closes_at": now + timedelta(days=9),
            "allocation_cents": 1_000,
        },
    ]
    call = make_call(officer=officer, fund_cents=3_000, cap_cents=1_000, sessions=sessions)
    first, second = (session.fund for session in call.sessions.order_by("opens_at"))
    desk = desk_of(officer)
    take_step(desk, row_url(first, "raise_fund"), amount="5", **ACT)
    index = desk.get(reverse("admin:index"))
    waiting = {str(card["title"]): card["count"] for card in index.context["waiting"]}
    assert waiting["Funds whose window is decided: pass on what is left"] == 1

    # More is left by the time of the click: the officer has read another sum.
    url = row_url(first, "carry_over")
    read = seen_on(desk.post(url, {**ACT, "preview": "1"}))
    take_step(desk, row_url(first, "raise_fund"), amount="1", **{**ACT, "act_number": "DG 9/2026"})
    assert "What follows has changed" in text_of(desk.post(url, {**ACT, "seen": read}))

    done = text_of(take_step(desk, url, **ACT))

    assert f"€26 have passed to {second}." in done and f"passed to {second}" in done
    assert f"arrived from {first}" in text_of(desk.get(row_url(second)))
    assert "Nothing is left" in text_of(
        take_step(desk, row_url(first, "carry_over"), **{**ACT, "act_number": "DG 8/2026"})
    )
    assert desk.get(row_url(second, "carry_over")).status_code == 302


def test_only_those_with_the_right_move_money(call: Call, donor: User) -> None:
    fund = call.funds.get()
    reader = desk_of(officer_with("calls.view_fund"))
    mover = desk_of(officer_with("calls.view_fund", "matching.add_fundmovement"))

    assert reader.get(row_url(fund)).status_code == 200
    assert "Raise…" not in text_of(reader.get(row_url(fund)))
    for step in ("raise_fund", "lower_fund", "carry_over"):
        assert reader.post(row_url(fund, step), {**ACT, "amount": "1"}).status_code == 403
    assert mover.get(row_url(fund, "raise_fund")).status_code == 200
    assert "Raise…" in text_of(mover.get(row_url(fund)))
    assert not FundMovement.objects.exists()
