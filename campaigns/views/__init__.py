"""Pages about campaigns: for citizens, for whoever tells others, and for the promoters who write them."""

from campaigns.views.following import follow_borough, follow_campaign, follow_confirm, follow_end
from campaigns.views.listing import campaign_feed, campaign_list
from campaigns.views.problem import report_problem
from campaigns.views.promoter import campaign_manage, campaign_submit, my_campaigns, remark_answer
from campaigns.views.public import campaign_detail, home
from campaigns.views.sharing import (
    campaign_picture,
    campaign_poster,
    campaign_qr,
    campaign_share,
    campaign_widget,
    oembed,
)

__all__ = [
    "campaign_detail",
    "campaign_feed",
    "campaign_list",
    "campaign_manage",
    "campaign_picture",
    "campaign_poster",
    "campaign_qr",
    "campaign_share",
    "campaign_submit",
    "campaign_widget",
    "follow_borough",
    "follow_campaign",
    "follow_confirm",
    "follow_end",
    "home",
    "my_campaigns",
    "oembed",
    "remark_answer",
    "report_problem",
]
