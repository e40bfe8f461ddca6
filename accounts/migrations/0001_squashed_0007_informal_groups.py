"""The tables as the migrations up to 0007 left them, each made once with its triggers: a fresh database is quickly made."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.models.user
import civicfund.papers.keeping


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_mail_topics"),
        ("accounts", "0003_body_data"),
        ("accounts", "0004_invitations"),
        ("accounts", "0005_bank_accounts"),
        ("accounts", "0006_claims"),
        ("accounts", "0007_informal_groups"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined"),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                ("full_name", models.CharField(blank=True, max_length=150, verbose_name="full name")),
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
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="user_email_lower_case",
                    )
                ],
            },
            managers=[
                ("objects", accounts.models.user.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, unique=True, verbose_name="key")),
                ("topic", models.CharField(blank=True, db_index=True, max_length=40, verbose_name="topic")),
                ("recipient", models.EmailField(max_length=254, verbose_name="to")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "waiting to be sent"),
                            ("sending", "being sent"),
                            ("sent", "sent"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="written at")),
                ("claimed_at", models.DateTimeField(blank=True, null=True, verbose_name="sending began at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mails",
                "ordering": ["-created_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")), fields=["created_at"], name="mail_due"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at", None), ("sent_at", None), ("status", "queued")),
                            models.Q(("claimed_at__isnull", False), ("sent_at", None), ("status", "sending")),
                            models.Q(
                                ("claimed_at__isnull", False), ("sent_at__isnull", False), ("status", "sent")
                            ),
                            _connector="OR",
                        ),
                        name="mail_times_match_status",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MailHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=40, unique=True, verbose_name="topic")),
                ("since", models.DateTimeField(verbose_name="held since")),
            ],
            options={
                "verbose_name": "hold on mails",
                "verbose_name_plural": "holds on mails",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("topic", ""), _negated=True), name="mail_hold_has_topic"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
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
                        ],
                        max_length=20,
                        verbose_name="kind of body",
                    ),
                ),
                ("tax_code", models.CharField(max_length=16, unique=True, verbose_name="tax code")),
                ("vat_number", models.CharField(blank=True, max_length=11, verbose_name="VAT number")),
                ("runts_number", models.CharField(blank=True, max_length=40, verbose_name="RUNTS number")),
                ("rea_number", models.CharField(blank=True, max_length=40, verbose_name="REA number")),
                ("pec", models.EmailField(blank=True, max_length=254, verbose_name="certified e-mail (PEC)")),
                ("address", models.CharField(max_length=200, verbose_name="street and number")),
                ("postcode", models.CharField(blank=True, max_length=5, verbose_name="postcode")),
                ("city", models.CharField(default="Milano", max_length=100, verbose_name="town")),
                ("province", models.CharField(blank=True, max_length=2, verbose_name="province")),
                (
                    "representative_name",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="name of the legal representative"
                    ),
                ),
                (
                    "representative_tax_code",
                    models.CharField(
                        blank=True, max_length=16, verbose_name="tax code of the legal representative"
                    ),
                ),
                (
                    "representative_since",
                    models.DateField(blank=True, null=True, verbose_name="in office since"),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="public e-mail")),
                ("website", models.URLField(blank=True, verbose_name="website")),
                ("description", models.TextField(blank=True, max_length=1500, verbose_name="who you are")),
                ("created_at", models.DateTimeField(verbose_name="registered at")),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "ordering": ["legal_name"],
            },
        ),
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("iban_sealed", models.BinaryField()),
                ("iban_last4", models.CharField(max_length=4, verbose_name="IBAN ends in")),
                ("named_at", models.DateTimeField(verbose_name="named at")),
                ("usable_from", models.DateTimeField(verbose_name="usable from")),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped at")),
                ("stop_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="named by",
                    ),
                ),
                (
                    "stopped_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="stopped by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "bank account",
                "verbose_name_plural": "bank accounts",
                "ordering": ["-named_at", "-pk"],
                "permissions": [("read_iban", "Can read the IBAN of a body in full")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("usable_from__gt", models.F("named_at"))),
                        name="bank_account_is_held",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("iban_sealed", b""), _negated=True),
                            models.Q(("iban_last4", ""), _negated=True),
                        ),
                        name="bank_account_is_sealed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stop_reason", ""), ("stopped_at", None), ("stopped_by", None)),
                            models.Q(
                                ("stopped_at__gte", models.F("named_at")),
                                ("stopped_at__isnull", False),
                                ("stopped_at__lt", models.F("usable_from")),
                                ("stopped_by__isnull", False),
                                models.Q(("stop_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bank_account_stopped_within_its_hold",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="bank_account_stays_as_named",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."iban_sealed" IS DISTINCT FROM (NEW."iban_sealed") OR OLD."iban_last4" IS DISTINCT FROM (NEW."iban_last4") OR OLD."named_by_id" IS DISTINCT FROM (NEW."named_by_id") OR OLD."named_at" IS DISTINCT FROM (NEW."named_at") OR OLD."usable_from" IS DISTINCT FROM (NEW."usable_from"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="891ef50574be1de42fc1ccd9ae1f3b9f0bc565b1",
                    operation="UPDATE",
                    pgid="pgtrigger_bank_account_stays_as_named_8324d",
                    table="accounts_bankaccount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="bank_account_stop_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."stopped_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e1a69ac95673d6cabe5d917959cd9a0888dd5794",
                    operation="UPDATE",
                    pgid="pgtrigger_bank_account_stop_is_final_ed824",
                    table="accounts_bankaccount",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccount",
            trigger=pgtrigger.compiler.Trigger(
                name="bank_account_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="3e5fa28361beec161fd921907007c0d270dd9a13",
                    operation="DELETE",
                    pgid="pgtrigger_bank_account_is_kept_c08bb",
                    table="accounts_bankaccount",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="BankAccountLook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="read at")),
                ("reason", models.CharField(max_length=500, verbose_name="reason")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="accounts.bankaccount",
                        verbose_name="bank account",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="read by",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a bank account",
                "verbose_name_plural": "looks at bank accounts",
                "ordering": ["-at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="bank_account_look_has_reason"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bankaccountlook",
            trigger=pgtrigger.compiler.Trigger(
                name="look_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9240ca0a1b97d2c5214eaa18102b6682c32b4008",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_look_is_kept_e65ae",
                    table="accounts_bankaccountlook",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner: may do everything"),
                            ("editor", "editor: may write applications and campaigns"),
                            ("reader", "reader: may look at everything and write nothing"),
                        ],
                        default="owner",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="since")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "user"), name="membership_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("owner", "owner: may do everything"),
                            ("editor", "editor: may write applications and campaigns"),
                            ("reader", "reader: may look at everything and write nothing"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waiting for an answer"),
                            ("accepted", "accepted"),
                            ("revoked", "revoked"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64, unique=True)),
                ("created_at", models.DateTimeField(verbose_name="invited at")),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("times_sent", models.PositiveSmallIntegerField(default=1, verbose_name="times sent")),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered or revoked at"),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered or revoked by",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="invited by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "invitation",
                "verbose_name_plural": "invitations",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("organization", "email"),
                        name="invitation_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                        name="invitation_email_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("sent_at"))), name="invitation_lasts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None), ("status", "open")),
                            models.Q(
                                ("ended_at__isnull", False),
                                ("ended_by__isnull", False),
                                ("status__in", ["accepted", "revoked"]),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_ended_at_matches_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrganizationPaper",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("statute", "statute"), ("proof", "proof")],
                        max_length=10,
                        verbose_name="what it is",
                    ),
                ),
                (
                    "file",
                    models.FileField(
                        max_length=200,
                        storage=civicfund.papers.keeping.private_files,
                        upload_to="bodies/",
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
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="uploaded by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "file of an organization",
                "verbose_name_plural": "files of organizations",
                "ordering": ["-kept_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("size_bytes__gt", 0)), name="organization_paper_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "pdf"),
                            models.Q(("kind__in", ["jpeg", "png"]), ("purpose", "proof")),
                            _connector="OR",
                        ),
                        name="organization_paper_of_a_fitting_kind",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organizationpaper",
            trigger=pgtrigger.compiler.Trigger(
                name="organization_paper_is_what_was_sent",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d90505ec422486090321915ce363e35bad70ef9a",
                    operation="UPDATE",
                    pgid="pgtrigger_organization_paper_is_what_was_sent_1ab54",
                    table="accounts_organizationpaper",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="organizationpaper",
            trigger=pgtrigger.compiler.Trigger(
                name="statute_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"purpose\" = 'statute')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="118b2a6e70e046763fd804da1eed6763bebdf6ce",
                    operation="DELETE",
                    pgid="pgtrigger_statute_is_kept_1bb9e",
                    table="accounts_organizationpaper",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("words", models.TextField(max_length=2000, verbose_name="in the person's words")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "with the officers"),
                            ("accepted", "accepted"),
                            ("refused", "not accepted"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("owner", "owner: may do everything"),
                            ("editor", "editor: may write applications and campaigns"),
                            ("reader", "reader: may look at everything and write nothing"),
                        ],
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                ("reason", models.TextField(blank=True, max_length=2000, verbose_name="reason")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided at")),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="accounts.organization",
                        verbose_name="organization",
                    ),
                ),
                (
                    "proof",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim",
                        to="accounts.organizationpaper",
                        verbose_name="proof",
                    ),
                ),
            ],
            options={
                "verbose_name": "request to act for a body",
                "verbose_name_plural": "requests to act for a body",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("organization", "person"),
                        name="claim_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="claim_has_words"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at", None),
                                ("decided_by", None),
                                ("reason", ""),
                                ("role", ""),
                                ("status", "open"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("role", ""),
                                ("status", "refused"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status", "accepted"),
                                models.Q(("reason", ""), _negated=True),
                                models.Q(("role", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="claim_decision_matches_status",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="d46d07ff4ce9cc4b2df063e7c35e4a404384cfd9",
                    operation="DELETE",
                    pgid="pgtrigger_claim_is_kept_53471",
                    table="accounts_claim",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_decision_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'open'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="38e5fc81b2d227de2e4b35949c1aebc13cf1dab4",
                    operation="UPDATE",
                    pgid="pgtrigger_claim_decision_is_final_20679",
                    table="accounts_claim",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.CreateModel(
            name="ClaimObjection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("words", models.TextField(max_length=2000, verbose_name="objection")),
                ("at", models.DateTimeField(verbose_name="objected at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "claim",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="accounts.claim",
                        verbose_name="request to act for a body",
                    ),
                ),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ["at"],
                "constraints": [
                    models.UniqueConstraint(fields=("claim", "by"), name="claim_objection_once"),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="claim_objection_has_words"
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimobjection",
            trigger=pgtrigger.compiler.Trigger(
                name="claim_objection_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="669d93a857c10e032922330780a0ab6b1db4b0c3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_claim_objection_is_kept_bffc0",
                    table="accounts_claimobjection",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="Organization",
            name="members",
            field=models.ManyToManyField(
                related_name="organizations",
                through="accounts.Membership",
                to=settings.AUTH_USER_MODEL,
                verbose_name="members",
            ),
        ),
    ]
