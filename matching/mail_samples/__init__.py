"""Invented data for the previews of mails: rows that are in no database, about a project that does not exist."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.models import User
from matching.mail_samples.calls import about_calls, about_people
from matching.mail_samples.gifts import about_gifts
from matching.mail_samples.project import GIFT_CENTS, NOBODY, sample_application, sample_campaign
from matching.mail_samples.shares import about_shares, about_undoing
from matching.mail_samples.vetting import about_vetting

__all__ = ["sample_facts"]


def sample_facts(now: datetime) -> dict[str, Any]:
    """Return what the texts of all mails tell, by the names they use."""
    application = sample_application(now)
    campaign = sample_campaign(application, now)
    officer = User(pk=NOBODY, email="ufficio@example.org", full_name="Olga Officina")
    call = application.call
    return {
        "application": application,
        "organization": application.organization,
        "call": call,
        "campaign": campaign,
        "person": application.author,
        "by": application.author,
        "reason": "Come nel RUNTS.",
        "raised_cents": GIFT_CENTS,
        "number": 2,
        "more": 2,
        "until": now + timedelta(days=3),
        "expired": True,
        "link": f"{settings.SITE_URL}/rimborso/segreto/",
        "act": "12/2027",
        "joined": True,
        "provider": "SPID",
        "waiting": 1,
        **about_people(application, officer, now),
        **about_calls(application, officer, now),
        **about_vetting(application, officer, now),
        **about_gifts(campaign, now),
        **about_shares(campaign, now),
        **about_undoing(campaign, now),
    }
