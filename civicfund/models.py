"""The rows of the floor everybody stands on: the trail."""

from civicfund.trail.models import Change, ListExport

__all__ = ["Change", "ListExport"]
