"""The account a body is paid to: named by owners, held, stopped, and read by the treasurer alone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import BankAccount, BankAccountLook, Mail, Organization, User
from accounts.services import (
    ChangeHeld,
    NotAnOwner,
    NotHeld,
    ReasonMissing,
    SameAccount,
    name_bank_account,
    read_iban,
    stop_bank_account,
)
from civicfund.sealing import Unreadable
from tests.accounts.acting import member
from tests.desk import desk_of, list_url, officer_with, row_url, take_step, text_of
from tests.factories import make_organization
from tests.pages import browser_of, words_of

NOW = datetime(2027, 3, 14, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
IBAN = "IT60X0542811101000000123456"
OTHER = "DE89370400440532013000"


@pytest.fixture
def body(organizer: User) -> Organization:
    """Return a body with one owner."""
    return make_organization(user=organizer)


@pytest.fixture
def treasurer(db: None) -> User:
    """Return an officer who may read accounts in full."""
    return officer_with("accounts.read_iban", "accounts.view_bankaccount")


def named(body: Organization, by: User, iban: str = IBAN, now: datetime = NOW) -> BankAccount:
    """Name an account."""
    return name_bank_account(organization=body, iban=iban, by=by, now=now)


def test_name_bank_account_seals_it_and_tells_everybody(body: Organization, organizer: User) -> None:
    second = member(body, "owner")
    reader = member(body, "reader")

    account = named(body, organizer)

    assert account.iban_last4 == "3456"
    assert IBAN.encode() not in bytes(account.iban_sealed)
    told = set(Mail.objects.values_list("recipient", flat=True))
    assert told == {organizer.email, second.email, body.email, body.pec}
    assert reader.email not in told
    assert not [mail for mail in Mail.objects.all() if IBAN in mail.body]


def test_an_account_is_usable_when_its_hold_is_over(body: Organization, organizer: User) -> None:
    first = named(body, organizer)
    end = NOW + timedelta(hours=72)

    assert first.usable_from == end
    accounts = body.bank_accounts
    assert [accounts.usable(end - TICK).first(), accounts.usable(end).first()] == [None, first]
    assert [accounts.held(end - TICK).first(), accounts.held(end).first()] == [first, None]


def test_a_change_leaves_the_account_in_use_until_it_is_usable(body: Organization, organizer: User) -> None:
    first = named(body, organizer)
    second = named(body, organizer, OTHER, first.usable_from)

    assert body.bank_accounts.usable(second.usable_from - TICK).first() == first
    assert body.bank_accounts.usable(second.usable_from).first() == second


def test_name_bank_account_one_change_at_a_time(body: Organization, organizer: User) -> None:
    first = named(body, organizer)

    with pytest.raises(ChangeHeld):
        named(body, organizer, OTHER, first.usable_from - TICK)
    with pytest.raises(SameAccount):
        named(body, organizer, IBAN, first.usable_from)
    assert body.bank_accounts.count() == 1


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_only_owners_name_and_stop_accounts(body: Organization, organizer: User, role: str) -> None:
    other = member(body, role)
    account = named(body, organizer)

    with pytest.raises(NotAnOwner):
        named(body, other, OTHER, account.usable_from)
    with pytest.raises(NotAnOwner):
        stop_bank_account(account=account, reason="No", by=other, now=NOW)


def test_stop_bank_account_within_its_hold(
    body: Organization, organizer: User, treasurer: User, evaluator: User
) -> None:
    first = named(body, organizer)
    in_use_from = first.usable_from
    second = named(body, organizer, OTHER, in_use_from)
    other_owner = member(body, "owner")

    with pytest.raises(NotAnOwner):
        stop_bank_account(account=second, reason="No", by=evaluator, now=in_use_from)
    with pytest.raises(ReasonMissing):
        stop_bank_account(account=second, reason=" ", by=other_owner, now=in_use_from)
    with pytest.raises(NotHeld):
        stop_bank_account(account=second, reason="Tardi", by=other_owner, now=second.usable_from)
    Mail.objects.all().delete()
    stop_bank_account(account=second, reason="Non è nostro.", by=other_owner, now=second.usable_from - TICK)
    third = named(body, organizer, OTHER, second.usable_from)
    stop_bank_account(account=third, reason="Nemmeno.", by=treasurer, now=second.usable_from)

    assert body.bank_accounts.usable(third.usable_from).first() == first
    assert Mail.objects.filter(key__startswith="iban_stopped", body__contains="Non è nostro.").count() == 4
    with pytest.raises(NotHeld):
        stop_bank_account(account=second, reason="Di nuovo", by=organizer, now=in_use_from)


def test_read_iban_keeps_who_looked(
    body: Organization, organizer: User, treasurer: User, evaluator: User
) -> None:
    account = named(body, organizer)

    assert read_iban(account=account, reason="Bonifico", by=treasurer, now=NOW) == IBAN
    for person in (organizer, evaluator):
        with pytest.raises(NotAnOwner):
            read_iban(account=account, reason="Curiosità", by=person, now=NOW)
    with pytest.raises(ReasonMissing):
        read_iban(account=account, reason="", by=treasurer, now=NOW)
    look = BankAccountLook.objects.get()
    assert (look.account, look.by, look.reason) == (account, treasurer, "Bonifico")


def test_an_account_copied_to_another_body_does_not_open(
    body: Organization, organizer: User, stranger: User, treasurer: User
) -> None:
    account = named(body, organizer)
    copy = BankAccount.objects.create(
        organization=make_organization(user=stranger),
        iban_sealed=bytes(account.iban_sealed),
        iban_last4="3456",
        named_by=stranger,
        named_at=NOW,
        usable_from=NOW + BankAccount.HOLD,
    )

    with pytest.raises(Unreadable):
        read_iban(account=copy, reason="Bonifico", by=treasurer, now=NOW)
    assert not BankAccountLook.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"usable_from": NOW},
        {"iban_last4": ""},
        {"iban_sealed": b""},
        {"stopped_at": NOW},
        {"stopped_at": NOW, "stop_reason": "Per errore"},
        {"stopped_at": NOW + BankAccount.HOLD, "stop_reason": "Tardi", "stopped_by_id": 0},
        {"stopped_at": NOW - TICK, "stop_reason": "Presto", "stopped_by_id": 0},
    ],
)
def test_bank_accounts_keep_their_constraints(body: Organization, organizer: User, wrong: dict) -> None:
    good = {
        "organization": body,
        "iban_sealed": b"x",
        "iban_last4": "3456",
        "named_by": organizer,
        "named_at": NOW,
        "usable_from": NOW + BankAccount.HOLD,
    }
    if "stopped_by_id" in wrong:
        wrong = {**wrong, "stopped_by_id": organizer.pk}

    BankAccount.objects.create(**good)
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccount.objects.create(**{**good, **wrong})


def test_the_history_of_accounts_is_kept(body: Organization, organizer: User, treasurer: User) -> None:
    account = named(body, organizer)
    read_iban(account=account, reason="Bonifico", by=treasurer, now=NOW)
    stop_bank_account(account=account, reason="Errore", by=organizer, now=NOW)
    rows = BankAccount.objects.filter(pk=account.pk)

    for attempt in (
        lambda: rows.update(usable_from=NOW + TICK),
        lambda: rows.update(iban_last4="9999"),
        lambda: rows.update(stopped_at=None, stopped_by=None, stop_reason=""),
        lambda: rows._raw_delete("default"),
        lambda: BankAccountLook.objects.update(reason="Altro"),
        lambda: BankAccountLook.objects.all().delete(),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        BankAccountLook.objects.create(account=account, by=treasurer, at=NOW, reason="")


def page(body: Organization, name: str, *more: object) -> str:
    """Return the address of a body's page."""
    return reverse(f"accounts:{name}", args=[body.public_id, *more])


