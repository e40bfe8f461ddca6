"""Officers check, the committee scores, the ranking is published."""

from vetting.models.decision import Decision

__all__ = ["Decision"]
