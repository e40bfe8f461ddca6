from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from donations.models import Difference, Reconciliation
from donations.services import Finding, begin_run, end_run
from matching.models import AuditRun


@transaction.atomic
def record_audit(*, found: Mapping[str, Sequence[Sequence[object]]], now: datetime) -> AuditRun:
    """Keep the result of an audit: the offending rows of every check, by its name.

    Each row is a difference as well, which stops grants and payouts until an audit no longer finds it or an officer
    clears it.
    """
    broken = {name: [[str(value) for value in row] for row in rows] for name, rows in found.items() if rows}
    run = begin_run(kind=Reconciliation.Kind.AUDIT, since=now, not_after=now, now=now)
    if run:
        findings = [
            Finding(
                Difference.What.PROMISE, ours=f"{name[:90]}: {' | '.join(row)}"[:200], note=" | ".join(row)
            )
            for name, rows in broken.items()
            for row in rows
        ]
        end_run(run=run, looked_at=len(found), healed=0, findings=findings, now=now)
    return AuditRun.objects.create(ran_at=now, is_balanced=not broken, broken=broken)
