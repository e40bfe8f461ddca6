"""What PostgreSQL promises about every campaign's row."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

#: States and instants that go together.
CONSTRAINTS = [
    models.CheckConstraint(
        condition=Q(cost_cents=F("threshold_cents") + F("grant_due_cents") + F("own_cents"))
        & Q(threshold_cents__gt=0),
        name="campaign_shares_add_up",
    ),
    models.CheckConstraint(
        condition=Q(
            status__in=["draft", "in_review", "withdrawn"], opens_at=None, closes_at=None, approved_at=None
        )
        | (
            ~Q(status__in=["draft", "in_review"])
            & Q(approved_at__isnull=False, approved_by__isnull=False)
            & Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at"))
        ),
        name="campaign_schedule_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(status__in=["draft", "in_review", "scheduled", "withdrawn"], opened_at=None)
        | (~Q(status__in=["draft", "in_review", "scheduled"]) & Q(opened_at__isnull=False)),
        name="campaign_opened_at_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(
            status__in=["succeeded", "failed", "refunded"],
            settled_at__isnull=False,
            outcome_raised_cents__isnull=False,
        )
        # Withdrawn before it opened, a campaign had nothing to lose; afterwards it keeps what it had raised.
        | Q(status="withdrawn", opened_at__isnull=False, settled_at__isnull=False)
        & Q(outcome_raised_cents__isnull=False)
        | Q(status="withdrawn", opened_at=None, settled_at=None, outcome_raised_cents=None)
        | (
            ~Q(status__in=["succeeded", "failed", "refunded", "withdrawn"])
            & Q(settled_at=None, outcome_raised_cents=None)
        ),
        name="campaign_settled_at_matches_status",
    ),
    models.CheckConstraint(
        # A suspension an officer ends by giving everything back stays on the campaign, with its reason.
        condition=Q(
            status__in=["suspended", "closing", "failed", "refunded", "withdrawn"],
            suspended_at__isnull=False,
        )
        & ~Q(suspension_reason="")
        | (~Q(status="suspended") & Q(suspended_at=None)),
        name="campaign_suspension_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(reached_at=None) | ~Q(status__in=["draft", "in_review", "scheduled"]),
        name="campaign_reached_only_when_opened",
    ),
    models.CheckConstraint(
        condition=Q(reached_at=None) | Q(first_reached_at__isnull=False),
        name="campaign_first_reached_is_kept",
    ),
    models.CheckConstraint(
        condition=Q(status="cure", cure_until__isnull=False)
        | Q(status__in=["closing", "keeping", "succeeded", "failed", "refunded", "withdrawn"])
        | ~Q(status="cure") & Q(cure_until=None),
        name="campaign_cure_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(status__in=["keeping", "failed", "refunded", "withdrawn"], keep_until__isnull=False)
        | Q(status="succeeded", keep_until__isnull=False, kept_at__isnull=False)
        | ~Q(status="keeping") & Q(keep_until=None),
        name="campaign_keeping_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(kept_at=None, kept_project="")
        | Q(kept_at__isnull=False, keep_until__isnull=False, leave_until__isnull=False)
        & Q(keep_answered_by__isnull=False)
        & ~Q(kept_project=""),
        name="campaign_kept_project_is_described",
    ),
    models.CheckConstraint(
        condition=Q(leave_until=None, leave_reason="") | Q(leave_until__isnull=False) & ~Q(leave_reason=""),
        name="campaign_leaving_has_a_reason",
    ),
    # Who opened days that are older than this column is not known.
    models.CheckConstraint(
        condition=Q(leave_opened_by=None) | Q(leave_until__isnull=False),
        name="campaign_leaving_is_opened_by_somebody",
    ),
    models.CheckConstraint(
        condition=Q(waiver_asked_at=None)
        | Q(status__in=["open", "closing", "cure", "suspended", "keeping", "succeeded"]),
        name="campaign_waiver_asked_at_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(covered_at=None)
        | ~Q(status__in=["draft", "in_review", "scheduled", "open", "suspended"]),
        name="campaign_covered_at_matches_status",
    ),
    models.CheckConstraint(
        condition=Q(status="withdrawn", withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")
        | ~Q(status="withdrawn") & Q(withdrawn_at=None, withdrawal_reason=""),
        name="campaign_withdrawn_at_matches_status",
    ),
]

#: What never changes, except as its row of reason says.
TRIGGERS = [
    pgtrigger.Trigger(
        name="campaign_shares_are_frozen",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        # Only downwards, only before the threshold was ever reached, and only as a variation says.
        func="""
            IF NEW.application_id = OLD.application_id AND NEW.cost_cents = OLD.cost_cents
               AND NEW.threshold_cents = OLD.threshold_cents AND NEW.grant_due_cents = OLD.grant_due_cents
               AND NEW.own_cents = OLD.own_cents THEN
                RETURN NEW;
            END IF;
            IF NEW.application_id = OLD.application_id AND OLD.first_reached_at IS NULL AND EXISTS (
                SELECT 1 FROM campaigns_costvariation v WHERE v.campaign_id = OLD.id
                AND v.old_cost_cents = OLD.cost_cents AND v.cost_cents = NEW.cost_cents
                AND v.threshold_cents = NEW.threshold_cents AND NEW.threshold_cents <= OLD.threshold_cents
                AND v.grant_due_cents = NEW.grant_due_cents AND NEW.grant_due_cents <= OLD.grant_due_cents
            ) THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'the shares of campaign % are frozen', OLD.slug USING ERRCODE = '23514';
        """,
    ),
    pgtrigger.Protect(name="campaign_is_kept", operation=pgtrigger.Delete),
]
