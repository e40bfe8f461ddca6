"""The tables as the migrations up to 0014 left them, each made once with its triggers: a fresh database is quickly made."""

import uuid

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import civicfund.papers.keeping


class Migration(migrations.Migration):
    replaces = [
        ("calls", "0001_initial"),
        ("calls", "0002_edge_rules"),
        ("calls", "0003_incident_switches"),
        ("calls", "0004_offer_is_the_default"),
        ("calls", "0005_amendments"),
        ("calls", "0006_application_steps"),
        ("calls", "0007_questions"),
        ("calls", "0008_partners"),
        ("calls", "0009_versions"),
        ("calls", "0010_attachments"),
        ("calls", "0011_seat_union_and_answers"),
        ("calls", "0012_informal_groups"),
        ("calls", "0013_support"),
        ("calls", "0014_versions_of_earlier_applications"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0007_informal_groups"),
        ("accounts", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                ("title", models.CharField(max_length=150, verbose_name="title")),
                (
                    "edition",
                    models.CharField(help_text="For example 2024-25.", max_length=20, verbose_name="edition"),
                ),
                ("summary", models.TextField(max_length=600, verbose_name="summary")),
                (
                    "text",
                    models.TextField(
                        help_text="Markdown: headings, lists, bold, links.", verbose_name="text"
                    ),
                ),
                ("contact_email", models.EmailField(max_length=254, verbose_name="contact")),
                (
                    "questions_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="Exclusive. Empty: nobody asks in public about this call.",
                        null=True,
                        verbose_name="questions are taken until",
                    ),
                ),
                (
                    "eu_programme",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="programme of the European Union"
                    ),
                ),
                (
                    "eu_project_code",
                    models.CharField(blank=True, max_length=15, verbose_name="project code (CUP)"),
                ),
                (
                    "eu_words",
                    models.CharField(blank=True, max_length=200, verbose_name="words beside the mark"),
                ),
                (
                    "threshold_bp",
                    models.PositiveIntegerField(
                        default=5000,
                        help_text="5000 is 50 %: what citizens have to give before the municipality adds its share.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9999),
                        ],
                        verbose_name="citizens' share (basis points)",
                    ),
                ),
                (
                    "grant_bp",
                    models.PositiveIntegerField(
                        default=5000,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(9999),
                        ],
                        verbose_name="municipality's share (basis points)",
                    ),
                ),
                (
                    "cap_cents",
                    models.PositiveBigIntegerField(default=5000000, verbose_name="cap per project (cents)"),
                ),
                (
                    "cost_min_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="lowest project cost (cents)"),
                ),
                (
                    "cost_max_cents",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty: no ceiling.",
                        null=True,
                        verbose_name="highest project cost (cents)",
                    ),
                ),
                ("fund_cents", models.PositiveBigIntegerField(verbose_name="fund (cents)")),
                (
                    "campaign_days_min",
                    models.PositiveSmallIntegerField(default=40, verbose_name="shortest campaign (days)"),
                ),
                (
                    "campaign_days_max",
                    models.PositiveSmallIntegerField(default=60, verbose_name="longest campaign (days)"),
                ),
                (
                    "project_months_max",
                    models.PositiveSmallIntegerField(default=12, verbose_name="longest project (months)"),
                ),
                (
                    "eligible_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("ets", "Third Sector body (ETS)"),
                                ("odv", "voluntary organization (ODV)"),
                                ("aps", "social promotion association (APS)"),
                                ("onlus", "ONLUS"),
                                ("social_enterprise", "social enterprise or cooperative"),
                                ("non_profit", "other non-profit body"),
                                ("msme", "micro, small or medium enterprise"),
                                ("informal", "informal group of citizens"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="bodies that may apply",
                    ),
                ),
                (
                    "incorporation_days",
                    models.PositiveSmallIntegerField(
                        default=90, verbose_name="days for an admitted group of citizens to become a body"
                    ),
                ),
                (
                    "excluded_boroughs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(
                            choices=[
                                (1, "Municipio 1"),
                                (2, "Municipio 2"),
                                (3, "Municipio 3"),
                                (4, "Municipio 4"),
                                (5, "Municipio 5"),
                                (6, "Municipio 6"),
                                (7, "Municipio 7"),
                                (8, "Municipio 8"),
                                (9, "Municipio 9"),
                            ]
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="excluded boroughs",
                    ),
                ),
                (
                    "seat_city",
                    models.CharField(
                        blank=True,
                        help_text="Bodies that apply have a seat there. Empty: anywhere.",
                        max_length=80,
                        verbose_name="town of the seat",
                    ),
                ),
                (
                    "seat_may_be_promised",
                    models.BooleanField(
                        default=False,
                        verbose_name="a seat may be promised: opened before the agreement is signed",
                    ),
                ),
                (
                    "funding_mode",
                    models.CharField(
                        choices=[
                            ("all_or_nothing", "all or nothing"),
                            ("keep_it_all", "keep what was given, for a reduced project"),
                        ],
                        default="all_or_nothing",
                        max_length=20,
                        verbose_name="if the threshold is missed",
                    ),
                ),
                (
                    "reservation_mode",
                    models.CharField(
                        choices=[
                            ("reserved", "the grant is set aside when the campaign opens"),
                            ("first_reached", "first to reach the threshold, until the fund is used up"),
                        ],
                        default="reserved",
                        max_length=20,
                        verbose_name="when the grant is set aside",
                    ),
                ),
                (
                    "partial_policy",
                    models.CharField(
                        choices=[
                            ("auto", "what is left of the fund is granted"),
                            ("offer", "what is left of the fund is offered to the promoter"),
                            ("none", "only whole grants; the campaign waits"),
                        ],
                        default="offer",
                        max_length=10,
                        verbose_name="if the fund is short",
                    ),
                ),
                (
                    "minimum_gift_cents",
                    models.PositiveIntegerField(default=200, verbose_name="smallest gift (cents)"),
                ),
                (
                    "pass_mark",
                    models.PositiveSmallIntegerField(default=60, verbose_name="pass mark (points)"),
                ),
                (
                    "count_basis",
                    models.CharField(
                        choices=[("gross", "the whole gift"), ("net", "the gift without the payment fee")],
                        default="gross",
                        max_length=5,
                        verbose_name="what counts of a gift",
                    ),
                ),
                (
                    "min_donors",
                    models.PositiveIntegerField(default=0, verbose_name="smallest number of donors"),
                ),
                (
                    "donor_limit_cents",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty: no limit in euro. What is given above it is received but does not count.",
                        null=True,
                        verbose_name="most that counts of one donor (cents)",
                    ),
                ),
                (
                    "donor_limit_bp",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="Empty: no limit as a share of the threshold.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                        verbose_name="most that counts of one donor (basis points of the threshold)",
                    ),
                ),
                (
                    "excludes_related_parties",
                    models.BooleanField(
                        default=False, verbose_name="gifts of the promoter's own people do not count"
                    ),
                ),
                (
                    "offline_share_bp",
                    models.PositiveIntegerField(
                        default=3000,
                        help_text="0: gifts outside the site are not taken.",
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="share of the threshold that may be given outside the site (basis points)",
                    ),
                ),
                (
                    "min_partial_cents",
                    models.PositiveBigIntegerField(
                        default=1,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="smallest partial grant (cents)",
                    ),
                ),
                (
                    "offer_days",
                    models.PositiveSmallIntegerField(
                        default=10, verbose_name="days to accept a partial grant"
                    ),
                ),
                (
                    "cure_days",
                    models.PositiveSmallIntegerField(
                        default=10,
                        verbose_name="days to restore a threshold that refunds or disputes have undone",
                    ),
                ),
                (
                    "promoter_may_cure",
                    models.BooleanField(
                        default=False,
                        verbose_name="the promoter may restore it with a traced payment of its own",
                    ),
                ),
                (
                    "keep_days",
                    models.PositiveSmallIntegerField(
                        default=10,
                        verbose_name="days to confirm the reduced project of a campaign that keeps its gifts",
                    ),
                ),
                (
                    "leave_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        verbose_name="days in which donors may take their gift back when the project changes",
                    ),
                ),
                (
                    "stops_when_covered",
                    models.BooleanField(
                        default=False, verbose_name="the campaign ends early when the whole cost is covered"
                    ),
                ),
                (
                    "settlement_policy",
                    models.CharField(
                        choices=[
                            ("remaining", "what gifts leave of the approved cost, at most"),
                            ("fixed_half", "the promised share of the approved cost, whatever was given"),
                        ],
                        default="remaining",
                        max_length=12,
                        verbose_name="the grant at the final report",
                    ),
                ),
                (
                    "advance_bp",
                    models.PositiveIntegerField(
                        default=7000,
                        validators=[django.core.validators.MaxValueValidator(10000)],
                        verbose_name="largest advance of the grant (basis points)",
                    ),
                ),
                (
                    "advance_wait_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="days after the deadline before an advance is paid"
                    ),
                ),
                (
                    "partner_applications_max",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=1,
                        help_text="Empty: no limit.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="applications of one window in which a body may be a partner",
                    ),
                ),
                (
                    "version",
                    models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "call",
                "verbose_name_plural": "calls",
                "ordering": [models.OrderBy(models.F("published_at"), descending=True, nulls_first=True)],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_at", None), ("status", "draft")),
                            models.Q(
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                                ("status", "published"),
                            ),
                            _connector="OR",
                        ),
                        name="call_published_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grant_bp__range", (1, 9999)),
                            ("threshold_bp__range", (1, 9999)),
                            (
                                "threshold_bp__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.Value(10000), "-", models.F("grant_bp")
                                ),
                            ),
                        ),
                        name="call_shares_within_cost",
                        violation_error_message="The citizens' share and the municipality's share add up to more than 100 %: lower one.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="call",
            trigger=pgtrigger.compiler.Trigger(
                name="published_call_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'published')",
                    func="\n            IF TG_OP = 'UPDATE'\n                AND NEW.version = OLD.version + 1\n                AND to_jsonb(NEW) - ARRAY['summary', 'text', 'contact_email', 'version']\n                    = to_jsonb(OLD) - ARRAY['summary', 'text', 'contact_email', 'version']\n                AND EXISTS (\n                    SELECT 1 FROM calls_amendment\n                    WHERE call_id = OLD.id AND version = NEW.version AND status = 'in_force'\n                )\n            THEN\n                RETURN NEW;\n            END IF;\n            RAISE EXCEPTION 'the published call % is frozen', OLD.slug;\n        ",
                    hash="bcf4e1c40366f0937b58953f19a02222bc5f3776",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_call_is_frozen_8344c",
                    table="calls_call",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "waits for a second person"),
                            ("in_force", "in force"),
                            ("refused", "refused"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="version")),
                ("act_number", models.CharField(max_length=60, verbose_name="number of the act")),
                ("act_date", models.DateField(verbose_name="date of the act")),
                ("reason", models.TextField(verbose_name="reason")),
                ("before", models.JSONField(verbose_name="before")),
                ("after", models.JSONField(verbose_name="afterwards")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("refusal_reason", models.TextField(blank=True, verbose_name="why it was refused")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="amendments",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
            ],
            options={
                "verbose_name": "amendment of a call",
                "verbose_name_plural": "amendments of calls",
                "ordering": ["-proposed_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "version"), name="amendment_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "proposed")),
                        fields=("call",),
                        name="amendment_waits_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("status", "proposed"),
                                ("version", None),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status", "in_force"),
                                ("version__gte", 2),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status", "refused"),
                                ("version", None),
                                models.Q(("refusal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="amendment_decision_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "in_force"), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="amendment_confirmed_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("act_number", ""), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                        ),
                        name="amendment_has_an_act",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendment",
            trigger=pgtrigger.compiler.Trigger(
                name="amendment_is_what_was_proposed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."act_date" IS DISTINCT FROM (NEW."act_date") OR OLD."act_number" IS DISTINCT FROM (NEW."act_number") OR OLD."after" IS DISTINCT FROM (NEW."after") OR OLD."before" IS DISTINCT FROM (NEW."before") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."proposed_at" IS DISTINCT FROM (NEW."proposed_at") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d94b43cbbaa25f811b62ec542a5dfb4f0ded7e92",
                    operation="UPDATE",
                    pgid="pgtrigger_amendment_is_what_was_proposed_ca76a",
                    table="calls_amendment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendment",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_amendment_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'proposed'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6d519effef0b30ce3147f540ae44ec6c67729097",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_amendment_is_kept_510ad",
                    table="calls_amendment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendment",
            trigger=pgtrigger.compiler.Trigger(
                name="amendment_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="16493af8f4bef69a4252a60b9d3f88693ef2ae9e",
                    operation="DELETE",
                    pgid="pgtrigger_amendment_is_kept_5cb82",
                    table="calls_amendment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="amendment",
            trigger=pgtrigger.compiler.Trigger(
                name="amendment_is_carried_out",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"status\" = 'in_force')",
                    constraint="CONSTRAINT",
                    func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM calls_call WHERE id = NEW.call_id AND version >= NEW.version\n                    ) THEN\n                        RAISE EXCEPTION 'amendment % is in force, but its call does not say it', NEW.id\n                            USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="a0b924018e9ec791d2c635f01fb6e30ae650e2d5",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_amendment_is_carried_out_df8d8",
                    table="calls_amendment",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CallAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("question", models.TextField(max_length=2000, verbose_name="question as published")),
                ("text", models.TextField(max_length=5000, verbose_name="answer")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer about a call",
                "verbose_name_plural": "answers about calls",
                "ordering": ["-published_at", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="answer_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("question", ""), _negated=True), models.Q(("text", ""), _negated=True)
                        ),
                        name="answer_says_something",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="34612254d47180a97d62e6a105e0ebecc68d2ea9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_answer_is_kept_d30e9",
                    table="calls_callanswer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="AnswerCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField(max_length=5000, verbose_name="correction")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="published by",
                    ),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="calls.callanswer",
                        verbose_name="answer",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction of an answer",
                "verbose_name_plural": "corrections of answers",
                "ordering": ["published_at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="correction_says_something"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="answercorrection",
            trigger=pgtrigger.compiler.Trigger(
                name="correction_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="caadb1aa980955ef3d6ecdd11fcdcf03fa489c41",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_correction_is_kept_bdbd9",
                    table="calls_answercorrection",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CallFaq",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="The lowest number comes first.", verbose_name="order"
                    ),
                ),
                ("question", models.CharField(max_length=200, verbose_name="question")),
                (
                    "answer",
                    models.TextField(
                        help_text="Markdown: lists, bold, links.", max_length=5000, verbose_name="answer"
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="shown until")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="faqs",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken off by",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replaced_by",
                        to="calls.callfaq",
                        verbose_name="replaces",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "frequent question",
                "verbose_name_plural": "frequent questions",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("question", ""), _negated=True), models.Q(("answer", ""), _negated=True)
                        ),
                        name="faq_has_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="faq_end_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callfaq",
            trigger=pgtrigger.compiler.Trigger(
                name="faq_is_what_was_written",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."question" IS DISTINCT FROM (NEW."question") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."written_at" IS DISTINCT FROM (NEW."written_at") OR OLD."written_by_id" IS DISTINCT FROM (NEW."written_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e4908fffe1fcfbcfdde08a835a22306b06c1a07c",
                    operation="UPDATE",
                    pgid="pgtrigger_faq_is_what_was_written_1e5b0",
                    table="calls_callfaq",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callfaq",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_faq_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ended_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a90525f43b2658e1cd8cfe13368916d9bffe7d37",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_faq_is_kept_45909",
                    table="calls_callfaq",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callfaq",
            trigger=pgtrigger.compiler.Trigger(
                name="faq_of_published_call_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF EXISTS (SELECT 1 FROM calls_call WHERE id = OLD.call_id AND status = 'published') THEN\n                        RAISE EXCEPTION 'the answers of a published call are kept' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN OLD;\n                ",
                    hash="3a14d2fea1cc1a1d680aa5e38458e1b7c1cacec8",
                    operation="DELETE",
                    pgid="pgtrigger_faq_of_published_call_is_kept_d9144",
                    table="calls_callfaq",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CallQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("text", models.TextField(max_length=2000, verbose_name="question")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for an answer"),
                            ("answered", "answered"),
                            ("declined", "not published"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("declined_at", models.DateTimeField(blank=True, null=True, verbose_name="declined at")),
                (
                    "decline_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it is not published"),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="calls.callanswer",
                        verbose_name="answer",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "declined_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="declined by",
                    ),
                ),
            ],
            options={
                "verbose_name": "question about a call",
                "verbose_name_plural": "questions about calls",
                "ordering": ["-asked_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer", None),
                                ("decline_reason", ""),
                                ("declined_at", None),
                                ("declined_by", None),
                                ("status", "waiting"),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("decline_reason", ""),
                                ("declined_at", None),
                                ("declined_by", None),
                                ("status", "answered"),
                            ),
                            models.Q(
                                ("answer", None),
                                ("declined_at__isnull", False),
                                ("declined_by__isnull", False),
                                ("status", "declined"),
                                models.Q(("decline_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="question_outcome_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="question_says_something"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="question_is_what_was_asked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."author_id" IS DISTINCT FROM (NEW."author_id") OR OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="61f51f9ab00872190a22acd01d4ffc320e418722",
                    operation="UPDATE",
                    pgid="pgtrigger_question_is_what_was_asked_28400",
                    table="calls_callquestion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callquestion",
            trigger=pgtrigger.compiler.Trigger(
                name="settled_question_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'waiting'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2a980add94b3b123eb0263e483d8368973f2f5bb",
                    operation="UPDATE",
                    pgid="pgtrigger_settled_question_is_kept_465e1",
                    table="calls_callquestion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                (
                    "weight_bp",
                    models.PositiveIntegerField(
                        default=10000,
                        help_text="10000: the points count as they are.",
                        verbose_name="weight (basis points)",
                    ),
                ),
                ("max_points", models.PositiveSmallIntegerField(verbose_name="highest score")),
                (
                    "min_points",
                    models.PositiveSmallIntegerField(default=0, verbose_name="lowest score to pass"),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="calls.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "criterion",
                "verbose_name_plural": "criteria",
                "ordering": ["position", "pk"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="criterion_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((FALSE) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="bb15f6a417024a0c30d15c87131973b28b483487",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_criterion_is_frozen_619bd",
                    table="calls_criterion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="DocumentRequirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                ("required", models.BooleanField(default=True, verbose_name="required")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="document_requirements",
                        to="calls.call",
                    ),
                ),
            ],
            options={
                "verbose_name": "required document",
                "verbose_name_plural": "required documents",
                "ordering": ["position", "pk"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="documentrequirement",
            trigger=pgtrigger.compiler.Trigger(
                name="document_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((TG_OP <> 'UPDATE') AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="f24d1529b00b59b4165bd168cab3f57f14be0021",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_document_is_frozen_d1595",
                    table="calls_documentrequirement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="EditionOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "applications",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="applications"),
                ),
                (
                    "admitted",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="applications admitted"),
                ),
                ("campaigns", models.PositiveIntegerField(blank=True, null=True, verbose_name="campaigns")),
                (
                    "successful",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="successful campaigns"),
                ),
                (
                    "raised_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="given by citizens (cents)"
                    ),
                ),
                (
                    "granted_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="granted by the municipality (cents)"
                    ),
                ),
                ("donors", models.PositiveIntegerField(blank=True, null=True, verbose_name="donors")),
                ("source", models.CharField(max_length=300, verbose_name="source")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="outcome", to="calls.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "published outcome",
                "verbose_name_plural": "published outcomes",
            },
        ),
        migrations.CreateModel(
            name="Fund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("allocation_cents", models.PositiveBigIntegerField(verbose_name="allocation (cents)")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="funds", to="calls.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "fund",
                "verbose_name_plural": "funds",
                "ordering": ["pk"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fund",
            trigger=pgtrigger.compiler.Trigger(
                name="fund_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((FALSE) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="2ad6d8afb42a7096294cb807780cd4aa893725e5",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_fund_is_frozen_68201",
                    table="calls_fund",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CallSession",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(default=1, verbose_name="number")),
                ("opens_at", models.DateTimeField(verbose_name="opens at")),
                (
                    "closes_at",
                    models.DateTimeField(
                        help_text="Exclusive: to accept all of 31 October, write 1 November at 00:00.",
                        verbose_name="closes at",
                    ),
                ),
                (
                    "allocation_cents",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty in every window: the windows draw on one fund.",
                        null=True,
                        verbose_name="share of the fund (cents)",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sessions", to="calls.call"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="calls.fund",
                    ),
                ),
            ],
            options={
                "verbose_name": "application window",
                "verbose_name_plural": "application windows",
                "ordering": ["opens_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "number"), name="session_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("opens_at__lt", models.F("closes_at"))),
                        name="session_opens_before_closing",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callsession",
            trigger=pgtrigger.compiler.Trigger(
                name="session_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((\n    TG_OP = 'UPDATE'\n    AND to_jsonb(NEW) - ARRAY['opens_at', 'closes_at'] = to_jsonb(OLD) - ARRAY['opens_at', 'closes_at']\n    AND NEW.opens_at >= OLD.opens_at AND NEW.closes_at >= OLD.closes_at\n) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="0d78b1ce5889e839dfedcf0669f3420e3466fdaa",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_session_is_frozen_fb52c",
                    table="calls_callsession",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("gifts", "new gifts"),
                            ("releases", "grants and payouts"),
                            ("refunds", "refunds"),
                            ("mails", "mails"),
                        ],
                        max_length=10,
                        verbose_name="what is stopped",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "off, waits for a second person"),
                            ("confirmed", "off"),
                            ("ending", "off, switching on waits for a second person"),
                            ("ended", "on again"),
                        ],
                        default="unconfirmed",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(verbose_name="reason")),
                ("public_reason", models.TextField(blank=True, verbose_name="public reason")),
                ("off_at", models.DateTimeField(verbose_name="off since")),
                (
                    "confirm_until",
                    models.DateTimeField(verbose_name="to be confirmed by a second person until"),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                (
                    "proposed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="switching on proposed at"),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="on again since")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stops",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="confirmed by",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="switched on by",
                    ),
                ),
                (
                    "off_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="switched off by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="switching on proposed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "stop",
                "verbose_name_plural": "stops",
                "ordering": ["-off_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "ended"), _negated=True),
                        fields=("call", "what"),
                        name="stop_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at", None),
                                ("ended_at", None),
                                ("proposed_at", None),
                                ("status", "unconfirmed"),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("ended_at", None),
                                ("proposed_at", None),
                                ("status", "confirmed"),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("ended_at", None),
                                ("proposed_at__isnull", False),
                                ("status", "ending"),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("status", "ended"),
                                models.Q(
                                    models.Q(("confirmed_at__isnull", False), ("proposed_at__isnull", False)),
                                    models.Q(("confirmed_at", None), ("proposed_at", None)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="stop_times_match_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at", None), ("confirmed_by", None)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                models.Q(("confirmed_by", models.F("off_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stop_confirmed_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("proposed_at", None), ("proposed_by", None)),
                            models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="stop_proposal_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("proposed_by", None),
                                models.Q(("ended_by", models.F("off_by")), _negated=True),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("proposed_by__isnull", False),
                                models.Q(("ended_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="stop_ended_by_a_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="stop_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what", "gifts"), _negated=True),
                            models.Q(("public_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="stop_of_gifts_has_public_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stop",
            trigger=pgtrigger.compiler.Trigger(
                name="stop_is_what_was_switched_off",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."call_id" IS DISTINCT FROM (NEW."call_id") OR OLD."off_at" IS DISTINCT FROM (NEW."off_at") OR OLD."off_by_id" IS DISTINCT FROM (NEW."off_by_id") OR OLD."public_reason" IS DISTINCT FROM (NEW."public_reason") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."what" IS DISTINCT FROM (NEW."what"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a62e0b81cc777ef52250c5abeac52d29fae73086",
                    operation="UPDATE",
                    pgid="pgtrigger_stop_is_what_was_switched_off_63898",
                    table="calls_stop",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stop",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_stop_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'ended')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6e40d1f71affc3f8d90b72bd72e1d23693a48601",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_stop_is_kept_14717",
                    table="calls_stop",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stop",
            trigger=pgtrigger.compiler.Trigger(
                name="stop_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="cf99644e2b4b73eab77612aa5b866d3f5d496396",
                    operation="DELETE",
                    pgid="pgtrigger_stop_is_kept_d2d7f",
                    table="calls_stop",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="StopStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("off", "switched off"),
                            ("confirmed", "confirmed that it is off"),
                            ("not_confirmed", "not confirmed: on again"),
                            ("proposed", "proposed to switch it on"),
                            ("refused", "refused to switch it on"),
                            ("on", "switched on again"),
                        ],
                        max_length=15,
                        verbose_name="what happened",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("reason", models.TextField(verbose_name="reason")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="calls.stop"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a stop",
                "verbose_name_plural": "steps of stops",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="stop_step_has_reason"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stopstep",
            trigger=pgtrigger.compiler.Trigger(
                name="stop_step_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="7eda75b5e984d453e634d3e64a6f00ccba35d1e8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_stop_step_is_kept_b5ce7",
                    table="calls_stopstep",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="SupportOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("co_funding", "co-funding"),
                            ("space", "space"),
                            ("micro_grant", "micro-grant"),
                        ],
                        max_length=12,
                        verbose_name="kind of support",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                (
                    "quantity",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: the call does not say.",
                        null=True,
                        verbose_name="how many",
                    ),
                ),
                (
                    "limit_cents",
                    models.PositiveBigIntegerField(
                        blank=True,
                        help_text="Empty: the call does not say.",
                        null=True,
                        verbose_name="up to how much (cents)",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="support_offers",
                        to="calls.call",
                    ),
                ),
            ],
            options={
                "verbose_name": "support offered",
                "verbose_name_plural": "support offered",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("call", "name"), name="support_offer_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quantity", None), ("quantity__gt", 0), _connector="OR"),
                            models.Q(
                                ("limit_cents", None),
                                models.Q(("limit_cents__gt", 0), models.Q(("kind", "space"), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="support_offer_is_of_something",
                        violation_error_message="A space has no amount, and nothing is offered zero times.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="supportoffer_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((FALSE) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="f5759e985525d90ac054c1e1e2a00845fa40717b",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_supportoffer_is_frozen_29a67",
                    table="calls_supportoffer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Theme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="themes", to="calls.call"
                    ),
                ),
            ],
            options={
                "verbose_name": "theme",
                "verbose_name_plural": "themes",
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("call", "name"), name="theme_once")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="theme",
            trigger=pgtrigger.compiler.Trigger(
                name="theme_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((FALSE) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="53b11dd5f837bf82b50afa3a69575fadf2701897",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_theme_is_frozen_0de6d",
                    table="calls_theme",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="summary")),
                (
                    "borough",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "Municipio 1"),
                            (2, "Municipio 2"),
                            (3, "Municipio 3"),
                            (4, "Municipio 4"),
                            (5, "Municipio 5"),
                            (6, "Municipio 6"),
                            (7, "Municipio 7"),
                            (8, "Municipio 8"),
                            (9, "Municipio 9"),
                        ],
                        null=True,
                        verbose_name="borough",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=200, verbose_name="place")),
                (
                    "beneficiaries",
                    models.TextField(blank=True, max_length=2000, verbose_name="whom it serves"),
                ),
                ("team", models.TextField(blank=True, max_length=2000, verbose_name="who carries it out")),
                (
                    "cost_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="project cost (cents)"),
                ),
                (
                    "cofinancing",
                    models.CharField(blank=True, max_length=300, verbose_name="who pays the co-financing"),
                ),
                (
                    "duration_months",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="duration (months)"),
                ),
                (
                    "campaign_text",
                    models.TextField(blank=True, max_length=20000, verbose_name="text for the citizens"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("submitted", "submitted"),
                            ("admitted", "admitted"),
                            ("inadmissible", "not admitted"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                (
                    "protocol_number",
                    models.CharField(
                        blank=True, max_length=30, null=True, unique=True, verbose_name="protocol number"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("updated_at", models.DateTimeField(verbose_name="changed at")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="submitted at")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="applications",
                        to="calls.callsession",
                        verbose_name="application window",
                    ),
                ),
                (
                    "theme",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calls.theme",
                        verbose_name="theme",
                    ),
                ),
            ],
            options={
                "verbose_name": "application",
                "verbose_name_plural": "applications",
                "ordering": ["-created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("protocol_number", None),
                                ("session", None),
                                ("status", "draft"),
                                ("submitted_at", None),
                            ),
                            ("status", "withdrawn"),
                            models.Q(
                                ("status__in", ["submitted", "admitted", "inadmissible"]),
                                ("protocol_number__isnull", False),
                                ("session__isnull", False),
                                ("submitted_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="application_submitted_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "withdrawn"), ("withdrawn_at__isnull", False)),
                            models.Q(
                                models.Q(("status", "withdrawn"), _negated=True), ("withdrawn_at", None)
                            ),
                            _connector="OR",
                        ),
                        name="application_withdrawn_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="application_has_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submitted_at", None),
                            models.Q(
                                ("borough__isnull", False),
                                ("duration_months__isnull", False),
                                ("theme__isnull", False),
                                ("cost_cents__gt", 0),
                                models.Q(("summary", ""), _negated=True),
                                models.Q(("campaign_text", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="application_complete_once_submitted",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["submitted", "admitted", "inadmissible"])),
                        fields=("organization", "session"),
                        name="application_once_per_body_and_window",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="order")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("staff", "staff"),
                            ("services", "services and consultants"),
                            ("goods", "goods and equipment"),
                            ("works", "works and fitting out"),
                            ("communication", "communication"),
                            ("fees", "payment fees"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="category",
                    ),
                ),
                ("description", models.CharField(max_length=200, verbose_name="description")),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("eligible_cents", models.PositiveBigIntegerField(verbose_name="eligible (cents)")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="budget_lines",
                        to="calls.application",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget line",
                "verbose_name_plural": "budget lines",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="budget_line_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("eligible_cents__lte", models.F("amount_cents"))),
                        name="budget_line_eligible_within_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("submission", "submission"),
                            ("answer", "answer to a request of the office"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("sequence", models.PositiveIntegerField(verbose_name="number in the call")),
                (
                    "protocol_number",
                    models.CharField(max_length=30, unique=True, verbose_name="protocol number"),
                ),
                ("code", models.CharField(max_length=16, unique=True, verbose_name="verification code")),
                ("filed_at", models.DateTimeField(verbose_name="filed at")),
                ("schema", models.PositiveSmallIntegerField(verbose_name="form of the content")),
                ("content", models.JSONField(verbose_name="content")),
                ("files", models.JSONField(verbose_name="files")),
                ("digest", models.CharField(max_length=64, verbose_name="fingerprint (SHA-256)")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "filed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="filed by",
                    ),
                ),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="calls.call",
                        verbose_name="call",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="calls.callsession",
                        verbose_name="application window",
                    ),
                ),
            ],
            options={
                "verbose_name": "version of an application",
                "verbose_name_plural": "versions of applications",
                "ordering": ["application", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "number"), name="version_number_once"),
                    models.UniqueConstraint(fields=("call", "sequence"), name="version_sequence_once"),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="version_digest_is_sha256",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="applicationversion",
            trigger=pgtrigger.compiler.Trigger(
                name="version_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="909b924bf28a14f1a629c6503f6d10ff40af6e5f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_version_is_kept_112e4",
                    table="calls_applicationversion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="applicationversion",
            trigger=pgtrigger.compiler.Trigger(
                name="version_follows_the_last",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF NEW.call_id <> (SELECT call_id FROM calls_application WHERE id = NEW.application_id) THEN\n                        RAISE EXCEPTION 'a version belongs to the call of its application'\n                            USING ERRCODE = '23514';\n                    END IF;\n                    IF NEW.sequence <> 1 + COALESCE(\n                        (SELECT max(sequence) FROM calls_applicationversion WHERE call_id = NEW.call_id), 0\n                    ) OR NEW.number <> 1 + COALESCE(\n                        (SELECT max(number) FROM calls_applicationversion\n                         WHERE application_id = NEW.application_id), 0\n                    ) THEN\n                        RAISE EXCEPTION 'a version has the number after the last' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="3674be35e75d7578a15899353df6810e4360b5ea",
                    operation="INSERT",
                    pgid="pgtrigger_version_follows_the_last_58a32",
                    table="calls_applicationversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=30, verbose_name="declaration")),
                ("text", models.TextField(verbose_name="text")),
                ("made_at", models.DateTimeField(verbose_name="declared at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="declarations",
                        to="calls.application",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "declaration",
                "verbose_name_plural": "declarations",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "key"), name="declaration_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "file",
                    models.FileField(
                        max_length=200,
                        storage=civicfund.papers.keeping.private_files,
                        upload_to="",
                        verbose_name="file",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name of the file")),
                (
                    "kind",
                    models.CharField(
                        choices=[("pdf", "PDF"), ("jpeg", "JPEG"), ("png", "PNG")],
                        max_length=4,
                        verbose_name="kind of file",
                    ),
                ),
                ("size_bytes", models.PositiveIntegerField(verbose_name="size (bytes)")),
                (
                    "sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="SHA-256 of what is kept"),
                ),
                (
                    "came_sha256",
                    models.CharField(editable=False, max_length=64, verbose_name="SHA-256 of what came"),
                ),
                (
                    "taken_out",
                    models.CharField(blank=True, editable=False, max_length=60, verbose_name="taken out"),
                ),
                ("begun_at", models.DateTimeField(verbose_name="upload begun at")),
                ("kept_at", models.DateTimeField(verbose_name="uploaded at")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="taken away at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "removed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken away by",
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="calls.documentrequirement",
                        verbose_name="document",
                    ),
                ),
            ],
            options={
                "verbose_name": "document of an application",
                "verbose_name_plural": "documents of applications",
                "ordering": ["requirement", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="attachment_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "jpeg", "png"])),
                        name="attachment_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("begun_at__lte", models.F("kept_at"))),
                        name="attachment_begun_before_kept",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("removed_at", None), ("removed_by", None)),
                            models.Q(("removed_at__isnull", False), ("removed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="attachment_removed_at_and_by",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("legal_name", models.CharField(max_length=200, verbose_name="legal name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ets", "Third Sector body (ETS)"),
                            ("odv", "voluntary organization (ODV)"),
                            ("aps", "social promotion association (APS)"),
                            ("onlus", "ONLUS"),
                            ("social_enterprise", "social enterprise or cooperative"),
                            ("non_profit", "other non-profit body"),
                            ("msme", "micro, small or medium enterprise"),
                            ("informal", "informal group of citizens"),
                            ("public", "school or other public body"),
                            ("other", "other body"),
                        ],
                        max_length=20,
                        verbose_name="kind of body",
                    ),
                ),
                ("tax_code", models.CharField(db_index=True, max_length=16, verbose_name="tax code")),
                ("referent", models.CharField(max_length=150, verbose_name="contact person")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("part", models.TextField(max_length=1500, verbose_name="what it does")),
                (
                    "share_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="share of the budget (cents)"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("named", "not invited yet"),
                            ("invited", "waiting for the answer"),
                            ("confirmed", "has confirmed"),
                            ("declined", "has declined"),
                            ("removed", "removed"),
                        ],
                        default="named",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("named_at", models.DateTimeField(verbose_name="named at")),
                ("invited_at", models.DateTimeField(blank=True, null=True, verbose_name="invited at")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="removed at")),
                ("answered_by", models.CharField(blank=True, max_length=150, verbose_name="answered by")),
                ("answer", models.TextField(blank=True, max_length=1000, verbose_name="answer")),
                ("link_digest", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                (
                    "link_expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="the link lasts until"),
                ),
                ("links", models.PositiveSmallIntegerField(default=0, verbose_name="mails sent")),
                ("reminders", models.PositiveSmallIntegerField(default=0, verbose_name="reminders")),
                ("remind_at", models.DateTimeField(blank=True, null=True, verbose_name="next reminder")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partners",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "ordering": ["named_at", "pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="partner_to_remind",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "removed"), _negated=True),
                        fields=("application", "tax_code"),
                        name="partner_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("invited_at", None), ("status", "named")),
                            models.Q(
                                ("invited_at__isnull", False),
                                ("status__in", ["invited", "confirmed", "declined"]),
                            ),
                            ("status", "removed"),
                            _connector="OR",
                        ),
                        name="partner_invited_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", False),
                                ("status__in", ["confirmed", "declined"]),
                                models.Q(("answered_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("answer", ""),
                                ("answered_at", None),
                                ("answered_by", ""),
                                ("status__in", ["named", "invited"]),
                            ),
                            ("status", "removed"),
                            _connector="OR",
                        ),
                        name="partner_answer_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("removed_at__isnull", False), ("status", "removed")),
                            models.Q(models.Q(("status", "removed"), _negated=True), ("removed_at", None)),
                            _connector="OR",
                        ),
                        name="partner_removed_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("link_digest__isnull", False),
                                ("link_expires_at__isnull", False),
                                ("status__in", ["invited", "confirmed", "declined"]),
                            ),
                            models.Q(
                                ("link_digest", None),
                                ("link_expires_at", None),
                                ("status__in", ["named", "removed"]),
                            ),
                            _connector="OR",
                        ),
                        name="partner_link_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("remind_at", None), ("status", "invited"), _connector="OR"),
                        name="partner_reminded_while_silent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("share_cents", None), ("share_cents__gt", 0), _connector="OR"),
                        name="partner_share_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("project", "Project"),
                            ("place", "Place and people"),
                            ("timeline", "Activities and timeline"),
                            ("budget", "Budget"),
                            ("partners", "Partners"),
                            ("documents", "Documents"),
                            ("declarations", "Declarations"),
                            ("check", "Check and submit"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="since")),
                ("seen_at", models.DateTimeField(verbose_name="seen at")),
                ("overtaken", models.JSONField(blank=True, default=dict, verbose_name="overtaken text")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="calls.application",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "presence",
                "verbose_name_plural": "presences",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "user", "key"), name="presence_once"),
                    models.CheckConstraint(
                        condition=models.Q(("seen_at__gte", models.F("since"))),
                        name="presence_seen_after_it_began",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        choices=[
                            ("project", "Project"),
                            ("place", "Place and people"),
                            ("timeline", "Activities and timeline"),
                            ("budget", "Budget"),
                            ("partners", "Partners"),
                            ("documents", "Documents"),
                            ("declarations", "Declarations"),
                            ("check", "Check and submit"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, verbose_name="version")),
                ("page", models.CharField(blank=True, max_length=36, verbose_name="page")),
                (
                    "unfinished",
                    models.JSONField(blank=True, default=dict, verbose_name="typed but not readable"),
                ),
                ("saved_at", models.DateTimeField(verbose_name="saved at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_steps",
                        to="calls.application",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "saved step",
                "verbose_name_plural": "saved steps",
                "constraints": [
                    models.UniqueConstraint(fields=("application", "key"), name="saved_step_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SupportRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.CharField(max_length=500, verbose_name="why it is needed")),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "asked for"), ("granted", "granted"), ("refused", "not granted")],
                        default="asked",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                (
                    "amount_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="amount granted (cents)"
                    ),
                ),
                ("act_number", models.CharField(blank=True, max_length=60, verbose_name="number of the act")),
                ("act_date", models.DateField(blank=True, null=True, verbose_name="date of the act")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="support_requests",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="calls.supportoffer",
                        verbose_name="support",
                    ),
                ),
            ],
            options={
                "verbose_name": "request of support",
                "verbose_name_plural": "requests of support",
                "ordering": ["offer__position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("application", "offer"), name="support_asked_once"),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="support_request_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None), ("decided_by", None), ("reason", ""), ("state", "asked")
                            ),
                            models.Q(
                                models.Q(("state", "asked"), _negated=True),
                                models.Q(("reason", ""), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="support_decision_matches_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("act_date__isnull", False),
                                ("state", "granted"),
                                models.Q(("act_number", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "granted"), _negated=True),
                                ("act_date", None),
                                ("act_number", ""),
                                ("amount_cents", None),
                            ),
                            _connector="OR",
                        ),
                        name="support_is_granted_by_an_act",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents", None), ("amount_cents__gt", 0), _connector="OR"),
                        name="support_amount_positive",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supportrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_support_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'asked'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="52225cc12d380ff7fd4c31f914c72ebe03cc11ea",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_decided_support_is_kept_21b4c",
                    table="calls_supportrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(editable=False, unique=True)),
                ("name", models.CharField(max_length=255, verbose_name="name of the file")),
                ("mark", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField(verbose_name="size (bytes)")),
                ("received_bytes", models.PositiveIntegerField(default=0, verbose_name="arrived (bytes)")),
                ("begun_at", models.DateTimeField(verbose_name="upload begun at")),
                ("touched_at", models.DateTimeField(verbose_name="last piece at")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to="calls.application",
                    ),
                ),
                (
                    "begun_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="calls.attachment",
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="calls.documentrequirement",
                    ),
                ),
            ],
            options={
                "verbose_name": "upload under way",
                "verbose_name_plural": "uploads under way",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("application", "requirement", "begun_by", "mark"),
                        name="upload_of_one_file_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("received_bytes__lte", models.F("size_bytes")), ("size_bytes__gt", 0)
                        ),
                        name="upload_within_its_size",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="order")),
                ("title", models.CharField(max_length=120, verbose_name="activity")),
                ("first_month", models.PositiveSmallIntegerField(verbose_name="first month")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activities",
                        to="calls.application",
                    ),
                ),
            ],
            options={
                "verbose_name": "activity",
                "verbose_name_plural": "activities",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_month__gte", 1), ("months__gte", 1)),
                        name="activity_lasts_a_month",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApplicationEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("submitted", "Handed in"),
                            ("taken_back", "Taken back to be changed"),
                            ("withdrawn", "Withdrawn for good"),
                            ("asked", "The office asks for something more"),
                            ("answered", "Answer handed in"),
                            ("lapsed", "The time for the answer is over"),
                            ("called_off", "The office needs no answer any more"),
                            ("desk_wrote", "Written by the office for the organization"),
                        ],
                        max_length=12,
                        verbose_name="what happened",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="calls.application",
                        verbose_name="application",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="calls.applicationversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "event of an application",
                "verbose_name_plural": "events of applications",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("version__isnull", False),
                            models.Q(("what__in", ["submitted", "taken_back", "answered"]), _negated=True),
                            _connector="OR",
                        ),
                        name="event_of_a_deposit_names_its_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("what__in", ["asked", "called_off", "desk_wrote"]), _negated=True),
                            _connector="OR",
                        ),
                        name="event_of_the_office_has_a_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="applicationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="event_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cc7749b7f4bc721339d0c50f05ce7935c2c7a8ff",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_event_is_kept_c1c30",
                    table="calls_applicationevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
