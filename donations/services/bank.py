"""Money that Stripe could not bring back goes by bank transfer: asked for, answered, paid and proved, once."""

from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from accounts.services import refuse_own_body
from civicfund.links import digest_of
from civicfund.sealing import is_under_newest, seal, seal_anew, unseal
from donations.models import BankRefund, Donation, Reversal
from donations.models.offline import FORGOTTEN
from donations.services.bank_link import ask_in_place_of, send_link, write_to_donor
from donations.services.reversal import close_when_back, lock_gift
from donations.services.standing import kept_cents
from ledger.models import Account, Entry
from ledger.services import account, post

Kind = Account.Kind
Progress = Reversal.Status


class LinkSpent(Exception):
    """Say that a link has served, is too old, or that a newer one was sent."""


class NotPayable(Exception):
    """Say that a refund does not wait for a bank transfer: the donor named no account, or it is paid or replaced."""


@transaction.atomic
def ask_for_bank_account(*, reversal: Reversal, now: datetime) -> Reversal | None:
    """Ask the donor of a refund that came back for a bank account, once; None when it is no longer owed that way.

    While the answer is open, Stripe is not tried again unless an officer gives the transfer up.
    """
    lock_gift(reversal.donation)
    returned = Reversal.objects.came_back().filter(pk=reversal.pk).first()
    if returned is None:
        return None
    decided: Reversal | None = returned
    if returned.reason == Reversal.Reason.EXTERNAL:
        decided = returned.donation.reversals.exclude(reason=Reversal.Reason.EXTERNAL).order_by("pk").last()
    if decided is None:
        # Nobody here decided it and no campaign failed: an officer looks at it.
        return None
    return ask_in_place_of(returned, kept_cents(returned.donation), decided, now)


@transaction.atomic
def give_bank_account(*, token: str, holder: str, iban: str, now: datetime) -> BankRefund:
    """Keep the account a donor names, sealed; the link has served. Raise LinkSpent.

    `iban` is compact and checked; only its last four characters are readable afterwards.
    """
    found = BankRefund.objects.by_digest(digest_of(token), now).select_related("reversal__donation").first()
    if found is None:
        raise LinkSpent
    lock_gift(found.reversal.donation)
    bank = BankRefund.objects.by_digest(digest_of(token), now).select_for_update().first()
    if bank is None:
        raise LinkSpent
    bank.holder = holder
    bank.iban_sealed = seal(iban, purpose=_purpose(bank))
    bank.iban_last4 = iban[-4:]
    bank.answered_at = now
    bank.link_digest = bank.link_expires_at = None
    bank.save(
        update_fields=[
            "holder",
            "iban_sealed",
            "iban_last4",
            "answered_at",
            "link_digest",
            "link_expires_at",
        ]
    )
    _move(bank.reversal, Progress.READY)
    write_to_donor(bank, "donation_bank_given", f"donation_bank_given:{bank.pk}:{bank.links}", now)
    return bank


@transaction.atomic
def ask_again(*, reversal: Reversal, by: User, now: datetime) -> None:
    """Send the donor a new link because an officer says so; the older one and an account already named are forgotten.

    For a mail that got lost, or an account the bank refuses. Raise NotPayable once it is paid or replaced, OwnBody.
    """
    refuse_own_body(reversal.donation.campaign.organization, by)
    bank = _lock(reversal, Progress.ASKED, Progress.READY)
    bank.holder = bank.iban_last4 = ""
    bank.iban_sealed = b""
    bank.answered_at = None
    bank.save(update_fields=["holder", "iban_sealed", "iban_last4", "answered_at"])
    _move(bank.reversal, Progress.ASKED)
    send_link(bank, now)


