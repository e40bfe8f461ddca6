"""The page of components: every state of the bar, and only where DEBUG is on."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from transparency.components import BARS


@pytest.mark.parametrize("language", ["it", "en"])
def test_components_are_shown_in_every_state(
    db: None, client: Client, settings: Settings, language: str
) -> None:
    settings.DEBUG = True

    page = client.get(f"{reverse('transparency:components')}?lingua={language}").content.decode()

    drawn = re.findall(r'class="gate gate--(\w+)" data-gate', page)
    # The promoter's own share is a part of a bar that is being filled.
    assert drawn == ["filling" if name == "own share" else name for name in BARS]
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert [one for one in ids if ids.count(one) > 1] == []


def test_no_component_is_left_out() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    # What stands around every page, or within another component.
    shown = "".join((folder / name).read_text() for name in ("base.html", "transparency/components.html"))
    shown += (
        "site_header.html nav_links.html nav_mine.html logo.html language_switch.html live.html picture.html"
    )

    assert [one.name for one in (folder / "components").glob("[!_]*.html") if one.name not in shown] == []


def test_components_are_hidden_on_a_site_that_serves_a_city(db: None, client: Client) -> None:
    assert client.get(reverse("transparency:components")).status_code == 404
