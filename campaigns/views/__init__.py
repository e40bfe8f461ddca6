"""Pages about campaigns: for citizens, and for the promoters who write them."""

from campaigns.views.listing import campaign_feed, campaign_list
from campaigns.views.promoter import campaign_manage, campaign_submit, my_campaigns
from campaigns.views.public import campaign_detail, home

__all__ = [
    "campaign_detail",
    "campaign_feed",
    "campaign_list",
    "campaign_manage",
    "campaign_submit",
    "home",
    "my_campaigns",
]
