"""Every page of the site, as each of the people who may come by."""

import re
import uuid

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OrgKind, User
from accounts.services import ask_to_act, create_organization, keep_proof, name_bank_account
from calls.models import Application, Call
from calls.services import answer_questions, ask_question, confirm_amendment, propose_amendment
from campaigns.models import Campaign
from campaigns.services import hide_words, show_video
from donations.models import Donation
from donations.models.own import link_to_address
from tests.calls.partnering import invite, make_partner
from tests.campaigns.stages import campaign_in
from tests.campaigns.voices import answer as answered
from tests.campaigns.voices import ask, tell
from tests.factories import (
    give,
    make_application,
    make_draft_application,
    make_draft_call,
    make_draft_campaign,
    make_organization,
    make_user,
)
from tests.pages import browser_of, words_of
from tests.papers import make_pdf
from tests.passwords import quick_passwords

__all__ = ["quick_passwords"]

Status = Campaign.Status
PEOPLE = ("nobody", "stranger", "member", "officer")
FREE = (200, 200, 200, 200)
SIGNED_IN = (302, 200, 200, 200)
OWN = (302, 404, 200, 404)
PREVIEW = (404, 404, 200, 200)

Town = dict[str, str]

#: Page, the answers to nobody, a stranger, a member and an officer, and what the page is about.
PAGES: list[tuple[str, tuple[int, int, int, int]]] = [
    ("home", FREE),
    ("how it works", FREE),
    ("privacy", FREE),
    ("accessibility", FREE),
    ("calls", FREE),
    ("call", FREE),
    ("earlier version of a call", FREE),
    ("questions about a call", FREE),
    ("feed of answers", FREE),
    ("ask about a call", SIGNED_IN),
    ("may I apply", FREE),
    ("draft call", (404, 404, 404, 200)),
    ("projects", FREE),
    ("statistics", FREE),
    ("cookies", FREE),
    ("report a barrier", FREE),
    ("find my gifts", FREE),
    ("gifts of an address", FREE),
    ("gifts of nobody", (410, 410, 410, 410)),
    ("card of nobody", (410, 410, 410, 410)),
    ("open data", FREE),
    ("share a campaign", FREE),
    ("follow a campaign", FREE),
    ("follow a borough", FREE),
    ("report a problem", FREE),
    ("link nobody follows", (410, 410, 410, 410)),
    ("updates of a campaign", FREE),
    ("update of a campaign", FREE),
    ("hidden update", (410, 410, 410, 410)),
    ("feed of updates", FREE),
    ("questions about a campaign", FREE),
    ("ask a promoter", FREE),
    ("question of nobody", (410, 410, 410, 410)),
    ("my updates", OWN),
    ("write an update", OWN),
    ("edit an update", OWN),
    ("my questions", OWN),
    ("answer a question", OWN),
    ("video of a campaign", FREE),
    ("video that is played", FREE),
    ("pictures of a campaign", OWN),
    ("how a campaign is going", OWN),
    ("campaign", FREE),
    ("draft campaign", PREVIEW),
    ("page in review", PREVIEW),
    ("scheduled campaign", PREVIEW),
    ("suspended campaign", FREE),
    ("failed campaign", FREE),
    ("succeeded campaign", FREE),
    ("donate", FREE),
    ("donate to a draft", (404, 404, 404, 404)),
    ("donate to an ended campaign", (302, 302, 302, 302)),
    ("gift", FREE),
    ("state of a gift", FREE),
    ("forged gift", (404, 404, 404, 404)),
    ("apply", (302, 302, 200, 302)),
    ("my applications", SIGNED_IN),
    ("application", OWN),
    ("application form", (302, 404, 302, 404)),
    ("step project", OWN),
    ("step place", OWN),
    ("step timeline", OWN),
    ("step budget", OWN),
    ("step declarations", OWN),
    ("partners of an application", OWN),
    ("change of a partner", OWN),
    ("part of a partner", FREE),
    ("part of nobody", (410, 410, 410, 410)),
    ("draft application", OWN),
    ("check and submit", OWN),
    ("version of an application", (302, 404, 200, 200)),
    ("check a receipt", FREE),
    ("receipt that is genuine", FREE),
    ("receipt that is not", (404, 404, 404, 404)),
    ("step documents", OWN),
    ("answer about a call", (302, 302, 302, 302)),
    ("what has changed of an organization", OWN),
    ("request to act", OWN),
    ("stop of a bank account", OWN),
    ("new body of a group", OWN),
    ("withdrawal of a campaign", OWN),
    ("gifts outside the site", OWN),
    ("gift outside the site", OWN),
    ("my campaigns", SIGNED_IN),
    ("campaign desk", OWN),
    ("desk of an open campaign", OWN),
    ("my gifts", SIGNED_IN),
    ("my organizations", SIGNED_IN),
    ("new organization", SIGNED_IN),
    ("organization", OWN),
    ("data of an organization", OWN),
    ("members", OWN),
    ("member", OWN),
    ("invite", OWN),
    ("leave", OWN),
    ("statute", OWN),
    ("ask to act", (302, 200, 302, 200)),
    ("bank account", OWN),
    ("name the bank account", (302, 404, 302, 404)),
    ("unknown invitation", (410, 410, 410, 410)),
    ("payments", OWN),
    ("gifts and reports", (302, 404, 200, 200)),
    ("no such call", (404, 404, 404, 404)),
    ("no such campaign", (404, 404, 404, 404)),
    ("no such application", (302, 404, 404, 404)),
    ("no such page", (404, 404, 404, 404)),
]

