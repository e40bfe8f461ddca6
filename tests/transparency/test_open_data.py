"""Open data for programs: as described, in pages, cached, open to every site, and nothing that is nobody's business."""

import csv
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from accounts.models import User
from calls.models import Call
from calls.services import record_outcome
from campaigns.models import Campaign
from matching.services import release_grant
from tests.campaigns.stages import campaign_in
from tests.factories import (
    give,
    make_application,
    make_call,
    make_campaign,
    make_draft_call,
    make_organization,
)
from transparency.open_data import DESCRIPTION, VIEWS
from transparency.open_rows import RESOURCES

SPEC = json.loads(DESCRIPTION.read_text())
BASE = SPEC["servers"][0]["url"]
SECRET = ("Ada Segreta", "ada.segreta@example.org", "Un pensiero nascosto", "RSSMRA80A01F205X")
MOST_QUESTIONS = 8


@pytest.fixture
def town(campaign: Campaign, call: Call, officer: User, organizer: User) -> Campaign:
    """Return a campaign with its grant and a secret gift, beside a failed and an unpublished one, a past and a draft call."""
    record_outcome(call=make_call(officer=officer), campaigns=18, successful=16, source="un giornale")
    make_draft_call(slug="bando-segreto", title="Bando segreto")
    for status in ("draft", "in_review", "scheduled"):
        campaign_in(status, call=call, officer=officer, promoter=organizer, title=f"Segreto {status}")
    campaign_in(
        "failed", call=call, officer=officer, promoter=organizer, title="Non riuscito", raised_cents=900
    )
    name, email, message, tax_code = SECRET
    give(
        campaign=campaign, amount_cents=1_000_000, name=name, email=email, message=message, tax_code=tax_code
    )
    campaign.refresh_from_db()
    release_grant(campaign=campaign, now=timezone.now())
    return campaign


def addresses(campaign: Campaign) -> dict[str, str]:
    """Return an address for every path of the description."""
    grant = campaign.grant
    known = {"{slug}": campaign.slug, "{campaign}": campaign.slug, "{id}": str(grant.fund_id)}
    found = {}
    for path in SPEC["paths"]:
        there = path.replace("/calls/{slug}", f"/calls/{campaign.call.slug}")
        for mark, value in known.items():
            there = there.replace(mark, value)
        found[path] = BASE + there
    return found


def faults(answer: Any, schema: dict[str, Any]) -> list[str]:
    """Return where an answer is not what the description says; names it does not list are faults too."""
    strict = json.loads(json.dumps(SPEC))
    for described in strict["components"]["schemas"].values():
        described["additionalProperties"] = False
    validator = Draft202012Validator({**strict, **schema}, format_checker=FormatChecker())
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(answer)]


def test_description_is_one(client: Client) -> None:
    validate(SPEC)
    assert client.get(f"{BASE}/openapi.json").json() == SPEC


def test_description_has_every_address_and_no_other() -> None:
    described = {re.sub(r"{\w+}", "<slug:key>", path) for path in SPEC["paths"]}
    served = {f"/{name}{ending}" for name in RESOURCES for ending in VIEWS}

    assert described == served | {"/openapi.json"}


def test_every_answer_is_as_described(town: Campaign, client: Client) -> None:
    found: dict[str, list[str]] = {}
    for path, address in addresses(town).items():
        answer = client.get(address)
        assert answer.status_code == 200, address
        kind, _, _ = answer["Content-Type"].partition(";")
        told = SPEC["paths"][path]["get"]["responses"]["200"]["content"][kind]["schema"]
        found[path] = faults(answer.json(), told) if kind == "application/json" else []

    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    assert faults({"items": [{}]}, {"$ref": "#/components/schemas/grants_page"})


def test_answers_hold_nothing_unpublished_and_nobody(town: Campaign, client: Client) -> None:
    for path, address in addresses(town).items():
        text = client.get(address).content.decode()
        leaked = [word for word in (*SECRET, "egreto") if word in text]
        assert leaked == [], path
    hidden = Campaign.objects.get(title="Segreto scheduled")
    closed = [("campaigns", hidden.slug), ("grants", hidden.slug), ("calls", "bando-segreto")]
    for name, key in [*closed, ("funds", "0"), ("funds", "x")]:
        answer = client.get(f"{BASE}/{name}/{key}.json")
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_figures_are_those_of_the_pages(town: Campaign, client: Client) -> None:
    def item(name: str, key: object) -> dict[str, Any]:
        return client.get(f"{BASE}/{name}/{key}.json").json()

    assert (item("campaigns", town.slug)["raised_cents"], item("campaigns", town.slug)["donors"]) == (
        1_000_000,
        1,
    )
    failed = Campaign.objects.get(title="Non riuscito")
    assert item("campaigns", failed.slug)["raised_cents"] == 900
    grant, fund = item("grants", town.slug), item("funds", town.grant.fund_id)
    assert (grant["state"], grant["amount_cents"], grant["raised_cents"]) == ("awarded", 1_000_000, 1_000_000)
    parts = ("available_cents", "reserved_cents", "awarded_cents", "paid_cents")
    assert fund["allocated_cents"] == sum(fund[part] for part in parts) == 60_000_000
    assert fund["awarded_cents"] == 1_000_000
    past = next(one for one in client.get(f"{BASE}/calls.json").json()["items"] if one["source"])
    assert (past["campaigns"], past["raised_cents"]) == (18, None)


