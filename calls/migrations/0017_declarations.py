"""Declarations become texts of the call; themes, documents and criteria may be changed by an amendment."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0016_letters"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclarationText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.SlugField(max_length=30, verbose_name="name for machines")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(max_length=1000, verbose_name="text")),
                ("title_en", models.CharField(blank=True, max_length=120, verbose_name="title in English")),
                (
                    "text_en",
                    models.TextField(
                        blank=True,
                        help_text="Empty: the English page shows the Italian words.",
                        max_length=1000,
                        verbose_name="text in English",
                    ),
                ),
                (
                    "asked_of",
                    models.CharField(
                        choices=[
                            ("everybody", "whoever applies"),
                            ("bodies", "bodies, not groups of citizens"),
                            ("groups", "groups of citizens only"),
                            ("undertakings", "enterprises and social enterprises only"),
                        ],
                        default="everybody",
                        max_length=12,
                        verbose_name="asked of",
                    ),
                ),
                ("required", models.BooleanField(default=True, verbose_name="required")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
            ],
            options={
                "verbose_name": "declaration of the call",
                "verbose_name_plural": "declarations of the call",
                "ordering": ["position", "pk"],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="criterion",
            name="criterion_is_frozen",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="documentrequirement",
            name="document_is_frozen",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="theme",
            name="theme_is_frozen",
        ),
        migrations.AddField(
            model_name="declaration",
            name="call_version",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="version of the call"),
        ),
        migrations.AddField(
            model_name="declaration",
            name="title",
            field=models.CharField(blank=True, max_length=120, verbose_name="title"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterion",
            trigger=pgtrigger.compiler.Trigger(
                name="criterion_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((\n    (TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id') AND NOT EXISTS (\n        SELECT 1 FROM calls_applicationversion\n        WHERE call_id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n    )\n) AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="ad2d4b4bbadcf66a850134cd6c77b712ab46f859",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_criterion_is_frozen_619bd",
                    table="calls_criterion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="documentrequirement",
            trigger=pgtrigger.compiler.Trigger(
                name="document_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id') AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="5fc7c23a9165b126ccbb18768cae391014afcca7",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_document_is_frozen_d1595",
                    table="calls_documentrequirement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="theme",
            trigger=pgtrigger.compiler.Trigger(
                name="theme_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id') AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="583964c3259abc164fa633a61c7d49d4bdc50dc9",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_theme_is_frozen_0de6d",
                    table="calls_theme",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="declarationtext",
            name="call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="declaration_texts", to="calls.call"
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationtext",
            constraint=models.UniqueConstraint(fields=("call", "key"), name="declaration_text_once"),
        ),
        migrations.AddConstraint(
            model_name="declarationtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("key", ""), _negated=True),
                    models.Q(("title", ""), _negated=True),
                    models.Q(("text", ""), _negated=True),
                ),
                name="declaration_text_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="declarationtext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("text_en", ""), ("title_en", "")),
                    models.Q(
                        models.Q(("title_en", ""), _negated=True), models.Q(("text_en", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="declaration_text_english_is_whole",
                violation_error_message="Write title and text in English, or neither.",
            ),
        ),
    ]
