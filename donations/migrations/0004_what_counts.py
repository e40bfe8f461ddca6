import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_undoing"),
        ("donations", "0003_undoing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PartyFlag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("citizen", "a citizen"),
                            ("related", "the promoter's own people"),
                            ("public_body", "a public body"),
                        ],
                        max_length=12,
                        verbose_name="who gives",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "who gives",
                "verbose_name_plural": "who gives",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="donation",
            name="card_fingerprint",
            field=models.CharField(blank=True, max_length=64, verbose_name="card"),
        ),
        migrations.AddField(
            model_name="donation",
            name="count_version",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="donation",
            name="counted_cents",
            field=models.PositiveBigIntegerField(default=0, verbose_name="counted (cents)"),
        ),
        migrations.AddField(
            model_name="donation",
            name="email_key",
            field=models.CharField(blank=True, editable=False, max_length=254),
        ),
        migrations.AddField(
            model_name="donation",
            name="party",
            field=models.CharField(
                choices=[
                    ("citizen", "a citizen"),
                    ("related", "the promoter's own people"),
                    ("public_body", "a public body"),
                ],
                default="citizen",
                max_length=12,
                verbose_name="who gives",
            ),
        ),
        migrations.AddField(
            model_name="donation",
            name="tax_code",
            field=models.CharField(blank=True, max_length=16, verbose_name="donor's tax code"),
        ),
        migrations.AddField(
            model_name="donation",
            name="uncounted_cents",
            field=models.PositiveBigIntegerField(default=0, verbose_name="not counted (cents)"),
        ),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(fields=["campaign", "email_key"], name="donation_by_address"),
        ),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                condition=models.Q(("card_fingerprint", ""), _negated=True),
                fields=["campaign", "card_fingerprint"],
                name="donation_by_card",
            ),
        ),
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                condition=models.Q(("tax_code", ""), _negated=True),
                fields=["campaign", "tax_code"],
                name="donation_by_tax_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "counted_cents__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("amount_cents"), "-", models.F("uncounted_cents")
                            ),
                        ),
                        ("status", "settled"),
                    ),
                    models.Q(
                        models.Q(("status", "settled"), _negated=True),
                        ("counted_cents", 0),
                        ("uncounted_cents", 0),
                    ),
                    _connector="OR",
                ),
                name="donation_counts_only_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="donation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("party", "public_body"), _negated=True), ("counted_cents", 0), _connector="OR"
                ),
                name="donation_of_public_body_not_counted",
            ),
        ),
        migrations.AddField(
            model_name="partyflag",
            name="actor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="partyflag",
            name="donation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="party_flags",
                to="donations.donation",
            ),
        ),
        migrations.AddConstraint(
            model_name="partyflag",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="party_flag_has_reason"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="partyflag",
            trigger=pgtrigger.compiler.Trigger(
                name="party_flag_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="80ec776c04e6553e047af3f43da0bb2cbe91fc1d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_party_flag_is_kept_c3444",
                    table="donations_partyflag",
                    when="BEFORE",
                ),
            ),
        ),
        # Gifts from before: one address is one donor, and the whole of what is kept counts.
        migrations.RunSQL(
            """UPDATE donations_donation d
               SET email_key = regexp_replace(lower(d.email), '\\+[^@]*@', '@'),
                   counted_cents = CASE d.status WHEN 'settled' THEN d.amount_cents - COALESCE((
                       SELECT sum(r.amount_cents) FROM donations_reversal r
                       WHERE r.donation_id = d.id AND r.status NOT IN ('failed', 'superseded')), 0) ELSE 0 END""",
            migrations.RunSQL.noop,
        ),
    ]