def test_pages_follow_one_another_and_what_opens_meanwhile_comes_last(
    campaign: Campaign, officer: User, organizer: User, client: Client
) -> None:
    for _ in range(2):
        make_campaign(officer=officer, promoter=organizer, call=campaign.call)
    address, seen = f"{BASE}/campaigns.json?limit=2&call={campaign.call.slug}", []
    while address:
        page = client.get(address).json()
        seen += [one["slug"] for one in page["items"]]
        if len(seen) == 2:
            late = make_campaign(officer=officer, promoter=organizer, call=campaign.call).slug
        address = page["next"]

    assert len(seen) == len(set(seen)) == 4
    assert (seen[0], seen[-1]) == (campaign.slug, late)


@pytest.mark.parametrize(
    "question",
    ["limit=0", "limit=101", "limit=²", "cursor=x", "cursor=MjAyNi0wMS0wMXwx", "colour=red", "state=%00"],
)
def test_question_that_cannot_be_read_is_answered_as_such(question: str, client: Client, db: None) -> None:
    answer = client.get(f"{BASE}/campaigns.json?{question}")

    assert answer.status_code == 400
    assert faults(answer.json(), {"$ref": "#/components/schemas/problem"}) == []


def test_lists_are_narrowed(town: Campaign, client: Client) -> None:
    failed = client.get(f"{BASE}/campaigns.json?state=failed").json()["items"]
    nothing = client.get(f"{BASE}/funds.json?call=altro").json()

    assert [one["title"] for one in failed] == ["Non riuscito"]
    assert nothing == {"items": [], "next": None}


def test_answers_may_be_kept_and_read_by_any_site(campaign: Campaign, client: Client) -> None:
    address = f"{BASE}/campaigns.json"
    first = client.get(address)

    assert first["Cache-Control"] == "public, max-age=300"
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    give(campaign=campaign)
    assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    asked = client.options(address)
    assert (asked.status_code, asked["Access-Control-Allow-Headers"]) == (204, "If-None-Match")
    assert client.post(address).status_code == 405


def test_tables_are_in_euro_and_have_a_header_when_empty(campaign: Campaign, client: Client) -> None:
    def rows_of(query: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(client.get(query).content.decode("utf-8-sig"))))

    header, row = rows_of(f"{BASE}/campaigns.csv")
    told = dict(zip(header, row, strict=True))
    assert (told["slug"], told["cost_eur"], told["grant_eur"]) == (campaign.slug, "20000.00", "10000.00")
    assert rows_of(f"{BASE}/campaigns.csv?call=altro") == [header]
    assert client.get(f"{BASE}/campaigns.csv?colour=red").status_code == 400


def test_answers_ask_little_of_the_database(town: Campaign, officer: User, organizer: User) -> None:
    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as questions:
            Client().get(address)
        return len(questions)

    paths = addresses(town)
    few = {path: asked(address) for path, address in paths.items()}
    later = timezone.now() + timedelta(seconds=1)
    make_campaign(officer=officer, promoter=organizer, call=town.call, now=later)
    many = {path: asked(address) for path, address in paths.items()}

    assert few == many
    assert max(many.values()) <= MOST_QUESTIONS


def test_page_leads_to_all_of_it(client: Client, db: None) -> None:
    page = client.get(reverse("transparency:open_data")).content.decode()

    for path in SPEC["paths"]:
        assert "{" in path or f'href="{BASE}{path}"' in page, path
    assert reverse("transparency:open_data") in client.get("/").content.decode()


def test_nobody_reads_how_many_have_applied_before_a_campaign_has_opened(
    call: Call, organizer: User, client: Client
) -> None:
    make_application(call=call, organization=make_organization(user=organizer))

    (row,) = [one for one in client.get("/api/v1/calls.json").json()["items"] if one["slug"] == call.slug]

    assert row["applications"] is None
