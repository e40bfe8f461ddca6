"""What a campaign's page weighs on its way to a phone, without its pictures. Budgets of styles and scripts: the build."""

import gzip
from pathlib import Path

from django.conf import settings as site
from django.test import Client

from accounts.models import User
from calls.models import Call
from tests.campaigns.stages import campaign_in

MOST_BYTES = 100_000
DIST = Path(site.BASE_DIR) / "static" / "dist"


def test_campaign_page_is_light(call: Call, officer: User, organizer: User, client: Client) -> None:
    campaign = campaign_in("open", call=call, officer=officer, promoter=organizer)
    page = client.get(campaign.get_absolute_url()).content
    built = [DIST / "app.css", DIST / "app.js"]
    fonts = [file.stat().st_size for file in (DIST / "fonts").glob("*.woff2")]

    weights = [len(gzip.compress(one)) for one in (page, *(file.read_bytes() for file in built))]

    assert len(fonts) == 2
    assert b"dist/htmx.js" not in page
    assert sum(weights) + sum(fonts) < MOST_BYTES
