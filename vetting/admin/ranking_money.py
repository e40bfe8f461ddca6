"""What the desk looks up above the ranking: the money of its fund, and the campaigns that have ended without any."""

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext

from calls.models import CallSession
from vetting.models import Ranking, RankingEntry

#: Campaigns that ended without the grant: what the ranking had given them is free.
ENDED = ("withdrawn", "failed", "refunded")


def money_of(session: CallSession) -> int:
    """Return what a window's fund has for it, in cents, increases by an act included.

    What rankings of other windows of the same fund have given is not for this one.
    """
    if session.fund is None:
        return 0
    given = 0
    for other in session.fund.sessions.exclude(pk=session.pk):
        ranking = Ranking.objects.latest_of(other)
        if ranking:
            given += ranking.entries.aggregate(given=Sum("grant_cents", default=0))["given"]
    put_in = session.fund.accounts.filter(kind="allocated").first()
    total = -put_in.balance_cents if put_in else session.fund.allocation_cents
    return max(0, total - given)


def who_left(session: CallSession) -> dict[str, str]:
    """Return the protocol numbers of a final ranking whose campaign has ended without money, each with why."""
    ranking = Ranking.objects.latest_of(session)
    if ranking is None or ranking.is_provisional:
        return {}
    ended = ranking.entries.filter(outcome="funded", application__campaign__status__in=ENDED)
    found = {}
    with translation.override(settings.LANGUAGE_CODE):
        # It becomes part of the published input, whoever looks at it.
        for entry in ended.select_related("application__campaign"):
            campaign = entry.application.campaign
            found[entry.application.protocol_number] = (
                gettext("The promoter has withdrawn the campaign.")
                if campaign.status == "withdrawn"
                else gettext("The campaign has not reached its threshold.")
            )
    return found


def waiting(session: CallSession) -> QuerySet[RankingEntry]:
    """Return who waits on the reserve list of the version that holds."""
    ranking = Ranking.objects.latest_of(session)
    return (
        RankingEntry.objects.filter(ranking=ranking, outcome="reserve")
        if ranking
        else RankingEntry.objects.none()
    )
