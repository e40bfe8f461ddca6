from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from civicfund.tables import Cents, csv_text
from donations import rules
from donations.models import Donation, DonorExport
from donations.services.wishes import NoTaxRelief

HEADER = ("anno", "codice_fiscale_ente", "codice_fiscale_donatore", "numero_donazioni", "importo_eur")


@dataclass(frozen=True)
class Export:
    """A list of identified donors that is leaving the site, and its line in the log."""

    log: DonorExport
    text: str


@transaction.atomic
def export_donors(*, organization: Organization, year: int, by: User, now: datetime) -> Export:
    """Return a body's identified donors of a year with what is kept of their gifts, and log who took the list.

    Only donors who gave their tax code and did not object are in it, with traceable gifts net of what went back or was
    lost; the site takes no cash. Raise NoTaxRelief for bodies whose donors have no tax relief: they report nothing.
    Source: DM 1/3/2024; D.Lgs. 117/2017 art. 83.
    """
    if not rules.relief_bp(kind=organization.kind, runts_number=organization.runts_number):
        raise NoTaxRelief(organization.pk)
    zone = timezone.get_default_timezone()
    gifts = Donation.objects.settled().filter(
        campaign__application__organization=organization,
        tax_reporting_opt_out=False,
        charged_at__gte=datetime(year, 1, 1, tzinfo=zone),
        charged_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
    )
    donors: dict[str, list[int]] = {}
    for gift in gifts.exclude(tax_code=""):
        if gift.kept_cents > 0:
            donors.setdefault(gift.tax_code, []).append(gift.kept_cents)
    rows = [
        (year, organization.tax_code, tax_code, len(kept), Cents(sum(kept)))
        for tax_code, kept in sorted(donors.items())
    ]
    log = DonorExport.objects.create(
        organization=organization,
        year=year,
        donors=len(rows),
        total_cents=sum(sum(kept) for kept in donors.values()),
        exported_at=now,
        actor=by,
    )
    return Export(log, csv_text(HEADER, rows))
