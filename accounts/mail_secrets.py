"""Which mails of the outbox an officer may read, and how much of them; kinds by how their names and keys begin."""

import re

from django.conf import settings

#: Mails whose readers only those see who may see donors.
TO_DONORS = (
    "bank_refund:",
    "data_",
    "donation_",
    "donors_",
    "gift_card",
    "gift_fraud_warning",
    "gift_link",
    "gift_thanks",
    "gifts_link",
    "offline_donor_",
    "receipt_",
)
#: Mails that are nothing but a link which lets in whoever holds it: nobody reads them but whom they are for.
SECRET = (
    "campaign_question_confirm",
    "data_link",
    "donation_bank_asked",
    "donation_bank_reminder",
    "follow",
    "gift_link",
    "gifts_link",
    "organization_invitation",
    "partner_",
)


def without_links(text: str) -> str:
    """Return the text of a mail without the addresses in it: a donor's is a key to the gift."""
    return re.sub(rf"{re.escape(settings.SITE_URL)}/\S+", f"{settings.SITE_URL}/…", text)
