"""Set up a campaign of which something has been told: `python -m tests.journeys.talking_stage talking <JSON>`."""

import json
import sys
from typing import Any

import django

django.setup()

# The models can be imported only now.
from django.core.files.base import ContentFile  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from campaigns.models import Campaign  # noqa: E402
from campaigns.services import show_picture, show_video  # noqa: E402
from tests.campaigns.voices import answer, tell  # noqa: E402
from tests.journeys import stage  # noqa: E402
from tests.journeys.picture import picture_bytes  # noqa: E402


def talking() -> dict[str, Any]:
    """Open a campaign that has an update, an answered question, a picture and a video."""
    told = stage.campaign(cost_cents=1_000_000, gifts=(2000,))
    campaign, promoter = Campaign.objects.get(slug=told["slug"]), User.objects.get(email=told["promoter"])
    shown = {"campaign": campaign, "by": promoter, "now": timezone.now()}
    tell(campaign, promoter)
    answer(campaign, promoter)
    picture = ContentFile(picture_bytes(), name="banco.jpg")
    show_picture(image=picture, words="Il banco", **shown)
    show_video(address="https://vimeo.com/7", words="Il forno in un minuto", **shown)
    return told


if __name__ == "__main__":
    print(json.dumps({"talking": talking}[sys.argv[1]](**json.loads(sys.argv[2]))))
