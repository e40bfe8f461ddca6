"""The account a body is paid to: sealed, held for three days when it changes, and read by nobody unseen."""

from datetime import datetime

from django.db import transaction

from accounts.models import BankAccount, BankAccountLook, Organization, User
from accounts.services.mail import queue_mail, queue_mail_to_owners
from accounts.services.members import NotAnOwner, lock_as_owner
from civicfund.sealing import is_under_newest, seal, seal_anew, unseal


class ChangeHeld(Exception):
    """Say that an earlier change is still held: it is stopped first, or waited for."""


class SameAccount(Exception):
    """Say that this is the account in use already."""


class NotHeld(Exception):
    """Say that an account can no longer be stopped: its hold is over, or it is stopped already."""


class ReasonMissing(Exception):
    """Say that no reason was given."""


#: The right that lets an officer read an IBAN in full, and stop one that is held.
READ_RIGHT = "accounts.read_iban"


@transaction.atomic
def name_bank_account(*, organization: Organization, iban: str, by: User, now: datetime) -> BankAccount:
    """Name the account of a body; it is usable after the hold, and everybody who should know is told.

    `iban` is compact and checked; only its last four characters are readable afterwards. Raise NotAnOwner, ChangeHeld or
    SameAccount. The caller has asked the person to sign in again.
    """
    organization = lock_as_owner(organization, by)
    if organization.bank_accounts.held(now).exists():
        raise ChangeHeld(organization.pk)
    in_use = organization.bank_accounts.usable(now).first()
    if in_use and _opened(in_use) == iban:
        raise SameAccount(in_use.pk)
    account = BankAccount.objects.create(
        organization=organization,
        iban_sealed=seal(iban, purpose=_purpose(organization)),
        iban_last4=iban[-4:],
        named_by=by,
        named_at=now,
        usable_from=now + BankAccount.HOLD,
    )
    _tell(account, "iban_changed", by, now)
    return account


@transaction.atomic
def stop_bank_account(*, account: BankAccount, reason: str, by: User, now: datetime) -> BankAccount:
    """Stop an account within its hold, as any owner of the body or as an officer; the one before stays in use.

    Raise NotAnOwner, NotHeld or ReasonMissing.
    """
    if by.is_staff and by.has_perm(READ_RIGHT):
        Organization.objects.select_for_update().get(pk=account.organization_id)
    else:
        lock_as_owner(account.organization, by)
    if not reason.strip():
        raise ReasonMissing(account.pk)
    stopped = BankAccount.objects.held(now).select_related("organization").filter(pk=account.pk).first()
    if stopped is None:
        raise NotHeld(account.pk)
    stopped.stopped_at, stopped.stopped_by, stopped.stop_reason = now, by, reason.strip()[:500]
    stopped.save(update_fields=["stopped_at", "stopped_by", "stop_reason"])
    _tell(stopped, "iban_stopped", by, now)
    return stopped


@transaction.atomic
def read_iban(*, account: BankAccount, reason: str, by: User, now: datetime) -> str:
    """Return an IBAN in full to an officer who may read it, and keep who looked, when and why.

    Raise NotAnOwner without the right, ReasonMissing, and Unreadable when the key that sealed it is gone.
    """
    if not (by.is_staff and by.has_perm(READ_RIGHT)):
        raise NotAnOwner(by.pk)
    if not reason.strip():
        raise ReasonMissing(account.pk)
    BankAccountLook.objects.create(account=account, by=by, at=now, reason=reason.strip()[:500])
    return _opened(account)


def seal_account_anew(*, account: BankAccount) -> bool:
    """Seal an account, locked by the caller, under the newest key; say whether it was not. Raise Unreadable.

    Only the owner of the table may do it, with the trigger off that keeps accounts as they were named.
    """
    if is_under_newest(account.iban_sealed):
        return False
    sealed = seal_anew(account.iban_sealed, purpose=_purpose(account.organization))
    BankAccount.objects.filter(pk=account.pk).update(iban_sealed=sealed)
    return True


def _opened(account: BankAccount) -> str:
    """Return an IBAN in full."""
    return unseal(account.iban_sealed, purpose=_purpose(account.organization))


def _purpose(organization: Organization) -> str:
    """Return the place an account is sealed for: copied to another body, it does not open."""
    return f"bank account of body {organization.public_id}"


def _tell(account: BankAccount, template: str, by: User, now: datetime) -> None:
    """Write to every owner and to the body's public address; whoever holds one stolen account does not hold all."""
    organization = account.organization
    context = {"organization": organization, "account": account, "person": by}
    key = f"{template}:{account.pk}"
    queue_mail_to_owners(organization=organization, key=key, template=template, context=context, now=now)
    for name, address in (("email", organization.email), ("pec", organization.pec)):
        if address:
            queue_mail(
                key=f"{key}:{name}",
                topic="",
                recipient=address,
                template=template,
                context=context,
                language="it",
                now=now,
            )
