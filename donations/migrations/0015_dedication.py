import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0014_look_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dedication",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("greeting", models.CharField(blank=True, max_length=300, verbose_name="greeting")),
                (
                    "shows_amount",
                    models.BooleanField(default=False, verbose_name="the card says how much was given"),
                ),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="card sent at")),
                ("forgotten_at", models.DateTimeField(blank=True, null=True, verbose_name="forgotten at")),
                (
                    "donation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dedication",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "gift for somebody else",
                "verbose_name_plural": "gifts for somebody else",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("forgotten_at", None),
                                models.Q(("name", ""), _negated=True),
                                models.Q(("email", ""), _negated=True),
                            ),
                            models.Q(
                                ("email", ""), ("forgotten_at__isnull", False), ("greeting", ""), ("name", "")
                            ),
                            _connector="OR",
                        ),
                        name="dedication_is_known_or_forgotten",
                    )
                ],
            },
        ),
    ]
