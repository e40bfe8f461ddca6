"""A call's page, as people meet it in the browser."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from calls.services import end_faq, record_outcome, write_faq
from campaigns.models import Campaign
from tests.campaigns.stages import campaign_in
from tests.desk import text_of
from tests.factories import give, make_call

DAY = timedelta(days=1)


def test_call_detail_computes_examples_by_the_calls_own_rules(client: Client, officer: User) -> None:
    call = make_call(officer=officer, cost_min_cents=0, cost_max_cents=None)
    limited = make_call(officer=officer, cost_max_cents=8_000_000)

    examples, refused = (
        {one.cost_cents: one.promise for one in client.get(shown.get_absolute_url()).context["examples"]}
        for shown in (call, limited)
    )

    assert examples[15_000_000].own_cents == 2_500_000
    assert examples[10_000_000].grant_cents == 5_000_000
    assert refused[9_600_000] is None
    assert refused[8_000_000] is not None


def test_call_detail_names_what_each_window_does(client: Client, officer: User) -> None:
    now = timezone.now()
    windows = [(-9, -3), (-1, 1), (3, 9)]
    sessions = [{"opens_at": now + start * DAY, "closes_at": now + end * DAY} for start, end in windows]
    call = make_call(officer=officer, sessions=sessions)

    context = client.get(call.get_absolute_url()).context

    assert [session.state_key for session in context["sessions"]] == ["closed", "open", "future"]
    assert context["open_session"] == call.sessions.all()[1]


@pytest.mark.parametrize(
    ("rules", "said", "unsaid"),
    [
        (
            {},
            [
                "All or nothing.",
                "who has 10 days to accept it",
                "A campaign opens only when the fund can set its whole share aside.",
                "it has 10 days to get there again",
                "cannot make up what is missing",
                "takes gifts until its deadline",
                "count for up to 30% of the threshold",
                "never more than what the gifts leave to pay",
                "Up to 70% of it can be paid in advance, not before 14 days",
            ],
            ["reduced project", "Parts under"],
        ),
        (
            {"funding_mode": "keep_it_all", "keep_days": 12, "leave_days": 1},
            ["reduced project within 12 days", "then has 1 day to take the gift back"],
            ["All or nothing"],
        ),
        (
            {"reservation_mode": "first_reached", "partial_policy": "none", "cure_days": 0},
            ["Only whole shares are given", "no days are added"],
            ["set its whole share aside", "who has 10 days", "completes the parts", "with new gifts"],
        ),
        (
            {
                "partial_policy": "auto",
                "min_partial_cents": 250_000,
                "promoter_may_cure": True,
                "stops_when_covered": True,
                "offline_share_bp": 0,
                "settlement_policy": "fixed_half",
                "advance_bp": 0,
                "advance_wait_days": 0,
            },
            [
                "the campaign gets what is left.",
                "Parts under €2,500 are not given",
                "may also make up what is missing",
                "ends early, as soon as",
                "only gifts made here do",
                "whatever was given",
                "there is no advance",
            ],
            ["who has 10 days", "until its deadline", "Cash never counts", "gifts leave to pay"],
        ),
    ],
)
def test_call_detail_says_each_rule_of_money(
    client: Client, officer: User, rules: dict, said: list[str], unsaid: list[str]
) -> None:
    call = make_call(officer=officer, **rules)

    words = text_of(client.get(call.get_absolute_url(), headers={"accept-language": "en"}))

    assert [sentence for sentence in said if sentence not in words] == []
    assert [sentence for sentence in unsaid if sentence in words] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("100000", ["collect €50,000", "adds €50,000", "you add nothing"]),
        ("100.000,00 €", ["collect €50,000"]),
        ("€ 33.333,33", ["collect €16,666.67", "adds €16,666.66"]),
        ("1000", ["collect €500"]),
        ("100.000,01", ["€100,000.01 could not apply", "between €1,000 and €100,000"]),
        ("999,99", ["could not apply", "between €1,000 and €100,000"]),
        ("120000", ["€120,000 could not apply"]),
        ("0", ["€0 could not apply"]),
    ],
)
def test_call_detail_works_the_readers_own_cost_out(
    client: Client, officer: User, typed: str, said: list[str]
) -> None:
    call = make_call(officer=officer)

    answer = client.get(call.get_absolute_url(), {"cost": typed}, headers={"accept-language": "en"})

    assert [words for words in said if words not in text_of(answer)] == []
    assert answer.context["form"].errors == {}


def test_call_detail_tells_what_the_promoter_adds_where_the_cap_binds(client: Client, officer: User) -> None:
    call = make_call(officer=officer, cost_max_cents=None)

    answer = client.get(call.get_absolute_url(), {"cost": "120.000"}, headers={"accept-language": "en"})

    assert "collect €60,000 from citizens; then the city adds €50,000. The other €10,000" in text_of(answer)
    bar = answer.context["example"].bar
    assert (bar["gate"], bar["city"], bar["own"]) == (500, 416, 84)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "tanto",
        "-5",
        "1e9",
        "12,345,6",
        "1.000.00",
        "NaN",
        "９９９",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "\u202e000.1",
        "🪴",
        "9" * 18,
        "9" * 5000,
        "1000000000,01",
        "\x00",
    ],
)
def test_call_detail_answers_hostile_amounts_with_a_sentence(
    client: Client, officer: User, typed: str
) -> None:
    call = make_call(officer=officer, cost_max_cents=None)

    answer = client.get(call.get_absolute_url(), {"cost": typed})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="id_cost_error"' in page
    assert 'aria-invalid="true"' in page
    assert answer.context["example"] is None
    assert "<script>alert" not in page


def test_call_detail_shows_the_answers_that_hold(client: Client, officer: User) -> None:
    call = make_call(officer=officer)
    now = timezone.now()
    write_faq(call=call, question="Serve una sede?", answer="**Sì.** <b>x</b>", by=officer, now=now)
    gone = write_faq(call=call, question="Serve un logo?", answer="No.", by=officer, now=now)
    end_faq(faq=gone, by=officer, now=now)

    page = client.get(call.get_absolute_url()).content.decode()

    assert "Serve una sede?" in page
    assert "<strong>Sì.</strong> &lt;b&gt;x&lt;/b&gt;" in page
    assert "Serve un logo?" not in page


def test_call_detail_marks_the_unions_money_only_where_there_is_some(client: Client, officer: User) -> None:
    marked = make_call(officer=officer, eu_programme="PN Metro Plus", eu_project_code="B41C24000010006")
    plain = make_call(officer=officer)

    page = text_of(client.get(marked.get_absolute_url()))

    assert "Cofinanziato dall'Unione europea PN Metro Plus CUP B41C24000010006" in page
    assert "Cofinanziato" not in text_of(client.get(plain.get_absolute_url()))


def test_call_detail_counts_how_it_and_the_editions_before_went(
    client: Client, stripe: str, officer: User, organizer: User
) -> None:
    begun = timezone.now() - 2 * DAY
    told = make_call(officer=officer, now=begun - DAY, edition="2015-17")
    record_outcome(call=told, applications=56, raised_cents=33_313_600, source="Il giornale")
    past = make_call(officer=officer, now=begun, edition="2026")
    live = {"call": past, "officer": officer, "promoter": organizer}
    running = campaign_in(Campaign.Status.OPEN, **live)
    campaign_in(Campaign.Status.REFUNDED, raised_cents=700_000, **live)
    campaign_in(Campaign.Status.DRAFT, **live)
    call = make_call(officer=officer)

    answer = client.get(call.get_absolute_url())

    context = answer.context
    assert "None" not in text_of(answer)
    newest, oldest = context["past"]
    assert (newest.call, oldest.call) == (past, told)
    assert (newest.applications, newest.admitted, newest.campaigns, newest.successful) == (3, 3, 2, 0)
    assert (newest.raised_cents, newest.granted_cents, newest.donors) == (0, 0, None)
    assert (oldest.applications, oldest.admitted, oldest.raised_cents) == (56, None, 33_313_600)
    assert context["outcome"] is None
    own = client.get(past.get_absolute_url()).context
    assert own["outcome"].campaigns == 2
    assert [one.call for one in own["past"]] == [told]
    assert running.call == past


def test_call_detail_counts_what_was_raised_and_granted(client: Client, campaign: Campaign) -> None:
    give(campaign=campaign, amount_cents=450_000)

    outcome = client.get(campaign.call.get_absolute_url()).context["outcome"]

    assert (outcome.applications, outcome.campaigns, outcome.successful) == (1, 1, 0)
    assert (outcome.raised_cents, outcome.granted_cents) == (450_000, 0)


def test_call_detail_counts_down_in_words(client: Client, officer: User) -> None:
    now = timezone.now()
    window = {"opens_at": now - DAY, "closes_at": now + 3 * DAY + timedelta(hours=4, minutes=1)}
    call = make_call(officer=officer, sessions=[window])
    later = make_call(
        officer=officer, sessions=[{"opens_at": now + timedelta(minutes=90), "closes_at": now + DAY}]
    )

    assert "mancano 3 giorni e" in text_of(client.get(call.get_absolute_url()))
    assert "Apre tra 1 ora e" in text_of(client.get(later.get_absolute_url()))
