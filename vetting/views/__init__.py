"""What applicants and everybody see of the vetting: the answer to the office, and the rankings."""

from vetting.views.answer import answer
from vetting.views.ranking import (
    own_place,
    ranking_data,
    ranking_input,
    ranking_latest,
    ranking_places,
    ranking_provisional,
    ranking_version,
)

__all__ = [
    "answer",
    "own_place",
    "ranking_data",
    "ranking_input",
    "ranking_latest",
    "ranking_places",
    "ranking_provisional",
    "ranking_version",
]
