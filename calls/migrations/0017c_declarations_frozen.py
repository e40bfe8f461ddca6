"""The declarations of a published call stay as they are, but for an amendment."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("calls", "0017b_declarations_of_earlier_calls")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="declarationtext",
            trigger=pgtrigger.compiler.Trigger(
                name="declaration_text_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM 1 FROM calls_call\n    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n    FOR SHARE;\n    IF EXISTS (\n        SELECT 1 FROM calls_call\n        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)\n        AND status = 'published'\n    ) AND NOT ((TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id') AND EXISTS (\n        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id\n        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint\n        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1\n    )) THEN\n        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';\n    END IF;\n    RETURN COALESCE(NEW, OLD);\n",
                    hash="708f778858b6232e3f5f91f89baa89b9c6a13db1",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_declaration_text_is_frozen_bbce2",
                    table="calls_declarationtext",
                    when="BEFORE",
                ),
            ),
        ),
    ]
