"""What an officer should have before the eyes about a gift outside the site."""

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from civicfund.templatetags.clock import day
from civicfund.templatetags.money import euro
from donations import rules, services
from donations.models import Evidence, OfflineDonation

Status = OfflineDonation.Status


def evidence_link(evidence: Evidence) -> SafeString:
    """Lead to a proof of payment."""
    url = reverse("donations:evidence", args=[evidence.public_id])
    words = f"{evidence.name} ({evidence.get_kind_display()}, {max(evidence.size_bytes // 1024, 1)} kB)"
    return format_html('<a class="text-link" href="{}">{}</a>', url, words)


def facts_of(gift: OfflineDonation) -> list[tuple[Any, Any]]:
    """Return what was entered, its proof, and what is left of the share that may count."""
    campaign = gift.campaign
    most = rules.offline_limit_cents(campaign.threshold_cents, campaign.call.offline_share_bp)
    counted = sum(campaign.offline_donations.values_list("counted_cents", flat=True))
    known = [word for word in (gift.email, gift.tax_code) if word]
    return [
        (gettext("Campaign"), campaign),
        (gettext("Donor"), " · ".join([gift.name, *known])),
        (gettext("Amount entered"), euro(gift.amount_cents)),
        (gettext("Means of payment"), gift.get_method_display()),
        (gettext("Received on"), day(gift.received_on)),
        (gettext("Proof"), evidence_link(gift.evidence)),
        (gettext("Entered by"), gift.entered_by),
        (
            gettext("Counts of all gifts outside the site"),
            gettext("%(counted)s of at most %(most)s") % {"counted": euro(counted), "most": euro(most)},
        ),
    ]


def warnings_of(gift: OfflineDonation) -> list[str]:
    """Return what may be wrong with a gift: its file serves twice, another looks like it, its donor is the promoter's."""
    others = OfflineDonation.objects.exclude(pk=gift.pk).exclude(
        status__in=[Status.WITHDRAWN, Status.REFUSED]
    )
    same_file = others.filter(evidence__sha256=gift.evidence.sha256).count()
    alike = others.filter(
        campaign=gift.campaign_id, amount_cents=gift.amount_cents, received_on=gift.received_on
    ).count()
    _party, reason = services.party_of(gift, gift.campaign)
    words = []
    if same_file:
        words.append(
            ngettext(
                "The same file proves %(number)s other gift.",
                "The same file proves %(number)s other gifts.",
                same_file,
            )
            % {"number": same_file}
        )
    if alike:
        words.append(
            ngettext(
                "%(number)s other gift to this campaign has the same amount and day: is it the same one?",
                "%(number)s other gifts to this campaign have the same amount and day: are they the same one?",
                alike,
            )
            % {"number": alike}
        )
    return [*words, reason] if reason else words
