from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0008_voices"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="easy_words",
            field=models.TextField(
                blank=True,
                default="",
                help_text="Short sentences and everyday words, as you would tell it to a child of twelve. Many people read only this.",
                max_length=1200,
                verbose_name="the project in easy words",
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="translations",
            field=models.JSONField(blank=True, default=dict, verbose_name="translations"),
        ),
    ]
