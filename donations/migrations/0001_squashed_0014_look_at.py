"""The tables as the migrations up to 0014 left them, each made once with its triggers: a fresh database is quickly made."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import civicfund.papers.keeping


class Migration(migrations.Migration):
    replaces = [
        ("donations", "0001_initial"),
        ("donations", "0002_disputes"),
        ("donations", "0003_undoing"),
        ("donations", "0004_what_counts"),
        ("donations", "0005_reconciliation"),
        ("donations", "0006_refunds_by_bank"),
        ("donations", "0007_stripe_payment"),
        ("donations", "0008_receipts"),
        ("donations", "0009_outgoing"),
        ("donations", "0010_offline_donations"),
        ("donations", "0011_card_testing"),
        ("donations", "0012_quarantine"),
        ("donations", "0013_return_transfer"),
        ("donations", "0014_look_at"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0007_informal_groups"),
        ("accounts", "__first__"),
        ("campaigns", "0004_leaving_and_waivers"),
    ]

    operations = [
        migrations.CreateModel(
            name="GiftCounter",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="StripeCursor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "account_id",
                    models.CharField(blank=True, max_length=64, unique=True, verbose_name="account"),
                ),
                ("read_until", models.DateTimeField(verbose_name="read up to")),
            ],
            options={
                "verbose_name": "reading position",
                "verbose_name_plural": "reading positions",
            },
        ),
        migrations.CreateModel(
            name="StripeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_id", models.CharField(max_length=64, unique=True, verbose_name="event")),
                ("type", models.CharField(max_length=64, verbose_name="type")),
                ("object_id", models.CharField(blank=True, max_length=128, verbose_name="about")),
                ("reference", models.CharField(blank=True, max_length=64, verbose_name="our gift")),
                ("payment_intent_id", models.CharField(blank=True, max_length=64, verbose_name="payment")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next try at")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("processed_at", models.DateTimeField(blank=True, null=True, verbose_name="processed at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("applied", "applied"),
                            ("unused", "of no use here"),
                            ("unknown", "about something this site does not know"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
            ],
            options={
                "verbose_name": "Stripe event",
                "verbose_name_plural": "Stripe events",
                "ordering": ["-received_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed_at", None)),
                        fields=["next_attempt_at"],
                        name="event_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("processed_at", None)),
                            models.Q(
                                ("processed_at__isnull", False), models.Q(("outcome", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="event_outcome_matches_processed_at",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StripeTransaction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_id", models.CharField(max_length=64, unique=True, verbose_name="movement")),
                ("account_id", models.CharField(blank=True, max_length=64, verbose_name="account")),
                ("type", models.CharField(max_length=40, verbose_name="type")),
                ("subject", models.CharField(blank=True, db_index=True, max_length=64, verbose_name="about")),
                ("payment_id", models.CharField(blank=True, max_length=64, verbose_name="payment")),
                ("is_own", models.BooleanField(verbose_name="of the platform itself")),
                ("amount_cents", models.BigIntegerField(verbose_name="amount (cents)")),
                ("fee_cents", models.BigIntegerField(verbose_name="fee (cents)")),
                ("created_at", models.DateTimeField(verbose_name="at")),
            ],
            options={
                "verbose_name": "movement at Stripe",
                "verbose_name_plural": "movements at Stripe",
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["account_id", "created_at"], name="transaction_by_account")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stripetransaction",
            trigger=pgtrigger.compiler.Trigger(
                name="transaction_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="27fde56be5f69d41910ad1676ba42490e2d01d0d",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_transaction_is_kept_7d342",
                    table="donations_stripetransaction",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="CampaignMoney",
            fields=[],
            options={
                "verbose_name": "campaign's money",
                "verbose_name_plural": "campaigns' money",
                "proxy": True,
            },
            bases=("campaigns.campaign",),
        ),
        migrations.CreateModel(
            name="ConnectedAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stripe_account_id",
                    models.CharField(max_length=64, unique=True, verbose_name="Stripe account"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                (
                    "ready_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="may receive gifts since"),
                ),
                (
                    "organization",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="connected_account",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "connected account",
                "verbose_name_plural": "connected accounts",
            },
        ),
        migrations.CreateModel(
            name="Donation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="name")),
                ("show_name", models.BooleanField(default=False, verbose_name="show the name")),
                ("message", models.CharField(blank=True, max_length=300, verbose_name="message")),
                (
                    "language",
                    models.CharField(
                        choices=[("it", "Italiano"), ("en", "English")],
                        default="it",
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                (
                    "tax_reporting_opt_out",
                    models.BooleanField(default=False, verbose_name="not in the report to the tax agency"),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                (
                    "charged_cents",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="paid (cents)"),
                ),
                (
                    "fee_cents",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="Stripe's fee (cents)"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "being prepared"),
                            ("open", "waiting for payment"),
                            ("settled", "received"),
                            ("expired", "not paid"),
                            ("quarantined", "being checked"),
                            ("refund_due", "being given back"),
                            ("refunded", "given back"),
                            ("disputed", "contested"),
                            ("lost", "lost to a dispute"),
                        ],
                        default="created",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "quarantine_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="why it is being checked"),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="accepted at")),
                (
                    "acceptance_reason",
                    models.CharField(blank=True, max_length=500, verbose_name="why it was accepted"),
                ),
                ("email_key", models.CharField(blank=True, editable=False, max_length=254)),
                ("tax_code", models.CharField(blank=True, max_length=16, verbose_name="donor's tax code")),
                ("card_fingerprint", models.CharField(blank=True, max_length=64, verbose_name="card")),
                (
                    "party",
                    models.CharField(
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
                ("counted_cents", models.PositiveBigIntegerField(default=0, verbose_name="counted (cents)")),
                (
                    "uncounted_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="not counted (cents)"),
                ),
                ("count_version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "payment_method",
                    models.CharField(blank=True, max_length=32, verbose_name="means of payment"),
                ),
                (
                    "stripe_account_id",
                    models.CharField(blank=True, max_length=64, verbose_name="paid to the account"),
                ),
                (
                    "stripe_session_id",
                    models.CharField(
                        blank=True, max_length=128, null=True, unique=True, verbose_name="Checkout session"
                    ),
                ),
                (
                    "stripe_payment_intent_id",
                    models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="payment"
                    ),
                ),
                (
                    "stripe_charge_id",
                    models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="charge"
                    ),
                ),
                ("checkout_url", models.CharField(blank=True, max_length=1000, verbose_name="payment page")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("session_expires_at", models.DateTimeField(verbose_name="payment page open until")),
                (
                    "charged_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paid at (Stripe's time)"),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="counted at")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="last asked about")),
                ("expired_at", models.DateTimeField(blank=True, null=True, verbose_name="expired at")),
                (
                    "refund_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="owed back since"),
                ),
                ("refunded_at", models.DateTimeField(blank=True, null=True, verbose_name="given back at")),
                ("disputed_at", models.DateTimeField(blank=True, null=True, verbose_name="contested since")),
                ("lost_at", models.DateTimeField(blank=True, null=True, verbose_name="lost at")),
                (
                    "accepted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="accepted by",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donations",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "donor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="donations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "extra_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extras",
                        to="donations.donation",
                        verbose_name="paid on top of",
                    ),
                ),
            ],
            options={
                "verbose_name": "donation",
                "verbose_name_plural": "donations",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "settled")),
                        fields=["campaign", "-settled_at"],
                        name="donation_settled",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["created", "open"])),
                        fields=["session_expires_at"],
                        name="donation_pending",
                    ),
                    models.Index(fields=["campaign", "status"], name="donation_by_campaign"),
                    models.Index(fields=["campaign", "email_key"], name="donation_by_address"),
                    models.Index(
                        condition=models.Q(("card_fingerprint", ""), _negated=True),
                        fields=["campaign", "card_fingerprint"],
                        name="donation_by_card",
                    ),
                    models.Index(
                        condition=models.Q(("tax_code", ""), _negated=True),
                        fields=["campaign", "tax_code"],
                        name="donation_by_tax_code",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gte", 50)), name="donation_amount_payable"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "created"), ("stripe_session_id", None)),
                            models.Q(
                                models.Q(("status", "created"), _negated=True),
                                ("stripe_session_id__isnull", False),
                            ),
                            ("status", "expired"),
                            _connector="OR",
                        ),
                        name="donation_session_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "status__in",
                                    ["settled", "quarantined", "refund_due", "refunded", "disputed", "lost"],
                                ),
                                ("charged_at__isnull", False),
                                ("settled_at__isnull", False),
                                ("stripe_charge_id__isnull", False),
                                ("charged_cents__gt", 0),
                                ("charged_cents__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "status__in",
                                        [
                                            "settled",
                                            "quarantined",
                                            "refund_due",
                                            "refunded",
                                            "disputed",
                                            "lost",
                                        ],
                                    ),
                                    _negated=True,
                                ),
                                ("charged_at", None),
                                ("charged_cents", None),
                                ("settled_at", None),
                                ("stripe_charge_id", None),
                            ),
                            _connector="OR",
                        ),
                        name="donation_settled_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expired_at__isnull", False), ("status", "expired")),
                            models.Q(models.Q(("status", "expired"), _negated=True), ("expired_at", None)),
                            _connector="OR",
                        ),
                        name="donation_expired_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("refund_due_at__isnull", False), ("status__in", ["refund_due", "refunded"])
                            ),
                            ("status__in", ["disputed", "lost"]),
                            models.Q(
                                models.Q(("status__in", ["refund_due", "refunded"]), _negated=True),
                                ("refund_due_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="donation_refund_due_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("refunded_at__isnull", False), ("status", "refunded")),
                            models.Q(models.Q(("status", "refunded"), _negated=True), ("refunded_at", None)),
                            _connector="OR",
                        ),
                        name="donation_refunded_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disputed_at__isnull", False), ("status", "disputed")),
                            models.Q(models.Q(("status", "disputed"), _negated=True), ("disputed_at", None)),
                            _connector="OR",
                        ),
                        name="donation_disputed_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lost_at__isnull", False), ("status", "lost")),
                            models.Q(models.Q(("status", "lost"), _negated=True), ("lost_at", None)),
                            _connector="OR",
                        ),
                        name="donation_lost_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "counted_cents__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("charged_cents"), "-", models.F("uncounted_cents")
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("party", "public_body"), _negated=True),
                            ("counted_cents", 0),
                            _connector="OR",
                        ),
                        name="donation_of_public_body_not_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "settled"), _negated=True),
                            ("charged_cents", models.F("amount_cents")),
                            ("accepted_at__isnull", False),
                            _connector="OR",
                        ),
                        name="donation_settled_in_full",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "quarantined"), _negated=True),
                            models.Q(("quarantine_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="donation_quarantine_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("acceptance_reason", ""), ("accepted_at", None), ("accepted_by", None)),
                            models.Q(
                                ("accepted_at__isnull", False),
                                ("accepted_by__isnull", False),
                                models.Q(("acceptance_reason", ""), _negated=True),
                                models.Q(("status", "quarantined"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="donation_accepted_by_officer_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="donation",
            trigger=pgtrigger.compiler.Trigger(
                name="donation_is_what_was_given",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."stripe_account_id" IS DISTINCT FROM (NEW."stripe_account_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d66df5e73ebe05eac8ed87dec9d4bfd84bfd5220",
                    operation="UPDATE",
                    pgid="pgtrigger_donation_is_what_was_given_b024d",
                    table="donations_donation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="donation",
            trigger=pgtrigger.compiler.Trigger(
                name="donation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="2e8dd387e0f974b281b4f34b94a962fcfc2c81bf",
                    operation="DELETE",
                    pgid="pgtrigger_donation_is_kept_658e9",
                    table="donations_donation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("failure", "the campaign did not reach its threshold"),
                            ("late", "the payment arrived after the deadline"),
                            ("withdrawn", "the promoter withdrew the campaign"),
                            ("left", "the donor took it back"),
                            ("officer", "an officer decided so"),
                            ("fraud", "the card's bank fears fraud"),
                            ("extra", "the gift was paid twice"),
                            ("part", "an officer decided that a part goes back"),
                            ("external", "made at Stripe"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("stripe", "to the card, by Stripe"), ("bank", "by bank transfer")],
                        default="stripe",
                        max_length=6,
                        verbose_name="way",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="in words")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("due", "to be sent"),
                            ("sent", "on its way"),
                            ("succeeded", "given back"),
                            ("failed", "came back, still owed"),
                            ("superseded", "replaced by another refund"),
                            ("asked", "waits for the donor's bank account"),
                            ("ready", "to be paid by bank transfer"),
                        ],
                        default="due",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "stripe_refund_id",
                    models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="refund"
                    ),
                ),
                (
                    "took_transfer_back",
                    models.BooleanField(default=False, verbose_name="taken from the organization's account"),
                ),
                ("look_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="decided at")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next try at")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
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
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="donations.reversal",
                        verbose_name="in the place of",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "due")), fields=["next_attempt_at"], name="reversal_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("status__in", ["due", "sent", "asked", "ready"]),
                            models.Q(("reason__in", ["external", "part"]), _negated=True),
                        ),
                        fields=("donation",),
                        name="reversal_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="reversal_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at", None),
                                ("status__in", ["due", "asked", "ready"]),
                                ("stripe_refund_id", None),
                            ),
                            models.Q(
                                ("ended_at", None), ("status", "sent"), ("stripe_refund_id__isnull", False)
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("status", "superseded"),
                                ("stripe_refund_id", None),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("status", "failed"),
                                ("stripe_refund_id__isnull", False),
                            ),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("status", "succeeded"),
                                models.Q(
                                    models.Q(("method", "stripe"), ("stripe_refund_id__isnull", False)),
                                    models.Q(("method", "bank"), ("stripe_refund_id", None)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="reversal_times_match_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("method", "stripe"),
                                ("status__in", ["due", "sent", "succeeded", "failed", "superseded"]),
                            ),
                            models.Q(
                                ("method", "bank"),
                                ("status__in", ["asked", "ready", "succeeded", "superseded"]),
                            ),
                            _connector="OR",
                        ),
                        name="reversal_status_matches_method",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("method", "bank"), _negated=True),
                            ("replaces__isnull", False),
                            _connector="OR",
                        ),
                        name="reversal_by_bank_replaces_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason__in", ["officer", "part"]), _negated=True),
                            models.Q(("actor__isnull", False), models.Q(("note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="reversal_by_officer_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reversal",
            trigger=pgtrigger.compiler.Trigger(
                name="reversal_is_what_was_decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."donation_id" IS DISTINCT FROM (NEW."donation_id") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="daa975d794a58269f0a813a5c47e04067b2c4642",
                    operation="UPDATE",
                    pgid="pgtrigger_reversal_is_what_was_decided_c9662",
                    table="donations_reversal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reversal",
            trigger=pgtrigger.compiler.Trigger(
                name="reversal_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="58d5a34708f43a79f617c73e00295cf88e2ec339",
                    operation="DELETE",
                    pgid="pgtrigger_reversal_is_kept_9926c",
                    table="donations_reversal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="BankRefund",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="donor asked at")),
                (
                    "link_digest",
                    models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True),
                ),
                (
                    "link_expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="link valid until"),
                ),
                ("links", models.PositiveSmallIntegerField(default=0, verbose_name="links sent")),
                ("reminders", models.PositiveSmallIntegerField(default=0, verbose_name="reminders")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="account given at")),
                ("holder", models.CharField(blank=True, max_length=70, verbose_name="account holder")),
                ("iban_sealed", models.BinaryField(default=b"")),
                ("iban_last4", models.CharField(blank=True, max_length=4, verbose_name="IBAN ends in")),
                ("paid_on", models.DateField(blank=True, null=True, verbose_name="transfer made on")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=140, verbose_name="reference of the transfer"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="in words")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="recorded at")),
                (
                    "paid_by",
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
                    "reversal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank",
                        to="donations.reversal",
                        verbose_name="refund",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund by bank transfer",
                "verbose_name_plural": "refunds by bank transfer",
                "ordering": ["asked_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at", None),
                                ("holder", ""),
                                ("iban_last4", ""),
                                ("iban_sealed", b""),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("link_digest", None),
                                models.Q(("holder", ""), _negated=True),
                                models.Q(("iban_sealed", b""), _negated=True),
                                models.Q(("iban_last4", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_refund_answer_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("link_digest", None), ("link_expires_at", None)),
                            models.Q(("link_digest__isnull", False), ("link_expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="bank_refund_link_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("note", ""),
                                ("paid_at", None),
                                ("paid_by", None),
                                ("paid_on", None),
                                ("reference", ""),
                            ),
                            models.Q(
                                ("answered_at__isnull", False),
                                ("paid_at__isnull", False),
                                ("paid_by__isnull", False),
                                ("paid_on__isnull", False),
                                models.Q(("reference", ""), _negated=True),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_refund_payment_is_proved",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at", None), ("answered_at__gte", models.F("asked_at")), _connector="OR"
                        ),
                        name="bank_refund_answered_after_asked",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankrefund",
            trigger=pgtrigger.compiler.Trigger(
                name="bank_refund_paid_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.paid_at IS NOT NULL)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4685b637f603ab954bff5b9670a53fdcd9b0872d",
                    operation="UPDATE",
                    pgid="pgtrigger_bank_refund_paid_is_final_f7ba9",
                    table="donations_bankrefund",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankrefund",
            trigger=pgtrigger.compiler.Trigger(
                name="bank_refund_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="5340cca31f246cef9a090c288af350fa050c52b3",
                    operation="DELETE",
                    pgid="pgtrigger_bank_refund_is_kept_91fec",
                    table="donations_bankrefund",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_dispute_id", models.CharField(max_length=64, unique=True, verbose_name="dispute")),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="contested (cents)")),
                ("held_cents", models.PositiveBigIntegerField(verbose_name="set apart (cents)")),
                (
                    "owed_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="of it owed back (cents)"),
                ),
                (
                    "recovered_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="borne by the campaign (cents)"),
                ),
                ("reason", models.CharField(blank=True, max_length=64, verbose_name="reason")),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("won", "won"), ("lost", "lost")],
                        default="open",
                        max_length=4,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("answer_by", models.DateTimeField(blank=True, null=True, verbose_name="evidence until")),
                ("booked_at", models.DateTimeField(verbose_name="booked at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "ordering": ["-opened_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="dispute_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True), ("closed_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="dispute_closed_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owed_cents__lte", models.F("held_cents"))),
                        name="dispute_owed_within_held",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recovered_cents", 0),
                            models.Q(
                                ("recovered_cents__lte", models.F("held_cents")),
                                ("status", "lost"),
                                ("recovered_cents__lte", models.F("amount_cents")),
                            ),
                            _connector="OR",
                        ),
                        name="dispute_recovered_only_when_lost",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dispute",
            trigger=pgtrigger.compiler.Trigger(
                name="dispute_is_what_was_booked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."booked_at" IS DISTINCT FROM (NEW."booked_at") OR OLD."donation_id" IS DISTINCT FROM (NEW."donation_id") OR OLD."held_cents" IS DISTINCT FROM (NEW."held_cents") OR OLD."owed_cents" IS DISTINCT FROM (NEW."owed_cents") OR OLD."stripe_dispute_id" IS DISTINCT FROM (NEW."stripe_dispute_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="47efa501bf037d67c830312148e4b9fda4d6abef",
                    operation="UPDATE",
                    pgid="pgtrigger_dispute_is_what_was_booked_b6f8e",
                    table="donations_dispute",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dispute",
            trigger=pgtrigger.compiler.Trigger(
                name="dispute_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="6e0db2b147b123d8ccc459a62d5d19ffe320f262",
                    operation="DELETE",
                    pgid="pgtrigger_dispute_is_kept_5ae0f",
                    table="donations_dispute",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Decline",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_event_id", models.CharField(max_length=64, unique=True)),
                ("declined_at", models.DateTimeField(verbose_name="declined at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declines",
                        to="campaigns.campaign",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declines",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "declined payment",
                "verbose_name_plural": "declined payments",
                "ordering": ["-declined_at"],
                "indexes": [models.Index(fields=["campaign", "declined_at"], name="decline_of_campaign")],
            },
        ),
        migrations.CreateModel(
            name="DonorExport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("donors", models.PositiveIntegerField(verbose_name="donors in the list")),
                ("total_cents", models.PositiveBigIntegerField(verbose_name="total (cents)")),
                ("exported_at", models.DateTimeField(verbose_name="exported at")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="donor_exports",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "export of donors",
                "verbose_name_plural": "exports of donors",
                "ordering": ["-exported_at"],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="donorexport",
            trigger=pgtrigger.compiler.Trigger(
                name="donor_export_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="dee55e4341dee49165bb52ab7ea1258c5f6e2f48",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_donor_export_is_kept_5476c",
                    table="donations_donorexport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Evidence",
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
                        upload_to="evidence/",
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
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("kept_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="campaigns.campaign",
                        verbose_name="campaign",
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
            ],
            options={
                "verbose_name": "proof of payment",
                "verbose_name_plural": "proofs of payment",
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["campaign", "sha256"], name="evidence_by_content")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="evidence_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "jpeg", "png"])),
                        name="evidence_of_a_known_kind",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evidence",
            trigger=pgtrigger.compiler.Trigger(
                name="evidence_is_what_was_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="996a4f27a10e3a34c4164caa8b250a7f263a77c8",
                    operation="UPDATE",
                    pgid="pgtrigger_evidence_is_what_was_sent_61bf1",
                    table="donations_evidence",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="FlowChoice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "flow",
                    models.CharField(
                        choices=[
                            ("destination", "straight to the organization's account"),
                            ("separate", "through the platform, transferred afterwards"),
                        ],
                        max_length=12,
                        verbose_name="way of the gifts",
                    ),
                ),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                ("decided_at", models.DateTimeField(verbose_name="decided at")),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flow_choices",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "choice of the way of the gifts",
                "verbose_name_plural": "choices of the way of the gifts",
                "ordering": ["-decided_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="flow_choice_has_reason"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FraudWarning",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stripe_warning_id", models.CharField(max_length=64, unique=True, verbose_name="warning")),
                ("fraud_type", models.CharField(max_length=64, verbose_name="what the bank says")),
                ("warned_at", models.DateTimeField(verbose_name="warned at")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "an officer decides"),
                            ("refunded", "given back"),
                            ("moot", "nothing left to do"),
                            ("kept", "left where it is"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="in words")),
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
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fraud_warnings",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "fraud warning",
                "verbose_name_plural": "fraud warnings",
                "ordering": ["-warned_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("outcome", "waiting")),
                            models.Q(
                                models.Q(("outcome", "waiting"), _negated=True), ("decided_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="warning_decided_at_matches_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "kept"), _negated=True),
                            models.Q(("actor__isnull", False), models.Q(("note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="warning_kept_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="fraudwarning",
            trigger=pgtrigger.compiler.Trigger(
                name="warning_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="43864777bb187fcece64f691b4adf107f57c17b1",
                    operation="DELETE",
                    pgid="pgtrigger_warning_is_kept_df885",
                    table="donations_fraudwarning",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="GiftInvitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("link_digest", models.CharField(max_length=64, unique=True)),
                ("email", models.EmailField(max_length=254)),
                ("typed", models.JSONField()),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="campaigns.campaign"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="GiftPause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("declines", models.PositiveIntegerField(verbose_name="refused payments")),
                ("payments", models.PositiveIntegerField(verbose_name="payments that arrived")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="why it was ended")),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gift_pauses",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
            ],
            options={
                "verbose_name": "pause of new gifts",
                "verbose_name_plural": "pauses of new gifts",
                "ordering": ["-began_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("campaign",),
                        name="gift_pause_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("actor", None), ("reason", "")),
                            models.Q(
                                ("actor__isnull", False),
                                ("ended_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="gift_pause_ended_by_officer_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="giftpause",
            trigger=pgtrigger.compiler.Trigger(
                name="gift_pause_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9bf889947555e4662f84d14ba2958239459d07c4",
                    operation="DELETE",
                    pgid="pgtrigger_gift_pause_is_kept_e496c",
                    table="donations_giftpause",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="OfflineDonation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("entered_at", models.DateTimeField(verbose_name="entered at")),
                (
                    "method",
                    models.CharField(
                        choices=[("bank_transfer", "bank transfer"), ("cheque", "cheque")],
                        max_length=13,
                        verbose_name="means of payment",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="donor's name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="donor's e-mail")),
                ("email_key", models.CharField(blank=True, editable=False, max_length=254)),
                ("tax_code", models.CharField(blank=True, max_length=16, verbose_name="donor's tax code")),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("received_on", models.DateField(verbose_name="received on")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("entered", "to be verified"),
                            ("verified", "verified"),
                            ("refused", "refused"),
                            ("withdrawn", "withdrawn"),
                            ("lapsed", "not verified in time"),
                            ("return_due", "to be given back"),
                            ("returned", "given back"),
                            ("annulled", "annulled"),
                        ],
                        default="entered",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="verified at")),
                (
                    "verified_cents",
                    models.PositiveBigIntegerField(blank=True, null=True, verbose_name="verified (cents)"),
                ),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="what was checked")),
                (
                    "party",
                    models.CharField(
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
                ("counted_cents", models.PositiveBigIntegerField(default=0, verbose_name="counted (cents)")),
                (
                    "uncounted_cents",
                    models.PositiveBigIntegerField(default=0, verbose_name="not counted (cents)"),
                ),
                ("count_version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "return_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="to be given back since"),
                ),
                (
                    "return_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("failure", "the campaign did not reach its threshold"),
                            ("withdrawn", "the promoter withdrew the campaign"),
                            ("officer", "an officer decided so"),
                        ],
                        max_length=10,
                        verbose_name="why it goes back",
                    ),
                ),
                ("reminders", models.PositiveSmallIntegerField(default=0, verbose_name="reminders")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("ended_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offline_donations",
                        to="campaigns.campaign",
                        verbose_name="campaign",
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
                        verbose_name="ended by",
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="entered by",
                    ),
                ),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offline_donation",
                        to="donations.evidence",
                        verbose_name="proof of payment",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="verified by",
                    ),
                ),
            ],
            options={
                "verbose_name": "gift outside the site",
                "verbose_name_plural": "gifts outside the site",
                "ordering": ["-entered_at", "-pk"],
                "indexes": [
                    models.Index(fields=["campaign", "status"], name="offline_by_campaign"),
                    models.Index(
                        condition=models.Q(("status", "entered")),
                        fields=["entered_at"],
                        name="offline_entered",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="offline_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="offline_donor_has_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__in", ["bank_transfer", "cheque"])),
                        name="offline_never_cash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["verified", "return_due", "returned", "annulled"]),
                                ("verified_at__isnull", False),
                                ("verified_by__isnull", False),
                                ("verified_cents__gt", 0),
                                ("verified_cents__isnull", False),
                                ("verified_cents__lte", models.F("amount_cents")),
                            ),
                            models.Q(
                                models.Q(
                                    ("status__in", ["verified", "return_due", "returned", "annulled"]),
                                    _negated=True,
                                ),
                                ("verified_at", None),
                                ("verified_by", None),
                                ("verified_cents", None),
                            ),
                            _connector="OR",
                        ),
                        name="offline_verified_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_by", None),
                            models.Q(("verified_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="offline_not_verified_by_oneself",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "counted_cents",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("verified_cents"), "-", models.F("uncounted_cents")
                                    ),
                                ),
                                ("status", "verified"),
                            ),
                            models.Q(
                                models.Q(("status", "verified"), _negated=True),
                                ("counted_cents", 0),
                                ("uncounted_cents", 0),
                            ),
                            _connector="OR",
                        ),
                        name="offline_counts_only_verified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("party", "public_body"), _negated=True),
                            ("counted_cents", 0),
                            _connector="OR",
                        ),
                        name="offline_of_public_body_not_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["return_due", "returned"]),
                                ("return_due_at__isnull", False),
                                models.Q(("return_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status__in", ["return_due", "returned"]), _negated=True),
                                ("return_due_at", None),
                                ("return_reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="offline_return_due_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["refused", "withdrawn", "lapsed", "annulled", "returned"]),
                                ("ended_at__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    (
                                        "status__in",
                                        ["refused", "withdrawn", "lapsed", "annulled", "returned"],
                                    ),
                                    _negated=True,
                                ),
                                ("ended_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="offline_ended_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["refused", "withdrawn", "annulled", "returned"]),
                                ("ended_by__isnull", False),
                            ),
                            models.Q(
                                models.Q(
                                    ("status__in", ["refused", "withdrawn", "annulled", "returned"]),
                                    _negated=True,
                                ),
                                ("ended_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="offline_end_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["refused", "annulled"]),
                                models.Q(("ended_reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status__in", ["refused", "annulled"]), _negated=True),
                                ("ended_reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="offline_end_has_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offlinedonation",
            trigger=pgtrigger.compiler.Trigger(
                name="offline_is_what_was_entered",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."entered_at" IS DISTINCT FROM (NEW."entered_at") OR OLD."entered_by_id" IS DISTINCT FROM (NEW."entered_by_id") OR OLD."evidence_id" IS DISTINCT FROM (NEW."evidence_id") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."received_on" IS DISTINCT FROM (NEW."received_on") OR OLD."tax_code" IS DISTINCT FROM (NEW."tax_code"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="af2b2bb80b88058a118b4d5f6cf21c743dc26a89",
                    operation="UPDATE",
                    pgid="pgtrigger_offline_is_what_was_entered_563ae",
                    table="donations_offlinedonation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offlinedonation",
            trigger=pgtrigger.compiler.Trigger(
                name="offline_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4fc70ba121b4630713ac258df2cf0ae784ea842a",
                    operation="DELETE",
                    pgid="pgtrigger_offline_is_kept_2b8fe",
                    table="donations_offlinedonation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="OfflineReturn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("returned_on", models.DateField(verbose_name="given back on")),
                ("given_at", models.DateTimeField(verbose_name="proof given at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("given", "to be checked"),
                            ("accepted", "accepted"),
                            ("refused", "refused"),
                        ],
                        default="given",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
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
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="returns",
                        to="donations.offlinedonation",
                        verbose_name="gift",
                    ),
                ),
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offline_return",
                        to="donations.evidence",
                        verbose_name="proof of payment",
                    ),
                ),
                (
                    "given_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proof given by",
                    ),
                ),
            ],
            options={
                "verbose_name": "proof of return",
                "verbose_name_plural": "proofs of return",
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["given", "accepted"])),
                        fields=("donation",),
                        name="offline_return_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status__in", ["accepted", "refused"]),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            models.Q(
                                models.Q(("status__in", ["accepted", "refused"]), _negated=True),
                                ("decided_at", None),
                                ("decided_by", None),
                            ),
                            _connector="OR",
                        ),
                        name="offline_return_decided_at_matches_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="offline_return_refusal_has_reason",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offlinereturn",
            trigger=pgtrigger.compiler.Trigger(
                name="offline_return_is_what_was_given",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."donation_id" IS DISTINCT FROM (NEW."donation_id") OR OLD."evidence_id" IS DISTINCT FROM (NEW."evidence_id") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at") OR OLD."given_by_id" IS DISTINCT FROM (NEW."given_by_id") OR OLD."returned_on" IS DISTINCT FROM (NEW."returned_on"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4f420803d027c46024327f06756eb9daf940a7fa",
                    operation="UPDATE",
                    pgid="pgtrigger_offline_return_is_what_was_given_24b22",
                    table="donations_offlinereturn",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offlinereturn",
            trigger=pgtrigger.compiler.Trigger(
                name="offline_return_decision_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.status <> 'given')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="abf0e33777b7cdbe26bfcb617ad7a2929189926b",
                    operation="UPDATE",
                    pgid="pgtrigger_offline_return_decision_is_final_1aee9",
                    table="donations_offlinereturn",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="offlinereturn",
            trigger=pgtrigger.compiler.Trigger(
                name="offline_return_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="54dc6d0a1348b74d2ea7863ccc863830bf0513ae",
                    operation="DELETE",
                    pgid="pgtrigger_offline_return_is_kept_1fb14",
                    table="donations_offlinereturn",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Outgoing",
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
                            ("payout", "to the promoter's bank"),
                            ("transfer", "to the organization's account"),
                            ("recovery", "back to the platform"),
                        ],
                        max_length=8,
                        verbose_name="way",
                    ),
                ),
                ("stripe_account_id", models.CharField(max_length=64, verbose_name="organization's account")),
                ("stripe_transfer_id", models.CharField(blank=True, max_length=64, verbose_name="transfer")),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("due", "to be sent"),
                            ("sent", "on its way"),
                            ("paid", "arrived"),
                            ("failed", "came back"),
                            ("cancelled", "given up before it was sent"),
                        ],
                        default="due",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                (
                    "stripe_id",
                    models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="Stripe's number"
                    ),
                ),
                ("failure", models.CharField(blank=True, max_length=200, verbose_name="why it came back")),
                ("created_at", models.DateTimeField(verbose_name="decided at")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next try at")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="tries")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
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
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "dispute",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="donations.dispute",
                        verbose_name="dispute",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "outgoing money",
                "verbose_name_plural": "outgoing money",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "due")), fields=["next_attempt_at"], name="outgoing_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("dispute", None),
                            ("donation", None),
                            ("kind__in", ["payout", "transfer"]),
                            ("status", "due"),
                        ),
                        fields=("campaign", "kind"),
                        name="outgoing_one_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "due")),
                        fields=("donation",),
                        name="outgoing_one_at_a_time_of_gift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="outgoing_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "due"), ("stripe_id", None)),
                            models.Q(("ended_at", None), ("status", "sent"), ("stripe_id__isnull", False)),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("status__in", ["paid", "failed"]),
                                ("stripe_id__isnull", False),
                            ),
                            models.Q(
                                ("ended_at__isnull", False), ("status", "cancelled"), ("stripe_id", None)
                            ),
                            _connector="OR",
                        ),
                        name="outgoing_times_match_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "payout"), _negated=True),
                            ("actor__isnull", False),
                            _connector="OR",
                        ),
                        name="outgoing_payout_is_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "recovery"), _negated=True),
                            models.Q(("stripe_transfer_id", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="outgoing_recovery_has_transfer",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outgoing",
            trigger=pgtrigger.compiler.Trigger(
                name="outgoing_is_what_was_decided",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."actor_id" IS DISTINCT FROM (NEW."actor_id") OR OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."stripe_account_id" IS DISTINCT FROM (NEW."stripe_account_id") OR OLD."stripe_transfer_id" IS DISTINCT FROM (NEW."stripe_transfer_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d3400352c19d42b95b91592b06de4cb95289565d",
                    operation="UPDATE",
                    pgid="pgtrigger_outgoing_is_what_was_decided_a2a4d",
                    table="donations_outgoing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="outgoing",
            trigger=pgtrigger.compiler.Trigger(
                name="outgoing_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9025f1732a45ca61b184c125f7c10de31acc3e56",
                    operation="DELETE",
                    pgid="pgtrigger_outgoing_is_kept_1081f",
                    table="donations_outgoing",
                    when="BEFORE",
                ),
            ),
        ),
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
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="party_flags",
                        to="donations.donation",
                    ),
                ),
            ],
            options={
                "verbose_name": "who gives",
                "verbose_name_plural": "who gives",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="party_flag_has_reason"
                    )
                ],
            },
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
        migrations.CreateModel(
            name="Receipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("amount_cents", models.PositiveBigIntegerField(verbose_name="amount (cents)")),
                ("payee_name", models.CharField(max_length=200, verbose_name="legal name")),
                ("payee_seat", models.CharField(max_length=310, verbose_name="seat")),
                (
                    "payee_runts_number",
                    models.CharField(blank=True, max_length=40, verbose_name="RUNTS number"),
                ),
                (
                    "relief_bp",
                    models.PositiveIntegerField(default=0, verbose_name="tax relief (basis points)"),
                ),
                ("issued_at", models.DateTimeField(verbose_name="issued at")),
                ("voided_at", models.DateTimeField(blank=True, null=True, verbose_name="void since")),
                (
                    "void_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("returned", "the gift was given back"),
                            ("reduced", "a part of the gift was given back"),
                            ("data", "the donor's data were completed or corrected"),
                        ],
                        max_length=10,
                        verbose_name="why it is void",
                    ),
                ),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="donations.donation",
                        verbose_name="donation",
                    ),
                ),
                (
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "replaces",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="donations.receipt",
                        verbose_name="replaces",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "ordering": ["issued_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("payee", "year", "number"), name="receipt_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("voided_at", None)),
                        fields=("donation",),
                        name="receipt_one_valid_per_gift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gt", 0)), name="receipt_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("void_reason", ""), ("voided_at", None)),
                            models.Q(
                                ("voided_at__isnull", False), models.Q(("void_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="receipt_void_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("relief_bp", 0),
                            models.Q(("payee_runts_number", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="receipt_relief_has_register",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="receipt_is_what_was_issued",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."amount_cents" IS DISTINCT FROM (NEW."amount_cents") OR OLD."donation_id" IS DISTINCT FROM (NEW."donation_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."payee_id" IS DISTINCT FROM (NEW."payee_id") OR OLD."payee_name" IS DISTINCT FROM (NEW."payee_name") OR OLD."payee_runts_number" IS DISTINCT FROM (NEW."payee_runts_number") OR OLD."payee_seat" IS DISTINCT FROM (NEW."payee_seat") OR OLD."relief_bp" IS DISTINCT FROM (NEW."relief_bp") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."year" IS DISTINCT FROM (NEW."year"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7468c36db2114477b45cb66422065cf6c0f27679",
                    operation="UPDATE",
                    pgid="pgtrigger_receipt_is_what_was_issued_010b8",
                    table="donations_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="receipt_void_stays_void",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."voided_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="3b9a743564a603a6b14951f90aedee67a76dc3b7",
                    operation="UPDATE",
                    pgid="pgtrigger_receipt_void_stays_void_bce43",
                    table="donations_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="receipt",
            trigger=pgtrigger.compiler.Trigger(
                name="receipt_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="6b3b1b1ce90a58cf18d5ccbf3f391490a9b6a9d7",
                    operation="DELETE",
                    pgid="pgtrigger_receipt_is_kept_b443d",
                    table="donations_receipt",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Reconciliation",
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
                            ("events", "A · messages of the last quarter of an hour"),
                            ("recent", "B · payments and refunds of the last two days"),
                            ("balances", "C · every movement on Stripe's accounts"),
                            ("audit", "D · the whole audit"),
                        ],
                        max_length=10,
                        verbose_name="what is compared",
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="period from")),
                ("until", models.DateTimeField(verbose_name="period to")),
                ("first_started_at", models.DateTimeField(verbose_name="first begun at")),
                ("started_at", models.DateTimeField(verbose_name="begun at")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended at")),
                ("looked_at", models.PositiveIntegerField(default=0, verbose_name="looked at")),
                ("healed", models.PositiveIntegerField(default=0, verbose_name="put right")),
                ("different", models.PositiveIntegerField(default=0, verbose_name="different")),
            ],
            options={
                "verbose_name": "reconciliation",
                "verbose_name_plural": "reconciliations",
                "ordering": ["-started_at", "-pk"],
                "indexes": [models.Index(fields=["kind", "-started_at"], name="reconciliation_by_kind")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("since__lte", models.F("until"))),
                        name="reconciliation_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", False),
                            models.Q(("different", 0), ("healed", 0), ("looked_at", 0)),
                            _connector="OR",
                        ),
                        name="reconciliation_counts_when_ended",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reconciliation",
            trigger=pgtrigger.compiler.Trigger(
                name="reconciliation_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="822d39872d9277cb44953e3f14d74739e6addd23",
                    operation="DELETE",
                    pgid="pgtrigger_reconciliation_is_kept_d6236",
                    table="donations_reconciliation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Difference",
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
                            ("payment", "a payment that belongs to no gift"),
                            ("mismatch", "a gift that is not what was paid"),
                            ("behind", "a gift that stays behind its payment"),
                            ("movement", "a movement at Stripe and its posting"),
                            ("fee", "a fee of Stripe and its posting"),
                            ("balance", "the balance of an account at Stripe"),
                            ("promise", "a promise the audit found broken"),
                        ],
                        max_length=10,
                        verbose_name="what differs",
                    ),
                ),
                ("key", models.CharField(max_length=300, verbose_name="key")),
                ("stripe_id", models.CharField(blank=True, max_length=128, verbose_name="Stripe's number")),
                ("ours", models.CharField(blank=True, max_length=200, verbose_name="ours")),
                (
                    "stripe_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="at Stripe (cents)"),
                ),
                (
                    "our_cents",
                    models.BigIntegerField(blank=True, null=True, verbose_name="in the books (cents)"),
                ),
                ("note", models.TextField(blank=True, verbose_name="in words")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("healed", "healed by itself"),
                            ("cleared", "cleared by an officer"),
                        ],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="found at")),
                ("healed_at", models.DateTimeField(blank=True, null=True, verbose_name="healed at")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="cleared at")),
                ("cleared_reason", models.TextField(blank=True, verbose_name="why it was cleared")),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cleared by",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="donations.reconciliation",
                        verbose_name="found by",
                    ),
                ),
            ],
            options={
                "verbose_name": "difference",
                "verbose_name_plural": "differences",
                "ordering": ["-found_at", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "healed"), _negated=True),
                        fields=("key",),
                        name="difference_known_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cleared_at", None), ("healed_at", None), ("status", "open")),
                            models.Q(
                                ("cleared_at", None), ("healed_at__isnull", False), ("status", "healed")
                            ),
                            models.Q(
                                ("cleared_at__isnull", False), ("healed_at", None), ("status", "cleared")
                            ),
                            _connector="OR",
                        ),
                        name="difference_times_match_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cleared_at", None), ("cleared_by", None), ("cleared_reason", "")),
                            models.Q(
                                ("cleared_at__isnull", False),
                                ("cleared_by__isnull", False),
                                models.Q(("cleared_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="difference_cleared_is_signed",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="difference",
            trigger=pgtrigger.compiler.Trigger(
                name="difference_is_what_was_found",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."found_at" IS DISTINCT FROM (NEW."found_at") OR OLD."key" IS DISTINCT FROM (NEW."key") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."our_cents" IS DISTINCT FROM (NEW."our_cents") OR OLD."ours" IS DISTINCT FROM (NEW."ours") OR OLD."run_id" IS DISTINCT FROM (NEW."run_id") OR OLD."stripe_cents" IS DISTINCT FROM (NEW."stripe_cents") OR OLD."stripe_id" IS DISTINCT FROM (NEW."stripe_id") OR OLD."what" IS DISTINCT FROM (NEW."what"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ccfdcfe6aae8b9c86cad6c8b6b631559c1ebf6bf",
                    operation="UPDATE",
                    pgid="pgtrigger_difference_is_what_was_found_933c6",
                    table="donations_difference",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="difference",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_difference_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d1cddb4f36458de55228392a7c7f7173e83f7d39",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_difference_is_kept_c9686",
                    table="donations_difference",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="difference",
            trigger=pgtrigger.compiler.Trigger(
                name="difference_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="19314cfc02dd1f99ec224544261e2229f85a4f32",
                    operation="DELETE",
                    pgid="pgtrigger_difference_is_kept_8acde",
                    table="donations_difference",
                    when="BEFORE",
                ),
            ),
        ),
    ]
