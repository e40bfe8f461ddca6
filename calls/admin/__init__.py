"""The officers' desk: calls are written as drafts, published once, and read-only from then on."""

from calls.admin.call import CallAdmin

__all__ = ["CallAdmin"]
