"""The tables as the migrations up to 0005 left them, each made once with its triggers: a fresh database is quickly made."""

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("matching", "0001_initial"),
        ("matching", "0002_undoing"),
        ("matching", "0003_partial_awards_and_fund_movements"),
        ("matching", "0004_dropped_revocations_say_why"),
        ("matching", "0005_informal_groups"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0007_informal_groups"),
        ("accounts", "__first__"),
        ("calls", "0014_versions_of_earlier_applications"),
        ("campaigns", "0004_leaving_and_waivers"),
        ("ledger", "0005_quarantine"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to be restored"),
                            ("restored", "restored"),
                            ("lapsed", "not restored"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "missing_cents",
                    models.PositiveBigIntegerField(verbose_name="missing at the start (cents)"),
                ),
                ("started_at", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cure",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "threshold to restore",
                "verbose_name_plural": "thresholds to restore",
                "ordering": ["until"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="cure_ended_at_matches_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("started_at"))), name="cure_lasts"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="cure",
            trigger=pgtrigger.compiler.Trigger(
                name="cure_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="936ff011da3f567252eb8b281962a56ff16f61a7",
                    operation="DELETE",
                    pgid="pgtrigger_cure_is_kept_65e79",
                    table="matching_cure",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CurePayment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("evidence", models.CharField(max_length=500, verbose_name="evidence")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "cure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="matching.cure",
                        verbose_name="threshold to restore",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment of the promoter",
                "verbose_name_plural": "payments of the promoter",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_cents__gt", 0), models.Q(("evidence", ""), _negated=True)
                        ),
                        name="cure_payment_has_evidence",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="curepayment",
            trigger=pgtrigger.compiler.Trigger(
                name="cure_payment_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2e9283adf0074fbe2f152605c603726106aeb3c2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_cure_payment_is_kept_0a70b",
                    table="matching_curepayment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Grant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "set aside"),
                            ("waitlisted", "waiting: the fund is used up"),
                            ("offered", "a part is offered"),
                            ("awarded", "awarded"),
                            ("returned", "returned to the fund"),
                            ("refused", "refused"),
                            ("revoked", "revoked"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("reserved_at", models.DateTimeField(blank=True, null=True, verbose_name="set aside at")),
                (
                    "held_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="kept for a group's body since"),
                ),
                ("waitlisted_at", models.DateTimeField(blank=True, null=True, verbose_name="waiting since")),
                ("awarded_at", models.DateTimeField(blank=True, null=True, verbose_name="awarded at")),
                ("returned_at", models.DateTimeField(blank=True, null=True, verbose_name="returned at")),
                ("refused_at", models.DateTimeField(blank=True, null=True, verbose_name="refused at")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked at")),
                (
                    "rule_version",
                    models.CharField(blank=True, max_length=10, verbose_name="version of the rule"),
                ),
                ("cost_cents", models.PositiveBigIntegerField(verbose_name="admitted cost (cents)")),
                ("threshold_bp", models.PositiveIntegerField(verbose_name="citizens' share (basis points)")),
                ("grant_bp", models.PositiveIntegerField(verbose_name="municipality's share (basis points)")),
                ("cap_cents", models.PositiveBigIntegerField(verbose_name="cap (cents)")),
                ("threshold_cents", models.PositiveBigIntegerField(verbose_name="threshold (cents)")),
                ("due_cents", models.PositiveBigIntegerField(verbose_name="grant due (cents)")),
                (
                    "raised_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="raised when awarded (cents)"
                    ),
                ),
                (
                    "available_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="fund available when awarded (cents)"
                    ),
                ),
                (
                    "reached_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="threshold reached at"),
                ),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grant",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "evidence",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                        verbose_name="evidence",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="calls.fund",
                        verbose_name="fund",
                    ),
                ),
            ],
            options={
                "verbose_name": "grant",
                "verbose_name_plural": "grants",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_cents__lte", models.F("due_cents")),
                            ("due_cents__lte", models.F("cap_cents")),
                        ),
                        name="grant_within_cap",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "due_cents__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("cost_cents"), "-", models.F("threshold_cents")
                                ),
                            )
                        ),
                        name="grant_within_cost",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("awarded_at", None),
                                ("reserved_at__isnull", False),
                                ("returned_at", None),
                                ("state", "reserved"),
                            ),
                            models.Q(
                                ("amount_cents", 0),
                                ("awarded_at", None),
                                ("returned_at", None),
                                ("state", "waitlisted"),
                                ("waitlisted_at__isnull", False),
                            ),
                            models.Q(
                                ("amount_cents__gt", 0),
                                ("amount_cents__lt", models.F("due_cents")),
                                ("awarded_at", None),
                                ("returned_at", None),
                                ("state", "offered"),
                                ("waitlisted_at__isnull", False),
                            ),
                            models.Q(
                                ("amount_cents__gt", 0),
                                ("awarded_at__isnull", False),
                                ("returned_at", None),
                                ("state", "awarded"),
                            ),
                            models.Q(
                                ("awarded_at", None), ("returned_at__isnull", False), ("state", "returned")
                            ),
                            models.Q(
                                ("awarded_at", None),
                                ("refused_at__isnull", False),
                                ("returned_at", None),
                                ("state", "refused"),
                            ),
                            models.Q(
                                ("awarded_at__isnull", False),
                                ("returned_at", None),
                                ("revoked_at__isnull", False),
                                ("state", "revoked"),
                            ),
                            _connector="OR",
                        ),
                        name="grant_times_match_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), ("refused_at", None), _connector="OR"),
                            models.Q(("state", "revoked"), ("revoked_at", None), _connector="OR"),
                        ),
                        name="grant_is_ended_by_an_act_only",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "awarded"), _negated=True),
                            models.Q(
                                ("available_cents__gte", models.F("amount_cents")),
                                ("available_cents__isnull", False),
                                ("evidence__isnull", False),
                                ("raised_cents__gte", models.F("threshold_cents")),
                                ("raised_cents__isnull", False),
                                ("reached_at__isnull", False),
                                models.Q(("rule_version", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="grant_award_has_evidence",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grant",
            trigger=pgtrigger.compiler.Trigger(
                name="award_is_not_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."awarded_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="543ee815716eda5697bf1002cac12fe06a30d1df",
                    operation="DELETE",
                    pgid="pgtrigger_award_is_not_deleted_22bab",
                    table="matching_grant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grant",
            trigger=pgtrigger.compiler.Trigger(
                name="award_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."awarded_at" IS NOT NULL)',
                    func="\n                    IF OLD.state = 'awarded' AND NEW.state = 'revoked'\n                       AND to_jsonb(NEW) - '{state,revoked_at}'::text[] = to_jsonb(OLD) - '{state,revoked_at}'::text[]\n                       AND EXISTS (SELECT 1 FROM matching_revocation r\n                                   WHERE r.grant_id = OLD.id AND r.state = 'confirmed') THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'the award of grant % is kept', OLD.id USING ERRCODE = '23514';\n                ",
                    hash="261d9ee469d1c3cb722958296a0e77f0ec6408c3",
                    operation="UPDATE",
                    pgid="pgtrigger_award_is_kept_3a31e",
                    table="matching_grant",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="GrantCompletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("available_cents", models.PositiveBigIntegerField(verbose_name="left of the fund (cents)")),
                ("rule_version", models.CharField(max_length=10, verbose_name="version of the rule")),
                ("completed_at", models.DateTimeField(verbose_name="completed at")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                        verbose_name="ledger entry",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="completions",
                        to="matching.grant",
                        verbose_name="grant",
                    ),
                ),
            ],
            options={
                "verbose_name": "completion of a grant",
                "verbose_name_plural": "completions of grants",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_cents__gt", 0),
                            ("amount_cents__lte", models.F("available_cents")),
                            models.Q(("rule_version", ""), _negated=True),
                        ),
                        name="completion_within_the_fund",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grantcompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="completion_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e5f1465eccdb221c8a23b3ab4b0e5215652d9961",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_completion_is_kept_47599",
                    table="matching_grantcompletion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grantcompletion",
            trigger=pgtrigger.compiler.Trigger(
                name="completion_within_what_is_due",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE room bigint;",
                    func="\n                    SELECT g.due_cents - g.amount_cents - COALESCE(\n                        (SELECT sum(c.amount_cents) FROM matching_grantcompletion c WHERE c.grant_id = g.id), 0)\n                    INTO room FROM matching_grant g WHERE g.id = NEW.grant_id AND g.state = 'awarded';\n                    IF room IS NULL OR room < NEW.amount_cents THEN\n                        RAISE EXCEPTION 'a completion never exceeds what is due' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="3c88cc9bb55616d91fb85b887e3a6f749f1d2df7",
                    operation="INSERT",
                    pgid="pgtrigger_completion_within_what_is_due_0a98e",
                    table="matching_grantcompletion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="GrantOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("available_cents", models.PositiveBigIntegerField(verbose_name="left of the fund (cents)")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waiting for the promoter's answer"),
                            ("accepted", "accepted"),
                            ("declined", "declined"),
                            ("expired", "not answered in time"),
                            ("overtaken", "the whole grant was awarded instead"),
                            ("lapsed", "the campaign has no right to it any more"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("offered_at", models.DateTimeField(verbose_name="offered at")),
                ("expires_at", models.DateTimeField(verbose_name="to be answered until")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                (
                    "cover",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own_funds", "with our own funds"),
                            ("continued", "the campaign goes on until its deadline"),
                            ("reduced", "a smaller project, which the city has to approve"),
                        ],
                        max_length=10,
                        verbose_name="how the rest is covered",
                    ),
                ),
                (
                    "words",
                    models.TextField(blank=True, max_length=2000, verbose_name="in the promoter's words"),
                ),
                ("leaves_gap", models.BooleanField(default=False, verbose_name="the rest cannot be covered")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="matching.grant",
                        verbose_name="grant",
                    ),
                ),
            ],
            options={
                "verbose_name": "offer of a partial grant",
                "verbose_name_plural": "offers of partial grants",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")), fields=("grant",), name="offer_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_cents__gt", 0), ("amount_cents__lte", models.F("available_cents"))
                        ),
                        name="offer_within_the_fund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("offered_at__lt", models.F("expires_at"))), name="offer_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True), ("ended_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="offer_ended_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("leaves_gap", False),
                            models.Q(("status", "declined"), models.Q(("words", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="offer_gap_is_explained",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_by__isnull", False),
                                ("status", "accepted"),
                                models.Q(("cover", ""), _negated=True),
                                models.Q(("words", ""), _negated=True),
                            ),
                            models.Q(("answered_by__isnull", False), ("cover", ""), ("status", "declined")),
                            models.Q(
                                ("answered_by", None),
                                ("cover", ""),
                                ("status__in", ["open", "expired", "overtaken", "lapsed"]),
                                ("words", ""),
                            ),
                            _connector="OR",
                        ),
                        name="offer_answer_matches_status",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grantoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="offer_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="7ed6c07ee5b3cc29aa417bd4838aad819a8982cd",
                    operation="DELETE",
                    pgid="pgtrigger_offer_is_kept_2df18",
                    table="matching_grantoffer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grantoffer",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_offer_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="42276ffacf641e865ca5fbb0ecbc914ce78238db",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_offer_is_kept_60286",
                    table="matching_grantoffer",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Incorporation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("proof", models.CharField(max_length=500, verbose_name="what proves it")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("recorded", "waits for an officer"),
                            ("confirmed", "confirmed"),
                            ("refused", "refused"),
                        ],
                        default="recorded",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "refusal_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it was refused"),
                ),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="new body",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="incorporations",
                        to="campaigns.campaign",
                        verbose_name="campaign",
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
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="group",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "group that becomes a body",
                "verbose_name_plural": "groups that become bodies",
                "ordering": ["-recorded_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["recorded", "confirmed"])),
                        fields=("campaign",),
                        name="incorporation_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("refusal_reason", ""),
                                ("state", "recorded"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("refusal_reason", ""),
                                ("state", "confirmed"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "refused"),
                                models.Q(("refusal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="incorporation_decision_matches_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("body", models.F("group")), _negated=True),
                            models.Q(("proof", ""), _negated=True),
                        ),
                        name="incorporation_is_of_another_and_proven",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incorporation",
            trigger=pgtrigger.compiler.Trigger(
                name="incorporation_is_what_was_recorded",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."body_id" IS DISTINCT FROM (NEW."body_id") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."group_id" IS DISTINCT FROM (NEW."group_id") OR OLD."proof" IS DISTINCT FROM (NEW."proof") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6bec7c87c70aaf5c23cda5143b875271643a97ab",
                    operation="UPDATE",
                    pgid="pgtrigger_incorporation_is_what_was_recorded_383e9",
                    table="matching_incorporation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incorporation",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_incorporation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'recorded'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4924663f5565eb867a9740ec52d2ac98128ef06c",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_incorporation_is_kept_d7569",
                    table="matching_incorporation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incorporation",
            trigger=pgtrigger.compiler.Trigger(
                name="incorporation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9cfe8f03a626f92c35c740b9d6987a036d0d6c12",
                    operation="DELETE",
                    pgid="pgtrigger_incorporation_is_kept_daa3a",
                    table="matching_incorporation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Shortfall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("restored", "restored by itself"),
                            ("covered", "covered by the promoter"),
                            ("closed", "closed with the grant"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("opened_at", models.DateTimeField(verbose_name="since")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("note", models.CharField(blank=True, max_length=1000, verbose_name="how it was covered")),
                (
                    "covered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shortfalls",
                        to="matching.grant",
                        verbose_name="grant",
                    ),
                ),
            ],
            options={
                "verbose_name": "shortfall",
                "verbose_name_plural": "shortfalls",
                "ordering": ["-opened_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("grant",), name="shortfall_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="shortfall_is_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state", "open")),
                            models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="shortfall_ended_at_matches_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("covered_by__isnull", False),
                                ("state", "covered"),
                                models.Q(("note", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "covered"), _negated=True),
                                ("covered_by", None),
                                ("note", ""),
                            ),
                            _connector="OR",
                        ),
                        name="shortfall_cover_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shortfall",
            trigger=pgtrigger.compiler.Trigger(
                name="shortfall_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5e107bf3b62b88813c76e95862e21920e025fb4a",
                    operation="DELETE",
                    pgid="pgtrigger_shortfall_is_kept_44bb2",
                    table="matching_shortfall",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="shortfall",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_shortfall_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="41038ae8c87be859595687f9a7eee64f0f7d6746",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_shortfall_is_kept_cce56",
                    table="matching_shortfall",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("before", "before the opening"),
                            ("running", "open, threshold not reached"),
                            ("reached", "threshold reached, grant not awarded"),
                            ("awarded", "grant awarded"),
                        ],
                        max_length=10,
                        verbose_name="moment",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("asked", "waiting for the municipality"), ("done", "done")],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done at")),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="acknowledged by",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "withdrawal",
                "verbose_name_plural": "withdrawals",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="withdrawal_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("acknowledged_by", None),
                                ("done_at", None),
                                ("stage__in", ["reached", "awarded"]),
                                ("state", "asked"),
                            ),
                            models.Q(
                                ("acknowledged_by", None),
                                ("done_at__isnull", False),
                                ("stage__in", ["before", "running"]),
                                ("state", "done"),
                            ),
                            models.Q(
                                ("done_at__isnull", False),
                                ("stage__in", ["reached", "awarded"]),
                                ("state", "done"),
                                ("acknowledged_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="withdrawal_is_acknowledged",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="withdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="withdrawal_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="ae7828d3268bef703a19917aab07aafaf3302381",
                    operation="DELETE",
                    pgid="pgtrigger_withdrawal_is_kept_77c12",
                    table="matching_withdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="AdministrativeAct",
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
                            ("determination", "determination of an office's head"),
                            ("executive", "resolution of the city executive"),
                            ("council", "resolution of the city council"),
                        ],
                        default="determination",
                        max_length=15,
                        verbose_name="kind of act",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("date", models.DateField(verbose_name="date")),
                ("office", models.CharField(max_length=150, verbose_name="office")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="recorded by",
                    ),
                ),
            ],
            options={
                "verbose_name": "administrative act",
                "verbose_name_plural": "administrative acts",
                "ordering": ["-date", "-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("number", "date", "office", "kind"), name="act_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", ""), _negated=True), models.Q(("office", ""), _negated=True)
                        ),
                        name="act_is_named",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="administrativeact",
            trigger=pgtrigger.compiler.Trigger(
                name="act_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c3c24dee627a6d0b00377f969e1bdd7bc1825fe1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_act_is_kept_2dbd2",
                    table="matching_administrativeact",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="FundMovement",
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
                            ("increase", "increase"),
                            ("decrease", "decrease"),
                            ("carry_over", "passed to the next window"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("moved_at", models.DateTimeField(verbose_name="at")),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="matching.administrativeact",
                        verbose_name="act",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.entry",
                        verbose_name="ledger entry",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="calls.fund",
                        verbose_name="fund",
                    ),
                ),
                (
                    "moved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "to_fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="calls.fund",
                        verbose_name="to the fund",
                    ),
                ),
            ],
            options={
                "verbose_name": "movement of a fund",
                "verbose_name_plural": "movements of funds",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("act", "fund", "kind"), name="movement_once_per_act"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0), models.Q(("reason", ""), _negated=True)),
                        name="movement_has_amount_and_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "carry_over"),
                                ("to_fund__isnull", False),
                                models.Q(("to_fund", models.F("fund")), _negated=True),
                            ),
                            models.Q(("kind__in", ["increase", "decrease"]), ("to_fund", None)),
                            _connector="OR",
                        ),
                        name="movement_target_matches_kind",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fundmovement",
            trigger=pgtrigger.compiler.Trigger(
                name="movement_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ee041331e60af458e7e5121a2047e8f783fec1c5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_movement_is_kept_a28fd",
                    table="matching_fundmovement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Revocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("shortfall", "refunds or disputes have undone the threshold"),
                            ("checks", "a check by law was not passed"),
                            ("waiver", "the promoter gives the grant up and withdraws"),
                            ("other", "another reason of public interest"),
                        ],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                ("reason", models.CharField(max_length=2000, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "waiting for the second officer"),
                            ("confirmed", "confirmed"),
                            ("dropped", "dropped"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                (
                    "drop_reason",
                    models.CharField(blank=True, max_length=2000, verbose_name="why it was dropped"),
                ),
                (
                    "act",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revocations",
                        to="matching.administrativeact",
                        verbose_name="act",
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
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revocations",
                        to="matching.grant",
                        verbose_name="grant",
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
            ],
            options={
                "verbose_name": "revocation",
                "verbose_name_plural": "revocations",
                "ordering": ["-proposed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "dropped"), _negated=True),
                        fields=("grant",),
                        name="revocation_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="revocation_has_a_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("drop_reason", ""), ("state", "dropped"), _connector="OR"),
                        name="revocation_dropped_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("act", None),
                                ("decided_at", None),
                                ("decided_by", None),
                                ("state", "proposed"),
                            ),
                            models.Q(
                                ("act", None),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "dropped"),
                            ),
                            models.Q(
                                ("act__isnull", False),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "confirmed"),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="revocation_takes_two_officers",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="revocation",
            trigger=pgtrigger.compiler.Trigger(
                name="revocation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="170d3432889ea3ab0685c7d761524456cf3b1ebc",
                    operation="DELETE",
                    pgid="pgtrigger_revocation_is_kept_ac055",
                    table="matching_revocation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="revocation",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_revocation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"state\" = 'proposed'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ffddec3373353cf180d8c4965de69c99a82378ef",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_revocation_is_kept_eb6e8",
                    table="matching_revocation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="AuditRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("ran_at", models.DateTimeField(db_index=True, verbose_name="ran at")),
                ("is_balanced", models.BooleanField(verbose_name="balanced")),
                ("broken", models.JSONField(blank=True, default=dict, verbose_name="broken promises")),
            ],
            options={
                "verbose_name": "audit",
                "verbose_name_plural": "audits",
                "ordering": ["-ran_at"],
                "get_latest_by": "ran_at",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("broken", {}), ("is_balanced", True)),
                            models.Q(("is_balanced", False), models.Q(("broken", {}), _negated=True)),
                            _connector="OR",
                        ),
                        name="audit_balanced_when_nothing_is_broken",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditrun",
            trigger=pgtrigger.compiler.Trigger(
                name="audit_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="4f07500ea713aa2499144f4283e8c77bc88de695",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_audit_is_kept_dd849",
                    table="matching_auditrun",
                    when="BEFORE",
                ),
            ),
        ),
    ]
