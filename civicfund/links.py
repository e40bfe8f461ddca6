"""Links that let in whoever holds them: only a digest is kept, so nobody who reads the database can use one."""

import hashlib
import secrets
from typing import NamedTuple


class Link(NamedTuple):
    """What is written into a mail once, and what is kept of it."""

    token: str
    digest: str


def new_link() -> Link:
    """Return a link nobody can guess."""
    token = secrets.token_urlsafe(32)
    return Link(token, digest_of(token))


def digest_of(token: str) -> str:
    """Return what is kept of a link."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
