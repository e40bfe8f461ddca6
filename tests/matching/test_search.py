"""One search over everything: what is found, and that nobody finds what he or she may not see."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from calls.models import Call
from campaigns.models import Campaign
from donations.models import Receipt
from donations.services import issue_receipt
from matching.roles import ROLES
from matching.search import SHELVES
from matching.services import write_roles
from tests import factories
from tests.desk import desk_of, text_of

SEARCH = reverse("desk-search")


@pytest.fixture
def receipt(campaign: Campaign) -> Receipt:
    """Return the receipt of a gift of Ada's to the bakery."""
    gift = factories.give(
        campaign=campaign, amount_cents=5000, email="ada.lovati@example.org", name="Ada Lovati"
    )
    return issue_receipt(donation=gift, now=timezone.now())


def desks() -> dict[str, Client]:
    """Return the browser of a person in each role."""
    write_roles()
    browsers = {}
    for role in ROLES:
        person = factories.make_user(role.key, is_staff=True)
        person.groups.add(Group.objects.get(name=role.name))
        browsers[role.key] = desk_of(person)
    return browsers


def kinds_in(desk: Client, words: str) -> set[str]:
    """Return the kinds of row in which somebody finds words."""
    return {str(kind["title"]) for kind in desk.get(SEARCH, {"q": words}).context["found"]}


def test_each_role_finds_what_it_may_see_and_nothing_else(
    receipt: Receipt, campaign: Campaign, organizer: User
) -> None:
    application, body = campaign.application, campaign.organization
    browsers = desks()
    # The body was told about its application by mail.
    application_and_page = {"Applications", "Campaigns"}
    told_by_mail = {*application_and_page, "Mails"}
    of_body = {"Organizations", *application_and_page, "Grants", "Receipts"}
    #: Words, the kinds the auditor finds, and what each role finds of them.
    table = [
        (
            application.protocol_number,
            application_and_page,
            {"clerk": told_by_mail, "communication": {"Campaigns"}},
        ),
        (body.tax_code, {"Organizations", *application_and_page}, {"communication": {"Campaigns"}}),
        (
            body.legal_name,
            of_body,
            {"clerk": {"Organizations", *application_and_page}, "communication": {"Campaigns"}},
        ),
        ("ada.lovati@example.org", {"Gifts"}, {"clerk": set(), "communication": set()}),
        (str(receipt), {"Receipts"}, {"clerk": set(), "communication": set()}),
        (
            organizer.email,
            {"Organizations", "People", "Mails"},
            {"treasurer": {"Organizations", "Mails"}, "communication": set()},
        ),
    ]

    for words, everything, exceptions in table:
        assert everything <= kinds_in(browsers["auditor"], words), words
        for role in ("procedure_officer", "clerk", "treasurer", "communication"):
            found = kinds_in(browsers[role], words)
            assert found <= kinds_in(browsers["auditor"], words), (role, words)
            if role in exceptions:
                assert found == exceptions[role], (role, words)
        for role in ("member", "president"):
            assert kinds_in(browsers[role], words) == set(), (role, words)


def test_what_was_never_handed_in_is_found_by_nobody(call: Call, organizer: User, officer: User) -> None:
    body = factories.make_organization(user=organizer)
    factories.make_draft_application(call=call, organization=body, title="Un segreto in cantina")

    page = desk_of(officer).get(SEARCH, {"q": "segreto in cantina"})

    assert page.context["found"] == []
    assert "Nothing you may see has “segreto in cantina” in it." in text_of(page)


def test_results_lead_to_their_rows_and_the_others_to_their_list(
    call: Call, officer: User, organizer: User
) -> None:
    for number in range(7):
        body = factories.make_organization(user=organizer)
        factories.make_application(call=call, organization=body, title=f"Orto {number}")
    desk = desk_of(officer)

    kind, *_mails = desk.get(SEARCH, {"q": "Orto"}).context["found"]

    assert len(kind["rows"]) == 5
    assert all(desk.get(row["page"]).status_code == 200 for row in kind["rows"])
    assert desk.get(kind["all"], {"q": "Orto"}).context["cl"].result_count == 7


@pytest.mark.parametrize("words", ["", "a", "\0\0\0", "x" * 101, "%", "' OR 1=1 --", "è" * 50, "1/9999"])
def test_words_that_find_nothing_are_answered_kindly(words: str, officer: User) -> None:
    page = desk_of(officer).get(SEARCH, {"q": words})

    assert page.status_code == 200
    assert page.context["found"] == []
    assert 'role="search"' in page.content.decode()


def test_search_is_for_people_of_the_desk(stranger: User, evaluator: User, receipt: Receipt) -> None:
    assert Client().get(SEARCH, {"q": "Ada"}).status_code == 302
    assert desk_of(stranger).get(SEARCH, {"q": "Ada"}).status_code == 302
    assert desk_of(evaluator).get(SEARCH, {"q": "Ada"}).context["found"] == []
    assert desk_of(evaluator).post(SEARCH, {"q": "Ada"}).status_code == 405


def test_search_asks_few_questions(
    receipt: Receipt, officer: User, django_assert_max_num_queries: object
) -> None:
    desk = desk_of(officer)
    desk.get(SEARCH, {"q": "forno"})

    with django_assert_max_num_queries(12 + 2 * len(SHELVES)):  # type: ignore[operator]
        assert desk.get(SEARCH, {"q": "forno"}).context["found"]
