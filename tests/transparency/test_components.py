"""The page of components: every state of the bar, and only where DEBUG is on."""

import re

import pytest
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
    assert len(ids) == len(set(ids))


def test_components_are_hidden_on_a_site_that_serves_a_city(db: None, client: Client) -> None:
    assert client.get(reverse("transparency:components")).status_code == 404
