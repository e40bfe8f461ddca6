"""What the form of a gift carries against machines: when it was shown, and a puzzle that costs a moment of work.

A puzzle is a number to be found: SHA-256 of "challenge:number" begins with so many zero bits. A browser finds it in a
second or two, the server checks it with one digest, and nobody else takes part. All instants are aware.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core import signing

STAMP = signing.Signer(salt="gift-form")
PUZZLE = signing.Signer(salt="gift-puzzle")
#: For how long a puzzle may be handed in.
PUZZLE_LASTS = timedelta(hours=2)
LONGEST_SOLUTION = 20


def stamp(now: datetime) -> str:
    """Return the signed instant at which a form is shown."""
    return STAMP.sign(str(int(now.timestamp())))


def age_seconds(text: str, now: datetime) -> int | None:
    """Return how long ago a form was shown, in seconds; None when its stamp is missing or not ours."""
    try:
        return int(now.timestamp()) - int(STAMP.unsign(text))
    except (signing.BadSignature, ValueError):
        return None


def new_puzzle(bits: int, now: datetime) -> str:
    """Return a signed challenge that nobody has had before."""
    return PUZZLE.sign(f"{secrets.token_urlsafe(16)}.{bits}.{int(now.timestamp())}")


def is_solved(challenge: str, solution: str, now: datetime) -> bool:
    """Say whether a challenge is ours, not too old, and solved; that it serves once is counted elsewhere."""
    try:
        _nonce, bits, asked_at = PUZZLE.unsign(challenge).split(".")
    except (signing.BadSignature, ValueError):
        return False
    if not solution.isdigit() or len(solution) > LONGEST_SOLUTION:
        return False
    if now.timestamp() - int(asked_at) >= PUZZLE_LASTS.total_seconds():
        return False
    found = digest(f"{challenge}:{solution}")
    return int.from_bytes(found) >> (len(found) * 8 - int(bits)) == 0


def digest(text: str) -> bytes:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).digest()
