"""What a person has given, year by year. Amounts are integer euro cents."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from donations.models import Donation


@dataclass
class Year:
    """One year of gifts, by the day of their payment in the city's zone."""

    year: int
    gifts: int = 0
    given_cents: int = 0
    #: What is with the projects now.
    kept_cents: int = 0
    #: What has a valid receipt.
    receipted_cents: int = 0

    @property
    def not_kept_cents(self) -> int:
        """Return what has gone back, is on its way back, or is being looked at."""
        return self.given_cents - self.kept_cents


def years_of(donations: Iterable[Donation]) -> list[Year]:
    """Return the years in which some gifts were paid, the latest first; their receipts should have been fetched."""
    years: dict[int, Year] = {}
    for donation in donations:
        if donation.charged_at is None:
            continue
        number = timezone.localtime(donation.charged_at).year
        year = years.setdefault(number, Year(number))
        year.gifts += 1
        year.given_cents += donation.given_cents
        year.kept_cents += donation.kept_cents
        receipt = donation.valid_receipt
        year.receipted_cents += getattr(receipt, "amount_cents", 0)
    return sorted(years.values(), key=lambda year: -year.year)
