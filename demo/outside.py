"""The demo's gifts outside the site: entered by the promoter with a proof, some of them verified by an officer."""

from datetime import datetime, timedelta
from typing import Any

import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from campaigns.models import Campaign
from demo.cast import People
from demo.history import History
from donations.models import OfflineDonation, Party
from donations.services import enter_offline_donation, keep_evidence, verify_offline_donation

SLIP = '#set page("a5")\n= Contabile\nDocumento inventato per la dimostrazione.\n\nDonazione di {name}'


class Outside:
    """One gift that goes straight to the promoter's bank."""

    def __init__(self, people: People, campaign: Campaign, gift: dict[str, Any]) -> None:
        self.people = people
        self.campaign = campaign
        self.gift = gift
        self.row: OfflineDonation

    def enter(self, when: datetime) -> None:
        """Enter the gift as the promoter, received the day before."""
        by = self.campaign.application.author
        slip = typst.compile(SLIP.format(name=self.gift["name"]).encode(), format="pdf")
        upload = SimpleUploadedFile("contabile.pdf", slip, content_type="application/pdf")
        words = {name: self.gift[name] for name in ("name", "email", "method", "amount_cents")}
        self.row = enter_offline_donation(
            campaign=self.campaign,
            gift={**words, "tax_code": "", "received_on": timezone.localdate(when) - timedelta(days=1)},
            evidence=keep_evidence(campaign=self.campaign, upload=upload, by=by, now=when),
            by=by,
            now=when,
        )

    def verify(self, when: datetime) -> None:
        """Verify the gift as an officer."""
        verify_offline_donation(
            gift=self.row,
            verified_cents=self.row.amount_cents,
            party=Party.CITIZEN,
            note=self.gift["found"],
            by=self.people.officer,
            now=when,
        )


def plan(
    history: History, people: People, campaign: Campaign, gifts: list[dict[str, Any]], now: datetime
) -> None:
    """Put the gifts of a campaign's story into the history."""
    for gift in gifts:
        one = Outside(people, campaign, gift)
        history.at(now - timedelta(days=gift["entered_days_ago"]), one.enter)
        if "verified_days_ago" in gift:
            history.at(now - timedelta(days=gift["verified_days_ago"]), one.verify)
