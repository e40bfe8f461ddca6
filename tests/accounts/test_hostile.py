"""What hostile and clumsy people type about organizations and do with invitations, and what each of them gets."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, Organization, User
from accounts.services import accept_invitation, invite_person, revoke_invitation, send_invitation_again
from tests.accounts.acting import confirmed, link_to, token_of
from tests.accounts.test_forms import GOOD
from tests.factories import make_organization, make_user
from tests.pages import browser_of, words_of

CREATE = reverse("accounts:organization_create")
RIGHT_TO_LEFT = "\u202e"
ZERO_WIDTH = "\u200b"

#: Field, what is typed, other fields, and what stands beside the field (English) or what is kept.
REFUSED: list[tuple[str, str, dict[str, str], str]] = [
    ("tax_code", "00743110158", {}, "the last one does not fit the others"),
    ("tax_code", "0074311015", {}, "these are 10"),
    ("tax_code", "007431101570", {}, "these are 12"),
    ("tax_code", "00000000000", {}, "compare each digit"),
    ("tax_code", "RSSMRA85T10A562S", {}, "the tax code of a person"),
    ("tax_code", "RSSMRA85T10A562T", {"kind": "msme", "rea_number": "MI-1"}, "health card"),
    ("tax_code", "RSSMRA85T10A562", {"kind": "msme", "rea_number": "MI-1"}, "16 characters"),
    ("tax_code", "🍕🍕🍕", {}, "11 digits"),
    ("tax_code", "٠٠٧٤٣١١٠١٥٧", {}, "11 digits"),
    ("tax_code", "' OR 1=1 --", {}, "11 digits"),
    ("vat_number", "DE136695976", {}, "Only Italian VAT numbers"),
    ("vat_number", "FR40303265045", {}, "Only Italian VAT numbers"),
    ("vat_number", "00743110158", {}, "the last one does not fit the others"),
    ("vat_number", "123", {}, "these are 3"),
    ("rea_number", "XX-1234567", {}, "like MI-1234567"),
    ("rea_number", "1234567", {}, "like MI-1234567"),
    ("runts_number", "", {"kind": "odv"}, "write the number"),
    ("runts_number", "in corso", {}, "made of digits"),
    ("legal_name", "🍕🍕", {}, "in letters"),
    ("legal_name", "Forno 🍕", {}, "no place in a name"),
    ("legal_name", "x" * 100_000, {}, "200"),
    ("postcode", "20 12", {}, "5 digits"),
    ("province", "Milano", {}, "two letters"),
    ("pec", "forno@gmail.com", {}, "ordinary mailboxes"),
    ("representative_tax_code", "00743110157", {}, "16 characters"),
    ("representative_since", "2999-12-31", {}, "still to come"),
    ("website", "javascript:alert(1)", {}, "URL"),
]
KEPT: list[tuple[str, str, str]] = [
    ("tax_code", "00743 110 157", "00743110157"),
    ("tax_code", "007.431.101-57", "00743110157"),
    ("tax_code", "IT00743110157", "00743110157"),
    ("tax_code", f"{RIGHT_TO_LEFT}00743110157{ZERO_WIDTH}", "00743110157"),
    ("tax_code", "００７４３１１０１５７", "00743110157"),
    ("vat_number", "it 00743110157", "00743110157"),
    ("rea_number", "mi 1234567", "MI-1234567"),
    ("runts_number", "RUNTS n. 4711", "4711"),
    ("legal_name", f"Forno{RIGHT_TO_LEFT}  di\u00a0quartiere", "Forno di quartiere"),
    ("legal_name", "L\u2019Officina & C. – \u00c0 la carte", "L\u2019Officina & C. – \u00c0 la carte"),
    ("province", " mi ", "MI"),
    ("representative_tax_code", "rssmra85t10 a562s", "RSSMRA85T10A562S"),
]


@pytest.fixture
def browser(organizer: User) -> Client:
    """Return the organizer's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(organizer)
    return client


@pytest.mark.parametrize(("field", "typed", "others", "told"), REFUSED)
def test_what_cannot_be_is_refused_beside_its_field_and_stays_typed(
    browser: Client, field: str, typed: str, others: dict[str, str], told: str
) -> None:
    answer = browser.post(CREATE, {**GOOD, **others, field: typed})

    form = answer.context["form"]
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert told in str(form.errors[field])
    assert form[field].value() == typed
    assert not Organization.objects.exists()


