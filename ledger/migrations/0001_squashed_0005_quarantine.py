"""The tables as the migrations up to 0005 left them, each made once with its triggers: a fresh database is quickly made."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("ledger", "0001_initial"),
        ("ledger", "0002_more_accounts"),
        ("ledger", "0003_chained_postings"),
        ("ledger", "0004_refunds_by_bank"),
        ("ledger", "0005_quarantine"),
    ]

    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("calls", "0014_versions_of_earlier_applications"),
        ("campaigns", "0004_leaving_and_waivers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
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
                            ("stripe", "held by Stripe"),
                            ("donors", "given by citizens"),
                            ("refunds_owed", "to be given back"),
                            ("quarantine", "in quarantine"),
                            ("promoter", "of the promoter"),
                            ("uncounted", "given, but not counted"),
                            ("disputes", "contested by a bank"),
                            ("offline", "received outside the site"),
                            ("offline_owed", "to be given back by the promoter"),
                            ("fees", "kept by Stripe as fees"),
                            ("platform", "paid by the platform"),
                            ("paid_out", "paid out to the promoter"),
                            ("allocated", "allocated"),
                            ("available", "available"),
                            ("reserved", "set aside"),
                            ("awarded", "awarded"),
                            ("paid", "paid"),
                        ],
                        max_length=15,
                        verbose_name="kind",
                    ),
                ),
                ("balance_cents", models.BigIntegerField(default=0, verbose_name="balance (cents)")),
                (
                    "length",
                    models.PositiveBigIntegerField(
                        default=0, editable=False, verbose_name="number of postings"
                    ),
                ),
                ("head", models.BinaryField(default=b"")),
                (
                    "campaign",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="calls.fund",
                        verbose_name="fund",
                    ),
                ),
            ],
            options={
                "verbose_name": "account",
                "verbose_name_plural": "accounts",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "campaign", "fund"), name="account_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(
                                    ("kind__in", ["allocated", "available", "reserved", "awarded", "paid"]),
                                    _negated=True,
                                ),
                                ("campaign__isnull", False),
                                ("fund", None),
                            ),
                            models.Q(
                                ("campaign", None),
                                ("fund__isnull", False),
                                ("kind__in", ["allocated", "available"]),
                            ),
                            models.Q(
                                ("campaign__isnull", False),
                                ("fund__isnull", False),
                                ("kind__in", ["reserved", "awarded", "paid"]),
                            ),
                            _connector="OR",
                        ),
                        name="account_owner_matches_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("balance_cents__gte", 0),
                                (
                                    "kind__in",
                                    [
                                        "stripe",
                                        "offline",
                                        "fees",
                                        "paid_out",
                                        "available",
                                        "reserved",
                                        "awarded",
                                        "paid",
                                    ],
                                ),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "stripe",
                                            "offline",
                                            "fees",
                                            "paid_out",
                                            "available",
                                            "reserved",
                                            "awarded",
                                            "paid",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("balance_cents__lte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="account_never_overdrawn",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="balance_moves_with_postings",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    IF TG_OP = 'INSERT' AND (NEW.balance_cents <> 0 OR NEW.length <> 0 OR NEW.head <> '')\n                       OR TG_OP = 'UPDATE' AND pg_trigger_depth() < 2 THEN\n                        RAISE EXCEPTION 'a balance moves only with its postings' USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="9803c02de2112f6826b642c182ba49dd9a05f791",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_balance_moves_with_postings_8aadb",
                    table="ledger_account",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="fdea42321902883eb52e00075ce8f915a3d6f483",
                    operation="DELETE",
                    pgid="pgtrigger_account_is_kept_5eddb",
                    table="ledger_account",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="account",
            trigger=pgtrigger.compiler.Trigger(
                name="account_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the ledger is kept for ever' USING ERRCODE = '42501';",
                    hash="fd1a4f373bdf49f7ee974484a0913f8fdf3f4533",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_account_not_truncated_889e5",
                    table="ledger_account",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Entry",
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
                            ("allocation", "the municipality fills the fund"),
                            ("reservation", "the grant is set aside"),
                            ("return", "the grant set aside goes back to the fund"),
                            ("grant", "the grant is awarded"),
                            ("charge", "a citizen gives"),
                            ("late_charge", "a gift arrived too late and goes back"),
                            ("quarantine", "money nobody can explain"),
                            ("accepted", "an officer accepts money that was being checked"),
                            ("extra_charge", "a gift was paid twice: what came on top goes back"),
                            ("refund_owed", "a gift is to be given back"),
                            ("refund", "a gift is given back"),
                            ("bank_refund", "a gift is given back by bank transfer"),
                            ("refund_failed", "a refund came back"),
                            ("success", "the campaign succeeded: the gifts are the promoter's"),
                            ("failure", "the campaign failed: the gifts go back"),
                            ("recount", "a gift counts otherwise than before"),
                            ("offline", "a gift received outside the site is verified"),
                            ("offline_refund", "a gift received outside the site is given back"),
                            ("fee", "Stripe keeps its fee"),
                            ("dispute", "a bank contests a gift"),
                            ("dispute_won", "a contested gift counts again"),
                            ("dispute_lost", "a contested gift is lost"),
                            ("payout", "the gifts are paid out to the promoter"),
                            ("payout_failed", "a payout came back"),
                            ("increase", "the municipality raises the fund"),
                            ("decrease", "the municipality lowers the fund"),
                            ("carry_over", "what a window left over passes to the next"),
                            ("completion", "a partial grant is completed"),
                            ("revocation", "the grant is taken back by an act"),
                            ("grant_payment", "the grant is paid"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(verbose_name="at")),
                ("transaction_id", models.BigIntegerField(default=0, editable=False)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "ordering": ["-pk"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9af85c6b3f9c8411a23816b1a171c8b8783d9c9c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_entry_append_only_cb569",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the ledger is kept for ever' USING ERRCODE = '42501';",
                    hash="5295a7bb45d09e7958ab54c9f33bd5e2a172b8bf",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_entry_not_truncated_e540e",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_knows_its_transaction",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.transaction_id = pg_current_xact_id()::text::bigint; RETURN NEW;",
                    hash="c6fb25fdb9ae71f24c995c495d3526cc83cf1b7f",
                    operation="INSERT",
                    pgid="pgtrigger_entry_knows_its_transaction_920f6",
                    table="ledger_entry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="entry",
            trigger=pgtrigger.compiler.Trigger(
                name="entry_has_postings",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n                    IF (SELECT count(*) < 2 FROM ledger_posting WHERE entry_id = NEW.id) THEN\n                        RAISE EXCEPTION 'entry % moves no money', NEW.key USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="4a0ea7708e79bb8a5f892206affaf2de09210b42",
                    operation="INSERT",
                    pgid="pgtrigger_entry_has_postings_42b7f",
                    table="ledger_entry",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.BigIntegerField(verbose_name="amount (cents)")),
                (
                    "position",
                    models.PositiveBigIntegerField(default=0, editable=False, verbose_name="position"),
                ),
                ("chain", models.BinaryField(default=b"")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.account",
                        verbose_name="account",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.entry",
                        verbose_name="entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "posting",
                "verbose_name_plural": "postings",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents", 0), _negated=True), name="posting_not_zero"
                    ),
                    models.UniqueConstraint(fields=("account", "position"), name="posting_position_once"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="posting",
            trigger=pgtrigger.compiler.Trigger(
                name="posting_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8012737f7058fb4f754097ad3106ecf97212ed30",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_posting_append_only_2acf6",
                    table="ledger_posting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="posting",
            trigger=pgtrigger.compiler.Trigger(
                name="posting_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'the ledger is kept for ever' USING ERRCODE = '42501';",
                    hash="109205c395fad5813f944db1067fec72e5b608e6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_posting_not_truncated_cf817",
                    table="ledger_posting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="posting",
            trigger=pgtrigger.compiler.Trigger(
                name="posting_takes_its_place",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE entry ledger_entry%ROWTYPE;",
                    func="\n                    SELECT * INTO entry FROM ledger_entry WHERE id = NEW.entry_id;\n                    IF entry.transaction_id IS DISTINCT FROM pg_current_xact_id()::text::bigint THEN\n                        RAISE EXCEPTION 'an entry is written once, in one transaction' USING ERRCODE = '23514';\n                    END IF;\n                    UPDATE ledger_account\n                    SET balance_cents = balance_cents + NEW.amount_cents,\n                        length = length + 1,\n                        head = sha256(head || convert_to(concat_ws('|', entry.key, entry.kind, entry.reason,\n                                      entry.actor_id, extract(epoch FROM entry.created_at), NEW.amount_cents), 'UTF8'))\n                    WHERE id = NEW.account_id\n                    RETURNING length, head INTO NEW.position, NEW.chain;\n                    RETURN NEW;\n                ",
                    hash="b14b67c1d7723a9696ee3d673827e84a6dec2a3c",
                    operation="INSERT",
                    pgid="pgtrigger_posting_takes_its_place_768dd",
                    table="ledger_posting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="posting",
            trigger=pgtrigger.compiler.Trigger(
                name="posting_is_balanced",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    constraint="CONSTRAINT",
                    func="\n                    IF (SELECT sum(amount_cents) <> 0 FROM ledger_posting WHERE entry_id = NEW.entry_id) THEN\n                        RAISE EXCEPTION 'entry % is not balanced', NEW.entry_id USING ERRCODE = '23514';\n                    END IF;\n                    RETURN NULL;\n                ",
                    hash="e8f0c9dadfaad1a6bf237333c4ed7d9fb6c63d5d",
                    operation="INSERT",
                    pgid="pgtrigger_posting_is_balanced_e9fa2",
                    table="ledger_posting",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
    ]
