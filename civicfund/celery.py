"""Celery as the clock: it wakes tasks, the truth is rows in PostgreSQL.

No task takes arguments and none is scheduled for later, so a lost, repeated or late message changes nothing.
"""

import os

from celery import Celery, bootsteps

from civicfund.rubbish import keep_what_is_loaded, look_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
look_rarely()

app = Celery("civicfund")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class KeepWhatIsLoaded(bootsteps.Step):
    """Keep a worker from looking for rubbish among its code: all is loaded now, and its processes are not made yet."""

    def create(self, _worker: object) -> None:
        """Do it once, while the worker gets ready."""
        keep_what_is_loaded()


app.steps["worker"].add(KeepWhatIsLoaded)

MONEY = 5.0
MAIL = 10.0
DEADLINES = 30.0
RECONCILIATION = 300.0
#: How long a message waits for a worker at least: machines are slow at times, and their clocks may differ by seconds.
PATIENCE = 60.0

app.conf.beat_schedule = {
    "remind-partners": {"task": "calls.tasks.remind_partners", "schedule": RECONCILIATION},
    "forget-proofs": {"task": "accounts.tasks.forget_proofs", "schedule": RECONCILIATION},
    "send-mails": {"task": "accounts.tasks.send_mails", "schedule": MAIL},
    "tell-members": {"task": "vetting.tasks.tell_members", "schedule": RECONCILIATION},
    "remind-members": {"task": "vetting.tasks.remind_members", "schedule": RECONCILIATION},
    "forget-uploads": {"task": "calls.tasks.forget_uploads", "schedule": RECONCILIATION},
    "begin-checks": {"task": "vetting.tasks.begin_checks", "schedule": DEADLINES},
    "close-requests": {"task": "vetting.tasks.close_requests", "schedule": DEADLINES},
    "remind-of-requests": {"task": "vetting.tasks.remind_of_requests", "schedule": RECONCILIATION},
    "draft-admitted-campaigns": {"task": "campaigns.tasks.draft_admitted_campaigns", "schedule": MONEY},
    "tell-followers": {"task": "campaigns.tasks.tell_followers", "schedule": RECONCILIATION},
    "allocate-published-funds": {"task": "ledger.tasks.allocate_published_funds", "schedule": MONEY},
    "apply-events": {"task": "donations.tasks.apply_events", "schedule": MONEY},
    "send-receipts": {"task": "donations.tasks.send_receipts", "schedule": MAIL},
    "correct-receipts": {"task": "donations.tasks.correct_receipts", "schedule": DEADLINES},
    "send-refunds": {"task": "donations.tasks.send_refunds", "schedule": MONEY},
    "ask-for-bank-accounts": {"task": "donations.tasks.ask_for_bank_accounts", "schedule": DEADLINES},
    "remind-of-bank-accounts": {
        "task": "donations.tasks.remind_of_bank_accounts",
        "schedule": RECONCILIATION,
    },
    "remind-of-offline-returns": {
        "task": "donations.tasks.remind_of_offline_returns",
        "schedule": RECONCILIATION,
    },
    "forget-evidence": {"task": "donations.tasks.forget_evidence", "schedule": RECONCILIATION},
    "send-outgoing": {"task": "donations.tasks.send_outgoing", "schedule": MONEY},
    "check-payouts": {"task": "donations.tasks.check_payouts", "schedule": RECONCILIATION},
    "return-transfers": {"task": "donations.tasks.return_transfers", "schedule": RECONCILIATION},
    "warn-of-held-money": {"task": "donations.tasks.warn_of_held_money", "schedule": RECONCILIATION},
    "close-payment-pages": {"task": "donations.tasks.close_payment_pages", "schedule": DEADLINES},
    "end-gift-pauses": {"task": "donations.tasks.end_gift_pauses", "schedule": DEADLINES},
    "forget-attempts": {"task": "donations.tasks.forget_attempts", "schedule": RECONCILIATION},
    "reconcile-donations": {"task": "donations.tasks.reconcile_donations", "schedule": RECONCILIATION},
    "reconcile-recent": {"task": "donations.tasks.reconcile_recent", "schedule": RECONCILIATION},
    "reconcile-balances": {"task": "donations.tasks.reconcile_balances", "schedule": RECONCILIATION},
    "open-due-campaigns": {"task": "matching.tasks.open_due_campaigns", "schedule": MONEY},
    "release-due-grants": {"task": "matching.tasks.release_due_grants", "schedule": MONEY},
    "close-offers": {"task": "matching.tasks.close_offers", "schedule": DEADLINES},
    "settle-campaigns": {"task": "matching.tasks.settle_campaigns", "schedule": DEADLINES},
    "settle-kept-campaigns": {"task": "matching.tasks.settle_kept_campaigns", "schedule": DEADLINES},
    "follow-shortfalls": {"task": "matching.tasks.follow_shortfalls", "schedule": DEADLINES},
    "forget-body-proofs": {"task": "matching.tasks.forget_body_proofs", "schedule": RECONCILIATION},
    "forget-expired": {"task": "matching.tasks.forget_expired", "schedule": RECONCILIATION},
    "audit-money": {"task": "matching.tasks.audit_money", "schedule": RECONCILIATION},
}
for entry in app.conf.beat_schedule.values():
    # A message nobody took in time is worth nothing: the next one says the same.
    entry["options"] = {"expires": max(entry["schedule"], PATIENCE)}
