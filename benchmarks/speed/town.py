"""The databases that are measured: a small town and a large one, each made once and kept in var/bench.

`python -m benchmarks.speed.town 10 10` fills the database of DATABASE_URL, a copy of a migrated one: so many campaigns,
so many gifts, and one campaign with supporters, news and answers, as campaigns have them after some weeks.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicfund.settings")
django.setup()

# The models can be imported only now.
from django.apps import apps  # noqa: E402
from django.core.management.color import no_style  # noqa: E402
from django.db import connection  # noqa: E402

from accounts.models import User  # noqa: E402
from benchmarks.audit import execute, first_gift, write_gifts  # noqa: E402
from campaigns.models import Campaign  # noqa: E402
from tests.campaigns.voices import answer, tell  # noqa: E402

SUPPORTERS = 60
VOICES = 4
#: What the page of a campaign shows of those who gave with their name.
NAMED = """
    UPDATE donations_donation SET name = 'Ada ' || id, show_name = true, message = 'Forza, manca poco: ci siamo quasi.'
    WHERE id IN (SELECT id FROM donations_donation WHERE campaign_id = %(campaign)s AND status = 'settled' LIMIT %(most)s)
"""
#: Campaigns that are open do not all end in the same second.
DEADLINES = """
    UPDATE campaigns_campaign SET closes_at = closes_at + make_interval(mins => (id %% 1000)::int) WHERE status = 'open'
"""


def main() -> None:
    """Fill the database."""
    campaigns, gifts = map(int, sys.argv[1:3])
    mould = first_gift(campaigns)
    write_gifts(mould, 0, gifts)
    for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
        execute(statement)
    campaign = Campaign.objects.get(pk=mould["campaign"])
    execute(
        "ALTER TABLE campaigns_campaign DISABLE TRIGGER USER; ALTER TABLE donations_donation DISABLE TRIGGER USER"
    )
    execute(NAMED, campaign=campaign.pk, most=SUPPORTERS)
    execute(DEADLINES, nothing=0)
    execute(
        "ALTER TABLE campaigns_campaign ENABLE TRIGGER USER; ALTER TABLE donations_donation ENABLE TRIGGER USER"
    )
    promoter = User.objects.get(email="promoter@example.org")
    for number in range(VOICES):
        tell(campaign, promoter)
        answer(campaign, promoter, email=f"reader{number}@example.org")
    execute("ANALYZE")
    print(f"CAMPAIGN {campaign.pk} {campaign.slug}")


if __name__ == "__main__":
    main()