@pytest.mark.parametrize(("field", "typed", "kept"), KEPT)
def test_what_people_write_around_a_code_does_not_matter(
    browser: Client, field: str, typed: str, kept: str
) -> None:
    assert browser.post(CREATE, {**GOOD, field: typed}).status_code == 302

    assert getattr(Organization.objects.get(), field) == kept


def test_ten_megabytes_of_text_are_refused_before_they_are_read(browser: Client) -> None:
    answer = browser.post(CREATE, {**GOOD, "description": "a" * 10_000_000})

    assert answer.status_code == 400
    assert not Organization.objects.exists()


def test_markup_in_a_name_is_only_text(browser: Client) -> None:
    browser.post(CREATE, {**GOOD, "legal_name": "<script>alert(1)</script>"})

    page = browser.get(Organization.objects.get().get_absolute_url()).content.decode()

    assert "<script>alert(1)" not in page


def test_registering_twice_after_the_back_button_makes_one_body(browser: Client) -> None:
    browser.post(CREATE, GOOD)

    again = browser.post(CREATE, GOOD)

    assert again.status_code == 422
    assert "registered already" in words_of(again)
    assert Organization.objects.count() == 1


NEVER = "an invitation nobody wrote"
#: What is done with an invitation, and then by whom its link is opened: the answer, and what the page says.
LINKS: list[tuple[str, str, int, str]] = [
    ("sent", "nobody", 200, "sign in with the address"),
    ("sent", "invited", 200, "Accept the invitation"),
    ("sent", "unconfirmed", 403, "once that address is confirmed"),
    ("sent", "another", 403, "for another address"),
    ("sent", "owner", 302, ""),
    ("expired", "invited", 410, "these have passed"),
    ("expired", "nobody", 410, "these have passed"),
    ("revoked", "invited", 410, "has revoked it"),
    ("used", "another", 410, "each link serves once"),
    ("used", "invited", 302, ""),
    ("sent again", "invited", 410, "do not know this link"),
    (NEVER, "invited", 410, "do not know this link"),
]


@pytest.fixture
def people(organizer: User, donor: User, stranger: User) -> dict[str, User | None]:
    """Return who opens a link."""
    confirmed(donor), confirmed(stranger)
    late = make_user("late")
    return {"nobody": None, "invited": donor, "another": stranger, "owner": organizer, "unconfirmed": late}


def prepare(what: str, email: str, owner: User) -> str:
    """Invite a person, do something with the invitation, and return its first link."""
    if what == NEVER:
        return reverse("accounts:invitation", args=["../../etc\u202e🍕".replace("/", "")])
    long_ago = timezone.now() - timedelta(days=15 if what == "expired" else 1)
    body = make_organization(user=owner)
    invitation = invite_person(organization=body, email=email, role="reader", by=owner, now=long_ago)
    link = link_to(email)
    now = timezone.now()
    if what == "revoked":
        revoke_invitation(invitation=invitation, by=owner, now=now)
    elif what == "sent again":
        send_invitation_again(invitation=invitation, by=owner, now=now)
    elif what == "used":
        accept_invitation(token=token_of(link), by=User.objects.get(email=email), now=now)
    return link


@pytest.mark.parametrize(("what", "who", "status", "told"), LINKS)
def test_links_of_invitations(
    people: dict[str, User | None], organizer: User, what: str, who: str, status: int, told: str
) -> None:
    address = people["unconfirmed" if who == "unconfirmed" else "invited"].email
    link = prepare(what, address, organizer)
    browser = browser_of(people[who])

    shown = browser.get(link, headers={"accept-language": "en"})
    members = set(Membership.objects.values_list("user", "role"))
    sent = browser.post(link, headers={"accept-language": "en"})

    assert shown.status_code == status
    assert told in words_of(shown)
    joined = set(Membership.objects.values_list("user", "role")) - members
    assert joined == ({(people["invited"].pk, "reader")} if (what, who) == ("sent", "invited") else set())
    assert sent.status_code == (302 if joined else status)


def test_accepting_twice_makes_one_member(people: dict[str, User | None], organizer: User) -> None:
    link = prepare("sent", people["invited"].email, organizer)
    browser = browser_of(people["invited"])

    answers = [browser.post(link).status_code for _turn in range(2)]

    assert answers == [302, 302]
    assert people["invited"].memberships.count() == 1
