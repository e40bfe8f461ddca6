"""The tables as the migrations up to 0004 left them, each made once with its triggers: a fresh database is quickly made."""

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("campaigns", "0001_initial"),
        ("campaigns", "0002_flow_and_states"),
        ("campaigns", "0003_undoing"),
        ("campaigns", "0004_leaving_and_waivers"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("calls", "0014_versions_of_earlier_applications"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.CharField(max_length=300, verbose_name="summary")),
                ("story", models.TextField(max_length=20000, verbose_name="story")),
                ("image", models.ImageField(blank=True, upload_to="campaigns/", verbose_name="picture")),
                (
                    "image_alt",
                    models.CharField(blank=True, max_length=200, verbose_name="what the picture shows"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("in_review", "in review"),
                            ("scheduled", "scheduled"),
                            ("open", "open"),
                            ("closing", "closing"),
                            ("succeeded", "succeeded"),
                            ("failed", "not reached"),
                            ("refunded", "not reached, refunded"),
                            ("cure", "restoring the threshold"),
                            ("keeping", "below the threshold, being decided"),
                            ("withdrawn", "withdrawn"),
                            ("suspended", "suspended"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "payment_flow",
                    models.CharField(
                        choices=[
                            ("destination", "straight to the organization's account"),
                            ("separate", "through the platform, transferred afterwards"),
                        ],
                        default="destination",
                        max_length=12,
                        verbose_name="way of the gifts",
                    ),
                ),
                ("cost_cents", models.PositiveBigIntegerField(verbose_name="admitted cost (cents)")),
                ("threshold_cents", models.PositiveBigIntegerField(verbose_name="threshold (cents)")),
                (
                    "grant_due_cents",
                    models.PositiveBigIntegerField(verbose_name="municipality's share (cents)"),
                ),
                ("own_cents", models.PositiveBigIntegerField(verbose_name="promoter's own share (cents)")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                ("remarks", models.TextField(blank=True, verbose_name="officers' remarks")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="approved at")),
                ("opens_at", models.DateTimeField(blank=True, null=True, verbose_name="opens at")),
                ("closes_at", models.DateTimeField(blank=True, null=True, verbose_name="closes at")),
                (
                    "opening_refusal",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "nothing stands in the way"),
                            (
                                "grant_not_covered",
                                "what is left of the fund does not cover the municipality's share",
                            ),
                            (
                                "payments_not_ready",
                                "the organization cannot receive payments yet: connect Stripe",
                            ),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="why it has not opened",
                    ),
                ),
                ("opened_at", models.DateTimeField(blank=True, null=True, verbose_name="opened at")),
                (
                    "reached_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="threshold reached at"),
                ),
                (
                    "first_reached_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="threshold first reached at"),
                ),
                ("covered_at", models.DateTimeField(blank=True, null=True, verbose_name="cost covered at")),
                (
                    "cure_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="threshold to be restored by"),
                ),
                (
                    "keep_until",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="reduced project to be confirmed by"
                    ),
                ),
                (
                    "kept_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="reduced project confirmed at"),
                ),
                (
                    "kept_project",
                    models.TextField(blank=True, max_length=3000, verbose_name="the reduced project"),
                ),
                (
                    "leave_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="donors may leave until"),
                ),
                (
                    "leave_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why donors may leave"),
                ),
                (
                    "waiver_asked_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="asked to be given up at"),
                ),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "withdrawal_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="reason of the withdrawal"),
                ),
                ("suspended_at", models.DateTimeField(blank=True, null=True, verbose_name="suspended at")),
                ("suspension_reason", models.TextField(blank=True, verbose_name="reason of the suspension")),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="outcome decided at"),
                ),
                (
                    "outcome_raised_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="raised at the outcome (cents)"
                    ),
                ),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "keep_answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "leave_opened_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="days to leave opened by",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(fields=["status", "closes_at"], name="campaign_by_status"),
                    models.Index(
                        condition=models.Q(("reached_at__isnull", False)),
                        fields=["reached_at"],
                        name="campaign_reached",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cost_cents",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("threshold_cents"), "+", models.F("grant_due_cents")
                                    ),
                                    "+",
                                    models.F("own_cents"),
                                ),
                            ),
                            ("threshold_cents__gt", 0),
                        ),
                        name="campaign_shares_add_up",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("approved_at", None),
                                ("closes_at", None),
                                ("opens_at", None),
                                ("status__in", ["draft", "in_review", "withdrawn"]),
                            ),
                            models.Q(
                                models.Q(("status__in", ["draft", "in_review"]), _negated=True),
                                ("approved_at__isnull", False),
                                ("approved_by__isnull", False),
                                ("closes_at__isnull", False),
                                ("opens_at__isnull", False),
                                ("opens_at__lt", models.F("closes_at")),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_schedule_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("opened_at", None),
                                ("status__in", ["draft", "in_review", "scheduled", "withdrawn"]),
                            ),
                            models.Q(
                                models.Q(("status__in", ["draft", "in_review", "scheduled"]), _negated=True),
                                ("opened_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_opened_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("outcome_raised_cents__isnull", False),
                                ("settled_at__isnull", False),
                                ("status__in", ["succeeded", "failed", "refunded"]),
                            ),
                            models.Q(
                                ("opened_at__isnull", False),
                                ("settled_at__isnull", False),
                                ("status", "withdrawn"),
                                ("outcome_raised_cents__isnull", False),
                            ),
                            models.Q(
                                ("opened_at", None),
                                ("outcome_raised_cents", None),
                                ("settled_at", None),
                                ("status", "withdrawn"),
                            ),
                            models.Q(
                                models.Q(
                                    ("status__in", ["succeeded", "failed", "refunded", "withdrawn"]),
                                    _negated=True,
                                ),
                                ("outcome_raised_cents", None),
                                ("settled_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_settled_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["suspended", "closing", "failed", "refunded", "withdrawn"]),
                                ("suspended_at__isnull", False),
                                models.Q(("suspension_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "suspended"), _negated=True), ("suspended_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="campaign_suspension_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reached_at", None),
                            models.Q(("status__in", ["draft", "in_review", "scheduled"]), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_reached_only_when_opened",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reached_at", None), ("first_reached_at__isnull", False), _connector="OR"
                        ),
                        name="campaign_first_reached_is_kept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cure_until__isnull", False), ("status", "cure")),
                            (
                                "status__in",
                                ["closing", "keeping", "succeeded", "failed", "refunded", "withdrawn"],
                            ),
                            models.Q(models.Q(("status", "cure"), _negated=True), ("cure_until", None)),
                            _connector="OR",
                        ),
                        name="campaign_cure_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("keep_until__isnull", False),
                                ("status__in", ["keeping", "failed", "refunded", "withdrawn"]),
                            ),
                            models.Q(
                                ("keep_until__isnull", False),
                                ("kept_at__isnull", False),
                                ("status", "succeeded"),
                            ),
                            models.Q(models.Q(("status", "keeping"), _negated=True), ("keep_until", None)),
                            _connector="OR",
                        ),
                        name="campaign_keeping_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kept_at", None), ("kept_project", "")),
                            models.Q(
                                ("keep_until__isnull", False),
                                ("kept_at__isnull", False),
                                ("leave_until__isnull", False),
                                ("keep_answered_by__isnull", False),
                                models.Q(("kept_project", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_kept_project_is_described",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("leave_reason", ""), ("leave_until", None)),
                            models.Q(
                                ("leave_until__isnull", False), models.Q(("leave_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="campaign_leaving_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("leave_opened_by", None), ("leave_until__isnull", False), _connector="OR"
                        ),
                        name="campaign_leaving_is_opened_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("waiver_asked_at", None),
                            ("status__in", ["open", "closing", "cure", "suspended", "keeping", "succeeded"]),
                            _connector="OR",
                        ),
                        name="campaign_waiver_asked_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("covered_at", None),
                            models.Q(
                                ("status__in", ["draft", "in_review", "scheduled", "open", "suspended"]),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="campaign_covered_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "withdrawn"),
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawal_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status", "withdrawn"), _negated=True),
                                ("withdrawal_reason", ""),
                                ("withdrawn_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="campaign_withdrawn_at_matches_status",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_shares_are_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF NEW.application_id = OLD.application_id AND NEW.cost_cents = OLD.cost_cents\n               AND NEW.threshold_cents = OLD.threshold_cents AND NEW.grant_due_cents = OLD.grant_due_cents\n               AND NEW.own_cents = OLD.own_cents THEN\n                RETURN NEW;\n            END IF;\n            IF NEW.application_id = OLD.application_id AND OLD.first_reached_at IS NULL AND EXISTS (\n                SELECT 1 FROM campaigns_costvariation v WHERE v.campaign_id = OLD.id\n                AND v.old_cost_cents = OLD.cost_cents AND v.cost_cents = NEW.cost_cents\n                AND v.threshold_cents = NEW.threshold_cents AND NEW.threshold_cents <= OLD.threshold_cents\n                AND v.grant_due_cents = NEW.grant_due_cents AND NEW.grant_due_cents <= OLD.grant_due_cents\n            ) THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'the shares of campaign % are frozen', OLD.slug USING ERRCODE = '23514';\n        ",
                    hash="f194d0cba50efa8fb6d50c3b5aa4a6de6408cf2b",
                    operation="UPDATE",
                    pgid="pgtrigger_campaign_shares_are_frozen_4bd9a",
                    table="campaigns_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="82402cb6f960a2799c291a35695655c7a1059bb4",
                    operation="DELETE",
                    pgid="pgtrigger_campaign_is_kept_c53f9",
                    table="campaigns_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CostVariation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_number", models.CharField(max_length=60, verbose_name="number of the act")),
                ("act_date", models.DateField(verbose_name="date of the act")),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                ("decided_at", models.DateTimeField(verbose_name="at")),
                ("old_cost_cents", models.PositiveBigIntegerField(verbose_name="cost before (cents)")),
                ("cost_cents", models.PositiveBigIntegerField(verbose_name="cost (cents)")),
                ("threshold_cents", models.PositiveBigIntegerField(verbose_name="threshold (cents)")),
                (
                    "grant_due_cents",
                    models.PositiveBigIntegerField(verbose_name="municipality's share (cents)"),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variations",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "cost variation",
                "verbose_name_plural": "cost variations",
                "ordering": ["-decided_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act_number", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="variation_has_an_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_cents__lt", models.F("old_cost_cents"))),
                        name="variation_lowers_the_cost",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="costvariation",
            trigger=pgtrigger.compiler.Trigger(
                name="variation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2726a1b13c6d315dd79a86eef15e66af6483366d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_variation_is_kept_20bc9",
                    table="campaigns_costvariation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="DeadlineExtension",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act_number", models.CharField(max_length=60, verbose_name="number of the act")),
                ("act_date", models.DateField(verbose_name="date of the act")),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                ("decided_at", models.DateTimeField(verbose_name="at")),
                ("opening_day", models.DateField(verbose_name="campaigns opened on")),
                ("days", models.PositiveSmallIntegerField(verbose_name="length in days, from now on")),
                ("campaigns", models.PositiveIntegerField(verbose_name="campaigns extended")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "extension",
                "verbose_name_plural": "extensions",
                "ordering": ["-decided_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act_number", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="extension_has_an_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("campaigns__gt", 0)), name="extension_extends_something"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="deadlineextension",
            trigger=pgtrigger.compiler.Trigger(
                name="extension_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="77f204a2b7eb183ae01ad76026ec2fb49bc31db9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_extension_is_kept_b680b",
                    table="campaigns_deadlineextension",
                    when="BEFORE",
                ),
            ),
        ),
    ]
