"""A new key: everything that is sealed goes under it, and the old one can be thrown away."""

import base64
import io

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import InternalError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import BankAccount, User
from accounts.services import name_bank_account, stop_bank_account
from accounts.services.bank_account import _opened
from campaigns.models import Campaign
from civicfund.sealing import Unreadable, is_under_newest, seal, unseal
from donations import tasks
from donations.models import BankRefund, ForgottenDonor
from donations.models.offline import FORGOTTEN
from donations.services import give_bank_account, iban_of
from donations.services.erasure import purpose_of
from tests.donations.returned import IBAN, come_back, links
from tests.factories import give

OLD, NEW = (base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def sealed(campaign: Campaign, organizer: User, officer: User, settings: Settings) -> Settings:
    """Seal two accounts of a body, one stopped, one of a donor, an erased donor, and an app with its codes, under the old key."""
    settings.SEALING_KEYS = [OLD]
    now = timezone.now()
    for _twice in range(2):
        account = name_bank_account(organization=campaign.organization, iban=IBAN, by=organizer, now=now)
        stop_bank_account(account=account, by=organizer, reason="Prova.", now=now)
    come_back(give(campaign=campaign), officer)
    tasks.ask_for_bank_accounts()
    give_bank_account(token=links()[-1], holder="Ada", iban=IBAN, now=timezone.now())
    erased = ForgottenDonor.objects.create(donation=give(campaign=campaign), asked_at=now, done_at=now)
    erased.sealed, erased.kept_until = seal("Lia", purpose=purpose_of(erased)), now.date()
    erased.save()
    TOTP.activate(organizer, SECRET)
    RecoveryCodes.activate(organizer)
    return settings


def seal_anew() -> str:
    """Run the command and return what it says."""
    said = io.StringIO()
    call_command("seal_anew", stdout=said, stderr=said)
    return said.getvalue()


def test_seal_anew_puts_everything_under_the_newest_key_once(sealed: Settings, organizer: User) -> None:
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes()
    sealed.SEALING_KEYS = [NEW, OLD]

    first, second = seal_anew(), seal_anew()

    assert "of bodies: 2, sealed anew: 2" in first and "of donors: 1, sealed anew: 1" in first
    assert "second factors: 2, sealed anew: 2" in first and second.count("sealed anew: 0") == 4
    sealed.SEALING_KEYS = [NEW]
    assert [_opened(account) for account in BankAccount.objects.all()] == [IBAN, IBAN]
    assert iban_of(BankRefund.objects.get()) == IBAN
    erased = ForgottenDonor.objects.get()
    assert unseal(erased.sealed, purpose=purpose_of(erased)) == "Lia"
    app = Authenticator.objects.get(type="totp").wrap()
    assert app.validate_code("") is False
    assert RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).get_unused_codes() == codes


def test_seal_anew_goes_on_where_it_was_broken_off(sealed: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    sealed.SEALING_KEYS = [NEW, OLD]
    last = BankAccount.objects.latest("pk")
    whole = bytes(last.iban_sealed)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_bankaccount DISABLE TRIGGER USER")
        BankAccount.objects.filter(pk=last.pk).update(iban_sealed=b"broken")
        cursor.execute("ALTER TABLE accounts_bankaccount ENABLE TRIGGER USER")

    with pytest.raises(CommandError, match="1 rows open under none"):
        seal_anew()

    assert [is_under_newest(row.iban_sealed) for row in BankAccount.objects.order_by("pk")] == [True, False]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE accounts_bankaccount DISABLE TRIGGER USER")
        BankAccount.objects.filter(pk=last.pk).update(iban_sealed=whole)
        cursor.execute("ALTER TABLE accounts_bankaccount ENABLE TRIGGER USER")
    assert "of bodies: 2, sealed anew: 1" in seal_anew()


def test_seal_anew_leaves_the_triggers_on_and_needs_the_owner(sealed: Settings) -> None:
    sealed.SEALING_KEYS = [NEW, OLD]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE ROLE guest_of_the_test")
            cursor.execute("GRANT guest_of_the_test TO CURRENT_USER")
            cursor.execute("GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO guest_of_the_test")
            cursor.execute("SET LOCAL ROLE guest_of_the_test")
        with pytest.raises(CommandError, match="Only the owner"):
            seal_anew()
        transaction.set_rollback(True)
    seal_anew()

    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        BankAccount.objects.update(iban_sealed=b"other")
    sealed.SEALING_KEYS = [OLD]
    with pytest.raises(Unreadable):
        iban_of(BankRefund.objects.get())


def test_seal_anew_leaves_alone_what_was_forgotten_of_an_old_refund(sealed: Settings) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE donations_bankrefund DISABLE TRIGGER USER")
        BankRefund.objects.update(holder=FORGOTTEN, iban_sealed=b"-", iban_last4=FORGOTTEN)
        cursor.execute("ALTER TABLE donations_bankrefund ENABLE TRIGGER USER")
    sealed.SEALING_KEYS = [NEW, OLD]

    assert "Every row is under the newest key." in seal_anew()
