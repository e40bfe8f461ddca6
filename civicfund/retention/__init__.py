"""What is kept about people: why, for how long, what happens then, and which rule says so. The one table of it.

The public page about privacy, the register of processing activities (Regulation (EU) 2016/679 art. 30) and the nightly
erasing all read it. A kind that something erases names the task; those of `matching.tasks.forget_expired` have their
function in matching/erasing.py, and a test fails for one without.
"""

from django.utils.translation import gettext_lazy as _

from civicfund.retention.gifts import GIFTS
from civicfund.retention.kind import NIGHT, Kind
from civicfund.retention.people import PEOPLE, VOICES
from civicfund.retention.procedure import PROCEDURE

__all__ = ["GROUPS", "KINDS", "NIGHT", "Kind", "kind"]

#: All kinds, in the order in which people read them.
KINDS = (*PEOPLE, *GIFTS, *VOICES, *PROCEDURE)
#: The kinds by the part of the site they belong to.
GROUPS = (
    (_("People and accounts"), PEOPLE),
    (_("Gifts"), GIFTS),
    (_("Readers"), VOICES),
    (_("Procedure and accounts"), PROCEDURE),
)


def kind(key: str) -> Kind:
    """Return a kind by its key. Raise KeyError."""
    return {one.key: one for one in KINDS}[key]
