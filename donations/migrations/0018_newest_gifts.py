from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The desk shows the newest gifts first: without an index all of them are sorted for each page.
    atomic = False
    dependencies = [("donations", "0017_wish_for_news")]

    operations = [
        AddIndexConcurrently(
            model_name="donation",
            index=models.Index(fields=["-created_at", "-id"], name="donation_newest"),
        ),
    ]
