"""Full-text search in Italian without any extension: an immutable function takes accents away, a column keeps the words."""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

PLAIN = """
    CREATE FUNCTION civicfund_plain(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN translate(lower(words), 'àáâãäåèéêëìíîïòóôõöøùúûüýÿçñ''’-', 'aaaaaaeeeeiiiioooooouuuuyycn   ')
"""
COLUMN = """
    ALTER TABLE campaigns_campaign ADD COLUMN search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.italian', civicfund_plain(title)), 'A')
        || setweight(to_tsvector('pg_catalog.italian', civicfund_plain(summary)), 'B')
        || setweight(to_tsvector('pg_catalog.italian', civicfund_plain(story)), 'D')
    ) STORED
"""


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_leaving_and_waivers")]

    operations = [
        migrations.RunSQL(PLAIN, "DROP FUNCTION civicfund_plain(text)"),
        migrations.RunSQL(COLUMN, "ALTER TABLE campaigns_campaign DROP COLUMN search"),
        migrations.CreateModel(
            name="CampaignWords",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        db_column="id",
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="campaigns.campaign",
                    ),
                ),
                ("search", django.contrib.postgres.search.SearchVectorField(editable=False)),
            ],
            options={"db_table": "campaigns_campaign", "managed": False},
        ),
    ]