#: What a page is about, in the member's words.
TOLD = {
    "questions about a call": ["Quando?", "Dove, a Milano?", "In città."],
    "home": ["10.000\u00a0€", "4.900\u00a0€", "600.000\u00a0€"],
    "calls": ["50.000\u00a0€"],
    "call": ["50.000\u00a0€", "1.000\u00a0€", "100.000\u00a0€", "600.000\u00a0€", "12"],
    "statistics": ["4.900\u00a0€", "Municipio 2", "161.000", "prova-"],
    "projects": ["4.900\u00a0€", "10.000\u00a0€"],
    "campaign": ["4.900\u00a0€", "10.000\u00a0€", "20.000\u00a0€", "5.100\u00a0€", "Associazione", "23:59"],
    "donate": ["5\u00a0€", "20\u00a0€", "100\u00a0€", "10.000\u00a0€"],
    "gift": ["4.900\u00a0€"],
    "succeeded campaign": ["10.000\u00a0€"],
    "my campaigns": ["Progetto draft", "Progetto succeeded", "10.000\u00a0€"],
    "check and submit": ["20.000\u00a0€", "Un forno di quartiere", "6 mesi"],
    "version of an application": ["20.000\u00a0€", "Associazione", "SHA-256"],
    "receipt that is genuine": ["Associazione", "SHA-256"],
    "application": ["10.000\u00a0€", "20.000\u00a0€", "Utile al quartiere."],
    "partners of an application": ["Cooperativa 1", "3.000\u00a0€", "Eva Riva"],
    "part of a partner": ["Un forno di quartiere", "Tiene i laboratori.", "3.000\u00a0€"],
    "my applications": ["Progetto draft", "20.000\u00a0€"],
    "step budget": ["20.000\u00a0€", "10.000\u00a0€"],
    "my organizations": ["Associazione"],
    "what has changed of an organization": ["Organizer", "ha registrato"],
    "request to act": ["Sono la presidente."],
    "stop of a bank account": ["3456"],
    "new body of a group": ["Gruppo Cortile"],
}


@pytest.fixture
def cast(officer: User, organizer: User, stranger: User) -> dict[str, User | None]:
    """Return who comes by."""
    return {"nobody": None, "stranger": stranger, "member": organizer, "officer": officer}


def amend(call: Call, *, by: User, second: User) -> None:
    """Change the summary and the documents of a published call."""
    now = timezone.now()
    changes = {
        "summary": "Un bando di prova, con un documento facoltativo.",
        "documents": [{"name": "Statuto", "description": "", "required": False}],
    }
    amendment = propose_amendment(
        call=call,
        act_number="DD 1/2027",
        act_date=now.date(),
        reason="Lo statuto si legge nel registro.",
        changes=changes,
        by=by,
        now=now,
    )
    confirm_amendment(amendment=amendment, by=second, now=now)


