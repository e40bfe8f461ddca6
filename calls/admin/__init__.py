"""The officers' desk: calls are written as drafts, published once, and read-only from then on."""

from calls.admin.call import CallAdmin
from calls.admin.stop import StopAdmin

__all__ = ["CallAdmin", "StopAdmin"]
