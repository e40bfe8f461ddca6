"""How the officers' desk looks: names, colours and menu, as the desk's library wants to be told."""

from collections.abc import Mapping
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

#: The city's blue, from the lightest to the darkest.
PRIMARY = {
    "50": "#eef4fb",
    "100": "#d9e7f6",
    "200": "#b3cfec",
    "300": "#80aedd",
    "400": "#4585c8",
    "500": "#0b5cad",
    "600": "#0a529b",
    "700": "#094684",
    "800": "#08396b",
    "900": "#062b50",
    "950": "#041c35",
}


def desk_look(city: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings of the desk's library for a city."""
    return {
        "SITE_TITLE": city["service_name"],
        "SITE_HEADER": city["service_name"],
        "SITE_SUBHEADER": city["name"],
        "SITE_URL": reverse_lazy("campaigns:home"),
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}
        ],
        "SITE_SYMBOL": "handshake",
        "SHOW_HISTORY": True,
        "STYLES": [lambda request: static("admin/desk.css")],
        "SCRIPTS": [lambda request: static("admin/desk_keys.js")],
        "COLORS": {"primary": PRIMARY},
        # The account's own pages, where a change asks for a fresh login.
        "ACCOUNT": {
            "navigation": [
                {"title": _("Password"), "link": reverse_lazy("account_change_password")},
                {"title": _("Second factor"), "link": reverse_lazy("mfa_index")},
            ]
        },
        # The colours of the gate bar carry a meaning, so the desk has one theme.
        "THEME": "light",
        "SHOW_LANGUAGES": True,
        "DASHBOARD_CALLBACK": "matching.desk.dashboard",
        "TABS": "civicfund.desk.queue_tabs",
        "SIDEBAR": {
            "show_search": True,
            "show_all_applications": False,
            "navigation": "matching.desk.navigation",
        },
    }