def answer(call: Call, *, asker: User, by: User) -> None:
    """Have a question about a call answered, and another one wait."""
    EmailAddress.objects.create(user=asker, email=asker.email, verified=True, primary=True)
    now = timezone.now()
    for text in ("Quando?", "Dove?"):
        question = ask_question(call=call, author=asker, text=text, now=now)
    answer_questions(questions=[question], question="Dove, a Milano?", text="In città.", by=by, now=now)


def papers(application: Application, draft: Application) -> Town:
    """Return the pages on which applications are handed in and their receipts are checked."""
    version = application.versions.get()
    return {
        "draft application": draft.get_absolute_url(),
        "check and submit": reverse("calls:step_check", args=[draft.public_id]),
        "version of an application": version.get_absolute_url(),
        "check a receipt": reverse("calls:verify"),
        "receipt that is genuine": reverse("calls:verification", args=[version.code]),
        "receipt that is not": reverse("calls:verification", args=["X" * 16]),
    }


def of_bodies(campaign: Campaign, draft: Application, *, owner: User, officer: User) -> Town:
    """Return the pages about what happens to a body, its account and its money, and about a group that becomes one."""
    body, call, now = campaign.organization, campaign.call, timezone.now()
    asker = make_user("asker")
    proof = keep_proof(organization=body, upload=SimpleUploadedFile("v.pdf", make_pdf()), by=asker, now=now)
    claim = ask_to_act(organization=body, words="Sono la presidente.", proof=proof, by=asker, now=now)
    account = name_bank_account(organization=body, iban="IT60X0542811101000000123456", by=owner, now=now)
    group = create_organization(
        user=owner,
        now=now,
        legal_name="Gruppo Cortile",
        kind=OrgKind.INFORMAL,
        tax_code="RSSMRA85T10A562S",
        address="Via Padova 9",
        email="gruppo@example.org",
    )
    admitted = make_draft_campaign(
        application=make_application(call=call, organization=group), officer=officer
    )
    return {
        "step documents": reverse("calls:step_documents", args=[draft.public_id]),
        "answer about a call": reverse("calls:call_answer", args=[call.slug, 1]),
        "what has changed of an organization": reverse(
            "accounts:organization_changes", args=[body.public_id]
        ),
        "request to act": reverse("accounts:claim_detail", args=[body.public_id, claim.public_id]),
        "stop of a bank account": reverse(
            "accounts:bank_account_stop", args=[body.public_id, account.public_id]
        ),
        "new body of a group": reverse("matching:new_body", args=[admitted.slug]),
        "withdrawal of a campaign": reverse("matching:withdraw", args=[campaign.slug]),
        "gifts outside the site": reverse("donations:offline_gifts", args=[campaign.slug]),
        "gift outside the site": reverse("donations:offline_gift_enter", args=[campaign.slug]),
    }


def voices_of(campaign: Campaign, *, owner: User, officer: User) -> Town:
    """Return the pages on which a promoter and citizens tell each other something."""
    update, hidden = tell(campaign, owner), tell(campaign, owner)
    hide_words(row=hidden, reason="Offende.", by=officer, now=timezone.now())
    answered(campaign, owner)
    waiting = ask(campaign, text="E i cani?")
    video = show_video(
        campaign=campaign, address="https://vimeo.com/7", words="Il forno", by=owner, now=timezone.now()
    )
    slug = [campaign.slug]
    return {
        "updates of a campaign": reverse("campaigns:campaign_updates", args=slug),
        "update of a campaign": update.get_absolute_url(),
        "hidden update": hidden.get_absolute_url(),
        "feed of updates": reverse("campaigns:updates_feed", args=slug),
        "questions about a campaign": reverse("campaigns:campaign_questions", args=slug),
        "ask a promoter": reverse("campaigns:ask_promoter", args=slug),
        "question of nobody": reverse("campaigns:question_confirm", args=["niente"]),
        "my updates": reverse("campaigns:my_updates", args=slug),
        "write an update": reverse("campaigns:update_write", args=slug),
        "edit an update": reverse("campaigns:update_edit", args=[*slug, update.number]),
        "my questions": reverse("campaigns:my_questions", args=slug),
        "answer a question": reverse("campaigns:question_answer", args=[*slug, waiting.pk]),
        "video of a campaign": reverse("campaigns:campaign_video", args=[*slug, video.pk]),
        "video that is played": reverse("campaigns:campaign_video_play", args=[*slug, video.pk]),
        "pictures of a campaign": reverse("campaigns:my_gallery", args=slug),
        "how a campaign is going": reverse("donations:campaign_dashboard", args=slug),
    }


