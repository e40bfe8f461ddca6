"""The clocks that run on a campaign beside its deadline, in words."""

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from civicfund.templatetags.clock import by_when, until

Status = Campaign.Status


def clocks(campaign: Campaign, now: datetime) -> list[str]:
    """Return what is being waited for on a campaign, and until when; nothing when its deadline says all."""
    words = []
    if campaign.status == Status.CURE:
        words.append(_("The threshold has to be restored %(end)s.") % {"end": by_when(campaign.cure_until)})
    if campaign.status == Status.KEEPING and campaign.kept_at is None:
        words.append(
            _("The promoter has to confirm a reduced project %(end)s.")
            % {"end": by_when(campaign.keep_until)}
        )
    if campaign.donors_may_leave(now):
        words.append(_("Donors may take their gift back %(end)s.") % {"end": until(campaign.leave_until)})
    return words
