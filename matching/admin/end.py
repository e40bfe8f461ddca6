"""Ending a campaign at the desk, with what follows for donors and fund: it needs this app's services to be told."""

from typing import Any

from django.utils import timezone

from accounts.foretell import tell_mailings
from accounts.services import Draft
from campaigns.admin.steps import EndStep
from donations.models import Reversal
from matching import services


class EndWithRefundsStep(EndStep):
    """End a suspended campaign, and tell what the clock makes of it within seconds."""

    def act_and_what_comes_of_it(self, values: dict[str, Any]) -> None:
        """Decide the outcome too, when the step is only tried."""
        super().act_and_what_comes_of_it(values)
        services.settle_campaign(campaign=self.row, now=timezone.now())

    def later_effects(self, values: dict[str, Any]) -> list[Any]:
        """Tell the mails to the donors: each leaves when Stripe has taken the order to give the gift back."""
        now = timezone.now()
        drafts = [
            Draft(
                key=f"later:{gift.pk}",
                recipient=gift.email,
                template="donation_refunded",
                context={
                    "donation": gift,
                    "campaign": self.row,
                    "reversal": Reversal(
                        donation=gift,
                        amount_cents=gift.amount_cents,
                        reason=Reversal.Reason.FAILURE,
                        ended_at=now,
                    ),
                },
                language=gift.language,
            )
            for gift in self.row.donations.settled().order_by("pk")
        ]
        return tell_mailings(drafts, self.request.user, later=True)
