"""What keeps a published call as it is: nothing changes but what an amendment in force says."""

import pgtrigger

#: A window of a published call moves to a later time, or not at all.
LATER_WINDOW = """
    TG_OP = 'UPDATE'
    AND to_jsonb(NEW) - ARRAY['opens_at', 'closes_at'] = to_jsonb(OLD) - ARRAY['opens_at', 'closes_at']
    AND NEW.opens_at >= OLD.opens_at AND NEW.closes_at >= OLD.closes_at
"""
#: A part comes, goes or says something else, but moves to no other call.
SAME_CALL = "TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id'"
#: What is scored stays as it is once somebody has handed an application in: L. 241/1990 art. 12.
BEFORE_THE_FIRST = """
    (TG_OP <> 'UPDATE' OR to_jsonb(NEW)->>'call_id' = to_jsonb(OLD)->>'call_id') AND NOT EXISTS (
        SELECT 1 FROM calls_applicationversion
        WHERE call_id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint
    )
"""
#: `AMENDABLE` stands for what an amendment may do to the part.
FROZEN_PART = """
    PERFORM 1 FROM calls_call
    WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)
    FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM calls_call
        WHERE id IN ((to_jsonb(OLD)->>'call_id')::bigint, (to_jsonb(NEW)->>'call_id')::bigint)
        AND status = 'published'
    ) AND NOT ((AMENDABLE) AND EXISTS (
        SELECT 1 FROM calls_amendment JOIN calls_call ON calls_call.id = calls_amendment.call_id
        WHERE calls_call.id = COALESCE(to_jsonb(NEW)->>'call_id', to_jsonb(OLD)->>'call_id')::bigint
        AND calls_amendment.status = 'in_force' AND calls_amendment.version = calls_call.version + 1
    )) THEN
        RAISE EXCEPTION 'the rules of a published call are frozen' USING ERRCODE = '23514';
    END IF;
    RETURN COALESCE(NEW, OLD);
"""


def frozen_call() -> pgtrigger.Trigger:
    """Return the trigger that lets a published call change only to the version that an amendment has made."""
    return pgtrigger.Trigger(
        name="published_call_is_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update | pgtrigger.Delete,
        condition=pgtrigger.Q(old__status="published"),
        func="""
            IF TG_OP = 'UPDATE'
                AND NEW.version = OLD.version + 1
                AND to_jsonb(NEW) - ARRAY['summary', 'text', 'contact_email', 'version']
                    = to_jsonb(OLD) - ARRAY['summary', 'text', 'contact_email', 'version']
                AND EXISTS (
                    SELECT 1 FROM calls_amendment
                    WHERE call_id = OLD.id AND version = NEW.version AND status = 'in_force'
                )
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the published call % is frozen', OLD.slug;
        """,
    )


def frozen_with_call(table: str, amendable: str = "FALSE") -> pgtrigger.Trigger:
    """Return the trigger that refuses every change to a part of a published call, but an amendment being carried out.

    Parts are written while the call is a draft, and none moves into or out of a published one. A window learns its fund
    in the publishing transaction itself, before the call becomes published. The shared lock makes a part that is saved
    while somebody publishes wait for the outcome. An amendment is carried out while it is in force and the call has not
    reached its version yet, which never outlasts a transaction; `amendable` says in SQL which changes it may make.
    """
    return pgtrigger.Trigger(
        name=f"{table}_is_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=FROZEN_PART.replace("AMENDABLE", amendable),
    )
