"""Passwords that are quick to make: the real hasher is slow on purpose, and most tests need a few people."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """Make people in a millisecond instead of two hundred."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
