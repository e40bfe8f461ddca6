"""Ending a campaign at the desk, with what follows for donors and fund: it needs this app's services to be told."""

from typing import Any

from django.utils import timezone

from campaigns.admin.steps import EndStep
from matching import services


class EndWithRefundsStep(EndStep):
    """End a suspended campaign, and tell what the clock makes of it within seconds."""

    def act_and_what_comes_of_it(self, values: dict[str, Any]) -> None:
        """Decide the outcome too, when the step is only tried."""
        super().act_and_what_comes_of_it(values)
        services.settle_campaign(campaign=self.row, now=timezone.now())