@pytest.fixture
def town(campaign: Campaign, officer: User, organizer: User) -> Town:
    """Fill the site and return the address of each of its pages."""
    call = campaign.call
    gift = give(campaign=campaign, amount_cents=490_000)
    stages = {
        name: campaign_in(status, call=call, officer=officer, promoter=organizer, title=f"Progetto {name}")
        for name, status in [
            ("draft", Status.DRAFT),
            ("review", Status.IN_REVIEW),
            ("scheduled", Status.SCHEDULED),
            ("suspended", Status.SUSPENDED),
            ("failed", Status.REFUNDED),
            ("succeeded", Status.SUCCEEDED),
        ]
    }
    answer(call, asker=organizer, by=officer)
    amend(call, by=officer, second=make_user("second", is_staff=True))
    application = campaign.application
    organization = campaign.organization
    draft = make_draft_application(call=call, organization=organization)
    partner = make_partner(draft)
    pages = {name: stage.get_absolute_url() for name, stage in stages.items()}
    return {
        "home": "/",
        "how it works": reverse("how-it-works"),
        "privacy": reverse("privacy"),
        "accessibility": reverse("accessibility"),
        "calls": reverse("calls:call_list"),
        "call": call.get_absolute_url(),
        "earlier version of a call": reverse("calls:call_version", args=[call.slug, 1]),
        "questions about a call": reverse("calls:call_questions", args=[call.slug]),
        "feed of answers": reverse("calls:call_answers_feed", args=[call.slug]),
        "ask about a call": reverse("calls:ask_question", args=[call.slug]),
        "may I apply": reverse("calls:eligibility", args=[call.slug]),
        "draft call": make_draft_call().get_absolute_url(),
        "projects": reverse("campaigns:campaign_list"),
        "statistics": reverse("transparency:statistics"),
        "cookies": reverse("cookies"),
        "report a barrier": reverse("accounts:report_barrier"),
        "find my gifts": reverse("donations:find_gifts"),
        "gifts of an address": reverse("donations:gifts_of_address", args=[link_to_address("a@b.it")]),
        "gifts of nobody": reverse("donations:gifts_of_address", args=["niente"]),
        "card of nobody": reverse("donations:gift_card", args=["niente"]),
        "open data": reverse("transparency:open_data"),
        "share a campaign": reverse("campaigns:campaign_share", args=[campaign.slug]),
        "follow a campaign": reverse("campaigns:follow_campaign", args=[campaign.slug]),
        "follow a borough": reverse("campaigns:follow_borough", args=[3]),
        "report a problem": reverse("campaigns:report_problem", args=[campaign.slug]),
        "link nobody follows": reverse("campaigns:follow_confirm", args=["niente"]),
        **voices_of(campaign, owner=organizer, officer=officer),
        "campaign": campaign.get_absolute_url(),
        "draft campaign": pages["draft"],
        "page in review": pages["review"],
        "scheduled campaign": pages["scheduled"],
        "suspended campaign": pages["suspended"],
        "failed campaign": pages["failed"],
        "succeeded campaign": pages["succeeded"],
        "donate": reverse("donations:donate", args=[campaign.slug]),
        "donate to a draft": reverse("donations:donate", args=[stages["draft"].slug]),
        "donate to an ended campaign": reverse("donations:donate", args=[stages["succeeded"].slug]),
        "gift": reverse("donations:donation_status", args=[gift.access_token]),
        "state of a gift": reverse("donations:donation_state", args=[gift.access_token]),
        "forged gift": reverse("donations:donation_status", args=[gift.access_token[:-1] + "~"]),
        "apply": reverse("calls:apply", args=[call.slug]),
        "my applications": reverse("calls:application_list"),
        "application": application.get_absolute_url(),
        "application form": reverse("calls:application_edit", args=[application.public_id]),
        **{
            f"step {key}": reverse(f"calls:step_{key}", args=[draft.public_id])
            for key in ("project", "place", "timeline", "budget", "declarations")
        },
        "partners of an application": reverse("calls:step_partners", args=[draft.public_id]),
        "change of a partner": reverse("calls:partner_edit", args=[draft.public_id, partner.public_id]),
        "part of a partner": reverse("calls:partner_answer", args=[invite(partner)]),
        "part of nobody": reverse("calls:partner_answer", args=["niente"]),
        **papers(
            application, make_draft_application(call=call, organization=make_organization(user=organizer))
        ),
        **of_bodies(campaign, draft, owner=organizer, officer=officer),
        "my campaigns": reverse("campaigns:my_campaigns"),
        "campaign desk": reverse("campaigns:campaign_manage", args=[stages["draft"].slug]),
        "desk of an open campaign": reverse("campaigns:campaign_manage", args=[campaign.slug]),
        "my gifts": reverse("donations:my_donations"),
        "my organizations": reverse("accounts:organization_list"),
        "new organization": reverse("accounts:organization_create"),
        "organization": organization.get_absolute_url(),
        "data of an organization": reverse("accounts:organization_edit", args=[organization.public_id]),
        "members": reverse("accounts:member_list", args=[organization.public_id]),
        "member": reverse(
            "accounts:member_edit", args=[organization.public_id, organization.memberships.get().pk]
        ),
        "invite": reverse("accounts:invitation_create", args=[organization.public_id]),
        "leave": reverse("accounts:organization_leave", args=[organization.public_id]),
        "statute": reverse("accounts:statute_upload", args=[organization.public_id]),
        "ask to act": reverse("accounts:claim_create", args=[organization.public_id]),
        "bank account": reverse("accounts:bank_accounts", args=[organization.public_id]),
        "name the bank account": reverse("accounts:bank_account_name", args=[organization.public_id]),
        "unknown invitation": reverse("accounts:invitation", args=["niente"]),
        "payments": reverse("donations:connect_account", args=[organization.public_id]),
        "gifts and reports": reverse("donations:organization_gifts", args=[organization.public_id]),
        "no such call": reverse("calls:call_detail", args=["niente"]),
        "no such campaign": reverse("campaigns:campaign_detail", args=["niente"]),
        "no such application": reverse("calls:application_detail", args=[uuid.uuid4()]),
        "no such page": "/niente/",
    }


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_answers_each_of_its_readers(
    town: Town, cast: dict[str, User | None], language: str
) -> None:
    assert [name for name, _answers in PAGES] == list(town)
    browsers = {who: browser_of(person) for who, person in cast.items()}
    asked = {"accept-language": language} if language == "en" else {}
    wrong = []

    for name, expected in PAGES:
        for who, status in zip(PEOPLE, expected, strict=True):
            answer = browsers[who].get(town[name], headers=asked)
            if answer.status_code != status:
                wrong.append(f"{name} for {who}: {answer.status_code}")
            elif status in (200, 404):
                wrong += [f"{name} for {who}: {fault}" for fault in faults_of(name, answer, language)]

    assert wrong == [], "\n".join(wrong)


