"""What has waited too long: nothing is lost, but somebody or something is late."""

from matching.audit.check import Check

CHECKS = [
    Check(
        "I12",
        "no message of Stripe waits for more than ten minutes",
        "donations_stripeevent",
        """SELECT stripe_id, type, attempts, received_at FROM donations_stripeevent
           WHERE processed_at IS NULL AND received_at < %(now)s - interval '10 minutes'""",
    ),
    Check(
        "I12",
        "no mail has been under way for more than ten minutes",
        "accounts_mail",
        """SELECT key, claimed_at FROM accounts_mail
           WHERE status = 'sending' AND claimed_at < %(now)s - interval '10 minutes'""",
    ),
    Check(
        "I12",
        "no gift outside the site waits for an officer for more than five days",
        "donations_offlinedonation",
        """SELECT public_id, campaign_id, entered_at FROM donations_offlinedonation
           WHERE status = 'entered' AND entered_at < %(now)s - interval '5 days'""",
    ),
    Check(
        "I12",
        "no refund waits to be sent for more than an hour",
        "donations_reversal",
        """SELECT id, donation_id, attempts, created_at FROM donations_reversal
           WHERE status = 'due' AND created_at < %(now)s - interval '1 hour'""",
    ),
    Check(
        "I12",
        "no refund has been without an answer from Stripe for more than a day",
        "donations_reversal",
        """SELECT id, stripe_refund_id, created_at FROM donations_reversal
           WHERE status = 'sent' AND created_at < %(now)s - interval '24 hours'""",
    ),
    Check(
        "I12",
        "nothing that leaves for a promoter waits for more than a day",
        "donations_outgoing",
        """SELECT id, kind, campaign_id, attempts, created_at FROM donations_outgoing
           WHERE status = 'due' AND created_at < %(now)s - interval '24 hours'""",
    ),
]
