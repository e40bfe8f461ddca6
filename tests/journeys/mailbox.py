"""Read the mails the platform has sent; its mail server is a folder."""

import email
import email.policy
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.waiting import until

#: Django's file backend ends each mail with this line.
END_OF_MAIL = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Letter:
    """One mail that has been sent."""

    to: str
    subject: str
    body: str


def letters(folder: Path, to: str = "") -> list[Letter]:
    """Return the mails sent to one address, or all of them, in no particular order."""
    found = [
        _letter(raw) for path in sorted(folder.glob("*.log")) for raw in path.read_bytes().split(END_OF_MAIL)
    ]
    return [letter for letter in found if letter.to and to in ("", letter.to)]


def wait_for_letter(folder: Path, to: str, word: str, seconds: float = 40) -> Letter:
    """Return the first mail to an address that has a word or a part of a link in its body."""
    return until(
        lambda: next((letter for letter in letters(folder, to) if word in letter.body), None),
        f"a mail to {to} with {word}",
        seconds,
    )


def _letter(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw.lstrip(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return Letter(str(message["To"] or ""), str(message["Subject"] or ""), body.get_content() if body else "")