def test_naming_an_account_asks_for_a_fresh_login(body: Organization, organizer: User) -> None:
    browser = browser_of(organizer)
    address = page(body, "bank_account_name")

    asked, lost = browser.get(address), browser.post(address, {"iban": IBAN})
    assert (
        asked["Location"]
        == lost["Location"]
        == f"{reverse('account_reauthenticate')}?{urlencode({'next': address})}"
    )
    assert IBAN not in str(dict(browser.session))
    assert browser.get(asked["Location"]).status_code == 200
    back = browser.post(asked["Location"], {"password": "una-parola-lunga", "next": address})
    assert back["Location"] == address
    wrong = browser.post(address, {"iban": IBAN[:-1] + "7"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["iban"])
    assert browser.post(address, {"iban": "it60 x054 2811 1010 0000 0123 456"}).status_code == 302
    assert body.bank_accounts.get().iban_last4 == "3456"
    again = browser.post(address, {"iban": OTHER})
    assert again.status_code == 422
    assert body.bank_accounts.count() == 1


def test_accounts_are_the_owners_to_see_and_stop(body: Organization, organizer: User, stranger: User) -> None:
    account = named(body, organizer, now=timezone.now())
    owner = browser_of(member(body, "owner"))
    stop = page(body, "bank_account_stop", account.public_id)
    for other in (member(body, "editor"), member(body, "reader"), stranger):
        browser = browser_of(other)
        for address in (page(body, "bank_accounts"), page(body, "bank_account_name"), stop):
            assert browser.get(address).status_code == 404

    shown = owner.get(page(body, "bank_accounts")).content.decode()
    assert "… 3456" in shown and stop in shown
    assert IBAN not in shown
    assert owner.get(stop).status_code == 200
    assert owner.post(stop, {"reason": ""}).status_code == 422
    assert owner.post(stop, {"reason": "Non l'abbiamo chiesto"}).status_code == 302
    assert owner.post(stop, {"reason": "Due volte"})["Location"] == page(body, "bank_accounts")
    account.refresh_from_db()
    assert account.stop_reason == "Non l'abbiamo chiesto"


def test_treasurer_reads_and_stops_at_the_desk(body: Organization, organizer: User, treasurer: User) -> None:
    account = named(body, organizer, now=timezone.now())
    desk = desk_of(treasurer)

    listed, own = desk.get(list_url(account)), desk.get(row_url(account))
    assert "… 3456" in text_of(listed)
    assert IBAN[:4] not in text_of(own)
    before = text_of(desk.get(row_url(account, "read_iban")))
    assert "IT60" not in before
    empty = desk.post(row_url(account, "read_iban"), {"seen": "", "reason": ""})
    assert "IT60" not in text_of(empty)
    shown = desk.post(row_url(account, "read_iban"), {"seen": "", "reason": "Bonifico"})
    assert "IT60 X054 2811 1010 0000 0123 456" in text_of(shown)
    assert "no-store" in shown["Cache-Control"]
    assert BankAccountLook.objects.get().by == treasurer
    assert "Bonifico" in text_of(desk.get(row_url(account)))
    take_step(desk, row_url(account, "stop"), reason="Sospetto")
    account.refresh_from_db()
    assert account.stopped_by == treasurer


def test_accounts_at_the_desk_need_the_right(body: Organization, organizer: User) -> None:
    account = named(body, organizer, now=timezone.now())
    clerk = desk_of(officer_with("accounts.view_bankaccount"))

    assert clerk.get(row_url(account)).status_code == 200
    for step in ("read_iban", "stop"):
        assert clerk.post(row_url(account, step), {"seen": "", "reason": "X"}).status_code == 403
    assert not BankAccountLook.objects.exists()


def test_an_empty_desk_says_so(treasurer: User) -> None:
    assert "No change of an account is held." in text_of(desk_of(treasurer).get(list_url(BankAccount)))


def test_a_body_without_an_account_is_led_on(body: Organization, organizer: User) -> None:
    shown = browser_of(organizer).get(page(body, "bank_accounts"), headers={"accept-language": "en"})

    assert "No account yet" in words_of(shown)
