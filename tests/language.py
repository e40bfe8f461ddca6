"""The language a test begins in."""

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def citys_first_language() -> None:
    """Begin in the city's first language: a page that was read leaves its reader's behind in the thread."""
    translation.deactivate()
