"""What search engines are told of the site and of a campaign, in the words of schema.org."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from campaigns.models import Campaign
from civicfund.money import plain_euro


def _municipality() -> dict[str, str]:
    return {"@type": "GovernmentOrganization", "name": settings.CITY["name"]}


def site_data() -> dict[str, Any]:
    """Return what the home page tells: the service and how it is searched."""
    projects = settings.SITE_URL + reverse("campaigns:campaign_list")
    return {
        "@type": "WebSite",
        "name": settings.CITY["service_name"],
        "url": f"{settings.SITE_URL}/",
        "publisher": _municipality(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{projects}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }


def campaign_data(campaign: Campaign, *, takes_gifts: bool) -> dict[str, Any]:
    """Return what a campaign's page tells: the project, who carries it, what the municipality adds, where one gives."""
    url = settings.SITE_URL + campaign.get_absolute_url()
    data: dict[str, Any] = {
        "@type": "Project",
        "name": campaign.title,
        "description": campaign.summary,
        "url": url,
        "image": settings.SITE_URL + reverse("campaigns:campaign_picture", args=[campaign.slug]),
        "location": {"@type": "Place", "name": f"{campaign.application.place}, {campaign.borough}"},
        "parentOrganization": {"@type": "Organization", "name": campaign.organization.legal_name},
    }
    if campaign.grant_due_cents:
        data["funding"] = {
            "@type": "MonetaryGrant",
            "name": campaign.call.title,
            "funder": _municipality(),
            "amount": {
                "@type": "MonetaryAmount",
                "currency": "EUR",
                "value": plain_euro(campaign.grant_due_cents),
            },
        }
    if takes_gifts:
        donate = f"{url}dona/"
        data["potentialAction"] = {"@type": "DonateAction", "target": donate, "recipient": campaign.title}
    return data
