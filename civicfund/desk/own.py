"""Whose body a row of the desk concerns: nobody decides there about a promoter to whom he or she belongs."""

from typing import Any

#: What leads from a row to the promoter it concerns; the first that is there is followed.
LEADS = (
    "organization",
    "application",
    "campaign",
    "donation",
    "gift",
    "grant",
    "withdrawal",
    "reversal",
    "shortfall",
    "cure",
    "entry",
)


def promoter_of(row: Any) -> Any:
    """Return the body a row concerns, by way of its campaign or application; None when it concerns no promoter."""
    if hasattr(row, "members"):
        return row
    for name in LEADS:
        following = getattr(row, name, None)
        if following is not None:
            return promoter_of(following)
    return None


def belongs_to_promoter(user: Any, row: Any) -> bool:
    """Say whether somebody is a member of the body a row concerns."""
    promoter = promoter_of(row)
    return promoter is not None and promoter.has_member(user)
