from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import Organization
from accounts.services import queue_mail
from donations.models import Donation, Receipt


@transaction.atomic
def issue_receipt(*, donation: Donation, now: datetime) -> Receipt | None:
    """Number a settled gift's receipt, per payee and year of the payment, and write it to the donor once.

    A gift that is owed back in the meantime gets none: return None.
    """
    donation = Donation.objects.select_for_update(no_key=True).get(pk=donation.pk)
    if donation.status != Donation.Status.SETTLED:
        return Receipt.objects.filter(donation=donation).first()
    payee = Organization.objects.select_for_update(no_key=True).get(pk=donation.campaign.organization.pk)
    found = Receipt.objects.filter(donation=donation).first()
    if found:
        return found
    paid_at = donation.charged_at or now
    year = paid_at.astimezone(timezone.get_default_timezone()).year
    last = Receipt.objects.filter(payee=payee, year=year).aggregate(last=Max("number", default=0))["last"]
    receipt = Receipt.objects.create(
        donation=donation, payee=payee, year=year, number=last + 1, issued_at=now
    )
    queue_mail(
        key=f"donation_receipt:{donation.pk}",
        topic=donation.campaign.call.mail_topic,
        recipient=donation.email,
        template="donation_receipt",
        context={"donation": donation, "receipt": receipt, "campaign": donation.campaign},
        language=donation.language,
        now=now,
    )
    return receipt
