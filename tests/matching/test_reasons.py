"""Why a grant has its amount: one story for each state, computed from what is kept with it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Mail, User
from calls.models import Call
from campaigns.models import Campaign
from matching.models import Grant
from matching.reasons import proven_cents, why_this_amount
from matching.services import close_offer, decline_offer, increase_fund, release_grant
from tests.desk import desk_of, list_url, row_url, text_of
from tests.factories import give, make_call, make_campaign
from tests.matching.short import accept, act, offered, reached, release, short_call
from tests.matching.undoing import end, revoke

HALF = "The project costs €20,000. The city's share is 50% of it: €10,000."


def told(grant: Grant, language: str = "en") -> str:
    """Return the sentences about a grant as it is in the database, spaces made plain."""
    with override(language):
        return why_this_amount(Grant.objects.get(pk=grant.pk)).replace("\u00a0", " ")


def enlarge(call: Call, officer: User, cents: int, number: str = "DD 1/2027") -> None:
    """Raise the fund of a call once every campaign has been quiet long enough."""
    increase_fund(
        fund=call.funds.get(),
        amount_cents=cents,
        act=act(number),
        reason="Nuovo bilancio.",
        by=officer,
        now=timezone.now() + timedelta(minutes=1),
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "The city's share is 50% of it: €10,000."),
        (
            {"cap_cents": 800_000, "due_cents": 800_000},
            "The city's share would be 50% of it, but the call gives at most €8,000 to one project.",
        ),
        (
            {"grant_bp": 6000},
            "Citizens give €10,000 of it, and the city's share is what is left: €10,000.",
        ),
        # A cap that equals the share takes nothing away.
        ({"cap_cents": 1_000_000}, "The city's share is 50% of it: €10,000."),
    ],
)
def test_why_names_the_limit_that_decides(campaign: Campaign, changes: dict[str, int], words: str) -> None:
    grant = Grant.objects.get(campaign=campaign)
    for name, value in changes.items():
        setattr(grant, name, value)

    with override("en"):
        assert why_this_amount(grant).startswith(f"The project costs €20,000. {words} It is set aside")


def test_why_of_a_whole_grant_in_both_languages(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=1_000_050)
    grant = release(campaign)

    day = timezone.localdate(grant.awarded_at)
    assert told(grant).startswith(f"{HALF} On {day.day} ")
    assert told(grant).endswith(
        "citizens had given €10,000.50, at least the €10,000 asked of them, and the fund had €600,000 for it: the whole "
        "€10,000 were awarded."
    )
    assert told(grant, "it").endswith(
        "i cittadini avevano donato 10.000,50 €, almeno i 10.000 € chiesti a loro, e il fondo aveva 600.000 €: sono stati "
        "concessi tutti i 10.000 €."
    )
    assert proven_cents(grant) == 1_000_050
    give(campaign=campaign, amount_cents=700)
    end(campaign)
    # Later gifts and the outcome change nothing about the proof.
    assert proven_cents(grant) == 1_000_050


def test_why_of_a_fund_that_is_short(stripe: str, officer: User, organizer: User) -> None:
    call = short_call(officer, 1_500_000)
    first, second, third = (reached(call, officer, organizer) for _number in range(3))
    release(first)
    offer = offered(second)
    assert told(offer.grant).startswith(
        f"{HALF} Citizens have given €10,000, at least the €10,000 asked of them, but the fund has only €5,000 for it: this "
        "part is set aside and offered to the promoter. The promoter can answer until"
    )

    accept(offer, organizer)
    part = "but the fund had only €5,000 to offer: the promoter accepted this part."
    assert told(offer.grant).endswith(
        f"{part} The missing €5,000 follow if more money comes back to the fund."
    )
    assert told(release(third)).endswith("the project waits its turn, in the order of reaching.")

    enlarge(call, officer, 200_000)
    assert told(offer.grant).endswith(
        f"{part} Money that came back to the fund has added €2,000 since: the award is now €7,000. The missing €3,000 "
        "follow if more money comes back to the fund."
    )
    enlarge(call, officer, 300_000, "DD 2/2027")
    assert told(offer.grant).endswith(
        "Money that came back to the fund has added €5,000 since: the award is now €10,000."
    )
    end(third)
    enlarge(call, officer, 1_000_000, "DD 3/2027")
    # Awarded after the outcome: its entry takes the gifts to the promoter, and nothing away from the proof.
    late = Grant.objects.get(campaign=third)
    assert late.evidence.kind == "success" and proven_cents(late) == 1_000_000
    completed = Mail.objects.filter(key__startswith="grant_completed").latest("pk")
    assert "Perché questo importo: Il progetto costa 20.000\u00a0€." in completed.body


@pytest.mark.parametrize("expires", [False, True])
def test_why_of_a_part_that_was_not_taken(stripe: str, officer: User, organizer: User, expires: bool) -> None:
    call = short_call(officer, 1_500_000)
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)
    offer = offered(second)

    if expires:
        close_offer(offer=offer, now=offer.expires_at)
    else:
        decline_offer(offer=offer, words="", by=organizer, now=timezone.now())

    assert told(offer.grant).endswith(
        "in the order of reaching. The promoter did not take the €5,000 that were offered, and waits for more."
    )


def test_why_of_a_part_awarded_without_asking(stripe: str, officer: User, organizer: User) -> None:
    call = short_call(officer, 1_500_000, partial_policy="auto")
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)
    grant = release(second)

    assert "but the fund had only €5,000 left: €5,000 were awarded. The missing €5,000 follow" in told(grant)
    end(second)
    assert "The missing €5,000 follow" in told(grant)


def test_why_of_a_grant_that_is_over(
    campaign: Campaign, call: Call, officer: User, organizer: User, donor: User
) -> None:
    donor.is_staff = donor.is_superuser = True
    donor.save()
    end(campaign)
    failed = Grant.objects.get(campaign=campaign)
    assert told(failed).endswith(
        "The campaign ended without a right to it: the €10,000 that were set aside are the fund's again."
    )
    later = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=later, amount_cents=1_000_000)
    grant = release(later)
    revoke(grant, first=officer, second=donor)

    words = told(grant)

    assert "it was awarded, €10,000 in all; then it was taken back. Act " in words
    assert words.endswith(": refunds or disputes have undone the threshold.")
    refused = make_campaign(officer=officer, promoter=organizer, call=call)
    give(campaign=refused, amount_cents=1_000_000)
    revoke(Grant.objects.get(campaign=refused), first=officer, second=donor, cause="checks")
    assert "It was refused before its award. Act " in told(Grant.objects.get(campaign=refused))


def test_why_of_a_grant_that_never_had_money(stripe: str, officer: User, organizer: User) -> None:
    call = short_call(officer, 1_000_000, partial_policy="none")
    first, second = (reached(call, officer, organizer) for _number in range(2))
    release(first)
    grant = release(second)
    Grant.objects.filter(pk=grant.pk).update(state="returned", returned_at=timezone.now())

    assert told(grant).endswith("The campaign ended without a right to it: nothing is awarded.")


def test_pages_and_mail_say_why(campaign: Campaign, officer: User, client: Client) -> None:
    give(campaign=campaign, amount_cents=1_000_050)
    grant = release_grant(campaign=campaign, now=timezone.now())
    assert grant

    public = text_of(client.get(campaign.get_absolute_url(), headers={"accept-language": "en"}))
    desk = text_of(desk_of(officer).get(row_url(grant)))

    for words in (public, desk):
        assert told(grant) in words
    assert f"the gifts up to entry {grant.evidence_id} add up to €10,000.50" in public
    assert f"Version of the rule {grant.rule_version}" in public
    assert "added up again today, they are €10,000.50" in desk
    mail = Mail.objects.filter(key__startswith="grant_awarded").latest("pk")
    assert told(grant, "it") in mail.body.replace("\u00a0", " ")


def test_proof_is_added_up_from_the_ledger(campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=600_000)
    give(campaign=campaign, amount_cents=400_000)
    grant = release(campaign)
    assert proven_cents(grant) == 1_000_000

    grant.evidence_id -= 1
    assert proven_cents(grant) == 600_000
    grant.evidence_id = None
    assert proven_cents(grant) is None


def test_campaign_page_before_any_grant_says_nothing_about_it(
    stripe: str, officer: User, organizer: User, client: Client
) -> None:
    call = short_call(officer, 1_000_000)
    waiting = make_campaign(officer=officer, promoter=organizer, call=call)

    words = text_of(client.get(waiting.get_absolute_url(), headers={"accept-language": "en"}))

    assert "Who pays what" in words and "Why the city's share has this amount" not in words


def test_desk_grant_knows_its_place_offer_and_completions(
    stripe: str, officer: User, organizer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody else writes here, so nobody has to be waited for.
    monkeypatch.setattr("matching.services.line.QUIET", timedelta(0))
    call = short_call(officer, 1_500_000)
    first, second, third = (reached(call, officer, organizer) for _number in range(3))
    release(first)
    offer, waiting = offered(second), release(third)
    desk = desk_of(officer)

    assert "Place in the line 2 of 2" in text_of(desk.get(row_url(waiting)))
    page = text_of(desk.get(row_url(offer.grant)))
    assert "Place in the line 1 of 2" in page and "Offer €5,000; the promoter answers until" in page
    assert "Offered €5,000" in page
    cards = {str(card["title"]): card["count"] for card in desk.get("/gestione/").context["waiting"]}
    assert cards["Offers of a part that promoters have not answered yet"] == 1

    accept(offer, organizer)
    assert "awarded in part" in text_of(desk.get(row_url(offer.grant)))
    assert second.title in text_of(desk.get(list_url(offer.grant, queue="partial")))
    enlarge(call, officer, 100_000)
    page = text_of(desk.get(row_url(offer.grant)))
    assert "Awarded €6,000 Missing to what is due €4,000" in page
    assert "the lesser of what was missing and the €1,000 the fund had again, is €1,000" in page
    assert "accepted by the promoter, is €5,000" in page
    assert "€6,000" in text_of(desk.get(list_url(offer.grant, queue="awarded")))


def test_call_page_tells_what_the_fund_would_owe(
    stripe: str, officer: User, organizer: User, client: Client
) -> None:
    call = make_call(
        officer=officer, reservation_mode="first_reached", fund_cents=1_500_000, cap_cents=1_000_000
    )
    url = call.get_absolute_url()

    def words() -> str:
        return text_of(client.get(url, headers={"accept-language": "en"}))

    assert "So far the city owes" not in words()
    for number in range(2):
        make_campaign(officer=officer, promoter=organizer, call=call)
        if not number:
            assert "If the campaign under way reaches its threshold, it owes €10,000 of €15,000" in words()
    assert (
        "So far the city owes €0 of this fund. If all 2 campaigns under way reach their threshold, it owes €20,000 of "
        "€15,000; at today's pace 0 of them do, and it owes €0. The fund would be €5,000 short: who reaches the "
        "threshold first is served first." in words()
    )
    desk = text_of(desk_of(officer).get("/gestione/"))
    assert "€0 if no other campaign gets there, €0 at today's pace, €20,000 if all do" in desk


@pytest.mark.parametrize(
    ("rules", "given", "words"),
    [
        # Cost 20,000: threshold 10,000, grant 8,000, own share 2,000 euro.
        (
            {"cap_cents": 800_000},
            [1_000_000],
            "Gifts beyond the threshold first take the place of the €2,000 that the promoter adds itself. What",
        ),
        (
            {"cap_cents": 800_000},
            [1_000_000, 50_000],
            "the €2,000 that the promoter adds itself: €500 are covered so far, €1,500 are left to the promoter.",
        ),
        (
            {"cap_cents": 800_000, "settlement_policy": "fixed_half"},
            [1_000_000, 250_000],
            (
                "adds itself: all of it is covered. What is given beyond the whole cost goes to the project; "
                "the city's share stays as promised. So far €500 are beyond the cost."
            ),
        ),
        (
            {"stops_when_covered": True},
            [100_000],
            "What is given beyond the whole cost makes the project larger if the city approves",
        ),
    ],
)
def test_campaign_page_tells_what_gifts_above_the_threshold_do(
    stripe: str,
    officer: User,
    organizer: User,
    client: Client,
    rules: dict[str, object],
    given: list[int],
    words: str,
) -> None:
    call = make_call(officer=officer, **rules)
    campaign = make_campaign(officer=officer, promoter=organizer, call=call)
    for cents in given:
        give(campaign=campaign, amount_cents=cents)

    page = text_of(client.get(campaign.get_absolute_url(), headers={"accept-language": "en"}))

    assert words in page
    assert ("promoter adds itself" in page) == ("cap_cents" in rules)
