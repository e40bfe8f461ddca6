"""Pages of the vetting for the bodies that apply."""

from vetting.views.answer import answer

__all__ = ["answer"]
