"""What the database keeps and cannot read."""

import base64

import pytest
from django.core.exceptions import ImproperlyConfigured

from civicfund.sealing import Unreadable, seal, unseal

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.urlsafe_b64encode(b"\xfb" * 32).decode()


def test_seal_hides_the_text_and_never_repeats_itself() -> None:
    first, second = seal("IT60X0542811101000000123456", purpose="a"), seal("IT60X", purpose="a")

    assert b"0542811101" not in first
    assert first[:16] != second[:16]
    assert unseal(first, purpose="a") == "IT60X0542811101000000123456"


def test_unseal_opens_nothing_that_was_moved_or_changed() -> None:
    sealed = seal("IT60", purpose="row 1")

    with pytest.raises(Unreadable):
        unseal(sealed, purpose="row 2")
    with pytest.raises(Unreadable):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), purpose="row 1")
    with pytest.raises(Unreadable):
        unseal(b"", purpose="row 1")


def test_unseal_opens_under_every_key_and_seal_uses_the_first(settings: object) -> None:
    settings.SEALING_KEYS = [OLD]  # type: ignore[attr-defined]
    before = seal("prima", purpose="x")

    settings.SEALING_KEYS = [NEW, OLD]  # type: ignore[attr-defined]
    after = seal("dopo", purpose="x")

    assert unseal(before, purpose="x") == "prima"
    settings.SEALING_KEYS = [NEW]  # type: ignore[attr-defined]
    assert unseal(after, purpose="x") == "dopo"
    with pytest.raises(Unreadable):
        unseal(before, purpose="x")


@pytest.mark.parametrize("keys", [[], [""], ["short"], [base64.b64encode(b"x" * 31).decode()], ["à" * 44]])
def test_seal_refuses_a_wrong_key(settings: object, keys: list[str]) -> None:
    settings.SEALING_KEYS = keys  # type: ignore[attr-defined]

    with pytest.raises(ImproperlyConfigured):
        seal("x", purpose="x")
