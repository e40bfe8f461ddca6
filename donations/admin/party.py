"""Who gives: what the site found and officers say, and the gifts of which a part does not count."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminTextareaWidget

from campaigns.models import Campaign
from civicfund.desk import Effects, Queue, ReadOnlyInline, Refusal, Step, StepForm, after, moment_column
from donations import services
from donations.models import Donation, Party, PartyFlag

#: Campaigns in which what counts still decides something.
UNDECIDED = (Campaign.Status.OPEN, Campaign.Status.SUSPENDED, Campaign.Status.CLOSING, Campaign.Status.CURE)


def found_related(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the received gifts the site has flagged and no officer has looked at."""
    looked_at = PartyFlag.objects.filter(donation=OuterRef("pk"), actor__isnull=False)
    return rows.settled().exclude(party=Party.CITIZEN).exclude(Exists(looked_at))


def over_limit(rows: QuerySet, now: datetime) -> QuerySet:
    """Keep the citizens' gifts of which a part is above the call's limit, while their campaign is not decided."""
    return rows.settled().filter(party=Party.CITIZEN, uncounted_cents__gt=0, campaign__status__in=UNDECIDED)


QUEUES = (
    Queue(
        "found_related",
        _("The promoter's own people"),
        found_related,
        _("No gift of the promoter's own people waits for your word."),
        waits=_("Gifts of the promoter's own people, to confirm"),
        icon="diversity_3",
        due=after("created_at", days=7),
        steps=("flag",),
    ),
    Queue(
        "over_limit",
        _("Over the limit"),
        over_limit,
        _("No gift to a running campaign is over its call's limit for one donor."),
        waits=_("Gifts over the limit for one donor"),
        icon="vertical_align_top",
        due=after("created_at", days=7),
        steps=("flag",),
    ),
    Queue(
        "flagged",
        _("Flagged"),
        lambda rows, now: rows.settled().exclude(party=Party.CITIZEN),
        _("No gift is flagged."),
    ),
)


class FlagForm(StepForm):
    """Ask who gives, and how the officer knows."""

    party = forms.ChoiceField(
        label=_("Who gives"), choices=Party.choices, widget=UnfoldAdminRadioSelectWidget
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("How you know: kept with your name beside the gift and in the ledger."),
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class FlagStep(Step):
    """Say who gives; it holds for all gifts of the same donor to the campaign."""

    title = _("Say who gives")
    button = _("Save")
    template = "admin/donations/flag.html"
    form_class = FlagForm
    too_late = _("This gift is not with the campaign any more.")
    effects = Effects.TRIED
    refusals = {
        services.FlagRefused: Refusal(_("An officer has said so already, or the reason is missing."), "party")
    }
    needs_fresh_login = True

    @classmethod
    def is_possible(cls, row: Donation) -> bool:
        """Say whether the gift is with its campaign."""
        return row.status == Donation.Status.SETTLED

    def initial(self) -> dict[str, Any]:
        """Begin with what is known."""
        return {"party": self.row.party}

    def facts(self) -> list[tuple[Any, Any]]:
        """Say which gift it is, and why it is flagged."""
        flag = self.row.party_flags.last()
        return [
            (gettext("Campaign"), self.row.campaign),
            (gettext("Donor"), self.row.email),
            (gettext("Who gives"), self.row.get_party_display()),
            (gettext("Because"), flag.reason if flag else "–"),
        ]

    def what_follows(self, values: dict[str, Any]) -> dict[str, Any]:
        """Say how the call treats them."""
        return {"call": self.row.campaign.call, "gift": self.row}

    def act(self, values: dict[str, Any]) -> str:
        """Keep the word and count anew."""
        gift = services.flag_party(
            donation=self.row,
            party=values["party"],
            by=self.request.user,
            reason=values["reason"],
            now=timezone.now(),
        )
        if gift.uncounted_cents:
            return gettext("Saved: a part of the donor's gifts does not count for the threshold.")
        return gettext("Saved: the gift counts for the threshold.")


class PartyFlagInline(ReadOnlyInline):
    model = PartyFlag
    fields = readonly_fields = ("created_shown", "party", "reason", "actor")
    created_shown = moment_column("created_at", _("at"))