def faults_of(name: str, answer: HttpResponse, language: str) -> list[str]:
    """Return what no page of the site may show."""
    page, words = answer.content.decode(), words_of(answer)
    whole = name not in ("state of a gift", "feed of answers", "feed of updates")
    checks = {
        "another language": not whole or f'<html lang="{language}"' in page,
        "not one heading": not whole or page.count("<h1") == 1,
        "no place for the content": not whole or 'id="content"' in page,
        "a style attribute": " style=" not in page,
        "an inline handler": not re.search(r"<[^>]+\son[a-z]+=", page),
        # What the page's script fills in stands in attributes of data.
        "a piece of a template": not re.search(
            r"\{\{|\{%|\{#|%\([a-z_]+\)s", re.sub(r'\sdata-[a-z-]+="[^"]*"', "", page)
        ),
        "a bare None": not re.search(r"\bNone\b", words),
        "an id twice": len(ids := re.findall(r'\sid="([^"]+)"', page)) == len(set(ids)),
        "a raw amount": not re.search(r"\b(490000|1000000|2000000|60000000)\b", words),
        "an amount of the other language": not re.search("\\d\u00a0€" if language == "en" else "€\\d", words),
    }
    return [fault for fault, holds in checks.items() if not holds]


def test_pages_tell_what_they_are_about(town: Town, organizer: User) -> None:
    browser = browser_of(organizer)

    missing = {}
    for name, told in TOLD.items():
        words = words_of(browser.get(town[name]))
        missing[name] = [word for word in told if word not in words]

    assert {name: told for name, told in missing.items() if told} == {}


