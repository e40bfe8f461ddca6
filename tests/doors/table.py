"""The table of answers: for each address and method what everybody who may come by is answered."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLResolver, get_resolver

from tests.doors.town import CITIZENS, STAFF

FILE = Path(__file__).with_name("answers.txt")
#: The address without a word.
FIRST_PAGE = "(first page)"
#: Every method that has rows of its own; all others are refused, whoever asks.
METHODS = ("GET", "POST", "PUT", "DELETE", "OPTIONS")
#: The methods whose rows are few: what is not in the table for them is answered 405.
RARE = ("PUT", "DELETE", "OPTIONS")
PLACE = re.compile(r"<\w+:(\w+)>|\(\?P<(\w+)>(?:\[[^]]*\]\+|\.\+|campaigns/\.\+)\)")

Answers = dict[str, str]


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """Yield the pattern of every address of the site, like `progetti/<slug>/dona/`."""
    for one in (resolver or get_resolver()).url_patterns:
        text = before + PLACE.sub(lambda found: f"<{found[1] or found[2]}>", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from addresses(one, text)
        else:
            yield re.sub(r"[\^$]", "", text)


def read_table() -> dict[tuple[str, str], Answers]:
    """Return the answers by method and pattern. Raise ValueError for a row that stands twice or is not to be read."""
    table: dict[tuple[str, str], Answers] = {}
    method, answers = "", {}
    for line in FILE.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            method, *words = line.split()
            answers = _answers_of(words)
        else:
            pattern = line.strip().replace(FIRST_PAGE, "")
            if (method, pattern) in table:
                raise ValueError(f"{method} {pattern} stands twice")
            table[method, pattern] = answers
    return table


def _answers_of(words: list[str]) -> Answers:
    """Read "login 404 404 200 404 PA=200": the citizens, the staff, and the roles that are answered otherwise."""
    plain = [word for word in words if "=" not in word]
    if len(plain) == 1:
        plain *= len(CITIZENS) + 1
    *citizens, staff = plain
    answers = dict(zip(CITIZENS, citizens, strict=True)) | dict.fromkeys(STAFF, staff)
    for letters, _sign, answer in (word.partition("=") for word in words if "=" in word):
        answers |= dict.fromkeys(letters, answer)
    return answers


def row_of(answers: Answers) -> str:
    """Write answers as the table does, for the message about an address that is not in it."""
    staff = Counter(answers[letter] for letter in STAFF).most_common(1)[0][0]
    words = [*(answers[name] for name in CITIZENS), staff]
    others: dict[str, str] = {}
    for letter in STAFF:
        if answers[letter] != staff:
            others[answers[letter]] = others.get(answers[letter], "") + letter
    plain = words[:1] if len(set(words)) == 1 else words
    return " ".join([*plain, *(f"{letters}={answer}" for answer, letters in others.items())])
