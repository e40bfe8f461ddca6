from collections.abc import Mapping, Sequence
from datetime import datetime

from matching.models import AuditRun


def record_audit(*, found: Mapping[str, Sequence[Sequence[object]]], now: datetime) -> AuditRun:
    """Keep the result of an audit: the offending rows of every check, by its name."""
    broken = {name: [[str(value) for value in row] for row in rows] for name, rows in found.items() if rows}
    return AuditRun.objects.create(ran_at=now, is_balanced=not broken, broken=broken)
