"""Pages about campaigns: for citizens, for whoever tells others, and for the promoters who write them."""

from campaigns.views.asking import ask_promoter, campaign_questions, question_confirm
from campaigns.views.following import follow_borough, follow_campaign, follow_confirm, follow_end
from campaigns.views.gallery import (
    campaign_document,
    campaign_video,
    campaign_video_play,
    gallery_picture,
    gallery_take_away,
    my_gallery,
)
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
from campaigns.views.telling import my_questions, my_updates, question_answer, update_edit, update_write
from campaigns.views.updates import campaign_update, campaign_updates, updates_feed

__all__ = [
    "ask_promoter",
    "campaign_detail",
    "campaign_document",
    "campaign_feed",
    "campaign_list",
    "campaign_manage",
    "campaign_picture",
    "campaign_poster",
    "campaign_qr",
    "campaign_questions",
    "campaign_share",
    "campaign_submit",
    "campaign_update",
    "campaign_updates",
    "campaign_video",
    "campaign_video_play",
    "campaign_widget",
    "follow_borough",
    "follow_campaign",
    "follow_confirm",
    "follow_end",
    "gallery_picture",
    "gallery_take_away",
    "home",
    "my_campaigns",
    "my_gallery",
    "my_questions",
    "my_updates",
    "oembed",
    "question_answer",
    "question_confirm",
    "remark_answer",
    "report_problem",
    "update_edit",
    "update_write",
    "updates_feed",
]
