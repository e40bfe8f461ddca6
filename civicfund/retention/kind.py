"""One kind of data that is kept about people, and the words that several kinds share."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

NIGHT = "matching.tasks.forget_expired"


@dataclass(frozen=True)
class Kind:
    """One kind of data: whose, what, why and on which ground, for how long, what follows, and where the rule stands."""

    key: str
    name: Any
    whose: Any
    data: Any
    why: Any
    ground: Any
    period: Any
    then: Any
    source: Any
    who: Any
    #: The task that erases it; empty where nothing erases it by itself.
    task: str = ""
    #: The period as a length of time, where it is one.
    lasts: timedelta | None = None


CONTRACT = _("the gift the person asks for (art. 6 c. 1 b)")
LAW = _("a duty of law (art. 6 c. 1 c)")
PUBLIC = _("a task in the public interest (art. 6 c. 1 e)")
CONSENT = _("the person’s consent (art. 6 c. 1 a)")
SAFETY = _("the safety of payments, a task in the public interest (art. 6 c. 1 e)")
MINIMAL = _("Regulation (EU) 2016/679 art. 5 c. 1 e")
OFFICE = _("the offices of the city")
DONORS = _("donors")
READERS = _("readers")
APPLICANTS = _("people of bodies that apply")
