"""Which members of committees are written to after a step of the desk, by the task that writes to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.foretell import tell_mailings
from accounts.services import instead_of_writing
from civicfund.desk.effects import Mailing
from vetting import services
from vetting.models import Assignment

LATER = gettext_lazy("These leave a few minutes after the last assignment, one to each member.")


@contextmanager
def watch_members(user: Any) -> Iterator[Callable[[], list[Mailing]]]:
    """Tell the mails about files that members have not been told of and that were not theirs before."""
    before = list(Assignment.objects.untold().values_list("pk", flat=True))

    def tell() -> list[Mailing]:
        new = Assignment.objects.untold().exclude(pk__in=before)
        told = {(one.round_id, one.member_id): one for one in new.select_related("member__user", "round")}
        with instead_of_writing() as drafts:
            for one in told.values():
                services.tell_member(member=one.member, round_=one.round, now=timezone.now())
        return tell_mailings(drafts, user, later=LATER)

    yield tell
