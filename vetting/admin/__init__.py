"""The officers' desk: applications are read, then admitted or excluded with a reason."""

from vetting.admin.application import ApplicationAdmin

__all__ = ["ApplicationAdmin"]
