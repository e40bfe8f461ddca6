"""Files people send in: known by what is inside, made harmless, kept where no address leads, given out as downloads."""

from civicfund.papers.examination import Paper, Unusable, examined
from civicfund.papers.keeping import give_out, private_files, tidy_name

__all__ = ["Paper", "Unusable", "examined", "give_out", "private_files", "tidy_name"]
