"""Text that the database keeps and cannot read: AES-GCM under keys that live in the environment alone."""

import base64
import binascii
import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
NONCE_BYTES = 12
#: How many bytes of a key's digest stand before what it sealed, to find the key again.
NAME_BYTES = 4


class Unreadable(Exception):
    """Say that no key of today opens a sealed text, or that it was changed or moved."""


def seal(text: str, *, purpose: str) -> bytes:
    """Encrypt a text under the first key; `purpose` names its place, and it opens nowhere else.

    Raise ImproperlyConfigured when the environment gives no key.
    """
    key = sealing_keys()[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    return _name(key) + nonce + AESGCM(key).encrypt(nonce, text.encode(), purpose.encode())


def unseal(sealed: bytes | memoryview, *, purpose: str) -> str:
    """Return the text, whichever of the keys has sealed it. Raise Unreadable."""
    sealed = bytes(sealed)
    name, rest = sealed[:NAME_BYTES], sealed[NAME_BYTES:]
    for key in sealing_keys():
        if _name(key) == name:
            try:
                text = AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], purpose.encode())
            except InvalidTag as error:
                raise Unreadable(purpose) from error
            return text.decode()
    raise Unreadable(purpose)


def is_under_newest(sealed: bytes | memoryview) -> bool:
    """Say whether a sealed text was sealed with the key that seals now."""
    return bytes(sealed)[:NAME_BYTES] == _name(sealing_keys()[0])


def seal_anew(sealed: bytes | memoryview, *, purpose: str) -> bytes:
    """Return a sealed text under the first key. Raise Unreadable when no key of today opens it."""
    return seal(unseal(sealed, purpose=purpose), purpose=purpose)


def sealing_keys() -> list[bytes]:
    """Return the keys of the environment, the one that seals first. Raise ImproperlyConfigured."""
    keys = [_read(word) for word in settings.SEALING_KEYS]
    if not keys:
        raise ImproperlyConfigured("SEALING_KEYS is empty: bank accounts cannot be kept")
    return keys


def _read(word: str) -> bytes:
    """Return a key from its base64 form."""
    try:
        key = base64.b64decode(word, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"each of SEALING_KEYS is {KEY_BYTES} bytes in base64")
    return key


def _name(key: bytes) -> bytes:
    """Return what tells one key from another without giving it away."""
    return hashlib.sha256(b"name of a sealing key" + key).digest()[:NAME_BYTES]