def test_pages_lead_on(town: Town) -> None:
    def links_of(name: str) -> str:
        return Client().get(town[name]).content.decode()

    assert f'href="{town["campaign"]}"' in links_of("home")
    assert f'href="{town["campaign"]}"' in links_of("projects")
    assert f'href="{town["campaign"]}"' in links_of("call")
    assert f'href="{town["call"]}"' in links_of("calls")
    assert f'href="{town["call"]}"' in links_of("campaign")
    assert f'href="{town["donate"]}"' in links_of("campaign")
    assert f'href="{town["apply"]}"' in links_of("call")
    assert f'href="{town["questions about a call"]}"' in links_of("call")
    assert f'href="{town["may I apply"]}"' in links_of("call")
    assert f'href="{town["earlier version of a call"]}"' in links_of("call")
    for name in ("draft campaign", "page in review", "scheduled campaign"):
        assert town[name] not in links_of("home") + links_of("projects") + links_of("call")


def test_pages_of_a_signed_in_person_are_never_shown_to_the_next(town: Town, organizer: User) -> None:
    shared = browser_of(organizer)
    assert shared.get(town["my campaigns"]).status_code == 200

    shared.post(reverse("account_logout"))

    assert shared.get(town["my campaigns"]).status_code == 302


def test_pages_that_only_show_refuse_to_be_written_to(town: Town) -> None:
    for name in ("home", "calls", "call", "projects", "campaign", "gift"):
        assert Client().post(town[name]).status_code == 405, name
        assert Client().head(town[name]).status_code == 200, name


@pytest.mark.parametrize("who", ["nobody", "stranger", "officer"])
def test_empty_site_says_so_and_leads_on(cast: dict[str, User | None], who: str) -> None:
    browser = browser_of(cast[who])
    addresses = ["/", reverse("calls:call_list"), reverse("campaigns:campaign_list")]
    if cast[who]:
        names = ["calls:application_list", "campaigns:my_campaigns", "donations:my_donations"]
        addresses += [reverse(name) for name in [*names, "accounts:organization_list"]]

    for address in addresses:
        answer = browser.get(address)

        assert answer.status_code == 200, address
        assert faults_of(address, answer, "it") == [], address
        main = answer.content.decode().split('id="content"')[1]
        assert len(words_of(answer)) > 200, address
        assert "<h2" in main or "empty" in main, address


def test_campaign_list_that_finds_nothing_leads_back(town: Town) -> None:
    answer = Client().get(f"{town['projects']}?q=xyzxyz&state=open&borough=9")

    assert answer.context["count"] == 0
    assert 'value="xyzxyz"' in answer.content.decode()
    assert f'href="{town["projects"]}"' in answer.content.decode()


def test_search_words_are_never_markup(town: Town) -> None:
    page = Client().get(town["projects"], {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert(1)" not in page


def test_donor_addresses_appear_on_no_page(town: Town, cast: dict[str, User | None]) -> None:
    address = Donation.objects.get().email

    for name in ("home", "projects", "campaign", "call"):
        for person in cast.values():
            assert address not in browser_of(person).get(town[name]).content.decode()
