"""What the tests about gifts outside the site share: proofs of their return, and officers who check them."""

from datetime import date

from django.utils import timezone

from accounts.models import User
from donations.models import OfflineDonation, OfflineReturn
from donations.services import accept_return, give_return_proof
from tests.factories import make_evidence


def prove_return(gift: OfflineDonation, returned_on: date | None = None) -> OfflineReturn:
    """Hand in, as the promoter, the proof that a gift went back."""
    now = timezone.now()
    return give_return_proof(
        gift=gift,
        returned_on=returned_on or gift.received_on,
        evidence=make_evidence(campaign=gift.campaign),
        today=timezone.localdate(now),
        by=gift.entered_by,
        now=now,
    )


def return_outside(gift: OfflineDonation, *, officer: User) -> OfflineDonation:
    """Give a gift back, with a proof an officer accepts."""
    accept_return(proof=prove_return(gift), by=officer, now=timezone.now())
    gift.refresh_from_db()
    return gift