@transaction.atomic
def remind_of_bank_account(*, bank: BankRefund, now: datetime) -> None:
    """Write again, with a fresh link, to a donor who has been silent; each reminder once."""
    lock_gift(bank.reversal.donation)
    due = BankRefund.objects.reminder_due(now).filter(pk=bank.pk, reminders=bank.reminders).first()
    if due is None:
        return
    # A server that stood still for weeks sends one reminder, not all that it missed.
    due.reminders = sum(now >= due.asked_at + wait for wait in BankRefund.REMINDERS)
    due.save(update_fields=["reminders"])
    send_link(due, now, template="donation_bank_reminder")


@transaction.atomic
def record_bank_transfer(
    *, reversal: Reversal, paid_on: date, reference: str, reason: str, by: User, now: datetime
) -> Reversal:
    """Write that an officer has paid a refund by bank transfer, with the transfer's day and reference; once.

    A refund that came back lies in the platform's own balance at Stripe; the platform draws it out and pays, so what is
    owed and what Stripe holds for the campaign fall together. Raise OwnBody, NotPayable, also for a gift that is contested.
    """
    bank = _lock(reversal, Progress.READY)
    if not reference.strip() or not reason.strip():
        raise NotPayable(reversal.pk)
    campaign, donation = lock_gift(reversal.donation)
    refuse_own_body(campaign.organization, by)
    bank.paid_on = paid_on
    bank.reference = reference.strip()[:140]
    bank.note = reason.strip()[:500]
    bank.paid_by = by
    bank.paid_at = now
    bank.save(update_fields=["paid_on", "reference", "note", "paid_by", "paid_at"])
    paid = bank.reversal
    paid.ended_at = now
    _move(paid, Progress.SUCCEEDED)
    post(
        key=f"bank_refund:{paid.pk}",
        kind=Entry.Kind.BANK_REFUND,
        postings=[
            (account(Kind.REFUNDS_OWED, campaign=campaign), paid.amount_cents),
            (account(Kind.STRIPE, campaign=campaign), -paid.amount_cents),
        ],
        now=now,
        by=by,
        reason=bank.note,
    )
    close_when_back(donation, campaign, now)
    write_to_donor(bank, "donation_bank_paid", f"donation_bank_paid:{bank.pk}", now)
    return paid


def iban_of(bank: BankRefund) -> str:
    """Return the account to pay to. Raise Unreadable when the key that sealed it is gone."""
    return unseal(bank.iban_sealed, purpose=_purpose(bank))


def seal_refund_anew(*, bank: BankRefund) -> bool:
    """Seal a donor's account, locked by the caller, under the newest key; say whether it was not. Raise Unreadable.

    Only the owner of the table may do it: what is paid is kept as it is by a trigger.
    """
    is_forgotten = bank.holder == FORGOTTEN
    if is_forgotten or not bank.iban_sealed or is_under_newest(bank.iban_sealed):
        return False
    sealed = seal_anew(bank.iban_sealed, purpose=_purpose(bank))
    BankRefund.objects.filter(pk=bank.pk).update(iban_sealed=sealed)
    return True


def _lock(reversal: Reversal, *states: Reversal.Status) -> BankRefund:
    """Lock campaign, gift and bank refund, and return it as it is now. Raise NotPayable in any other state."""
    _campaign, donation = lock_gift(reversal.donation)
    bank = BankRefund.objects.select_for_update(of=("self",)).filter(reversal=reversal).first()
    if bank is None or bank.reversal.status not in states or not _is_owed(donation):
        raise NotPayable(reversal.pk)
    return bank


def _is_owed(donation: Donation) -> bool:
    """Say whether a gift's bank asks nothing of it: what is contested is given back by the bank, not here as well."""
    return donation.status in (
        Donation.Status.REFUND_DUE,
        Donation.Status.SETTLED,
        Donation.Status.QUARANTINED,
    )


def _move(reversal: Reversal, status: Reversal.Status) -> None:
    """Write a new state."""
    reversal.status = status
    reversal.save(update_fields=["status", "ended_at"])


def _purpose(bank: BankRefund) -> str:
    """Return the place the account is sealed for: copied to another row, it does not open."""
    return f"bank refund {bank.pk}"
