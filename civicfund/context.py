"""What every template knows about the city that runs the service."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def city(request: HttpRequest) -> dict[str, Any]:
    """Return the city's names and legal links."""
    return {
        "city": {**settings.CITY, "tagline": _("Half from citizens, half from the city")},
        "site_url": settings.SITE_URL,
        "admin_path": f"/{settings.ADMIN_PATH}/",
    }
