"""What donors read on their bank statement: Stripe's rules for it, kept whatever a campaign is called.

5 to 22 Latin characters in all, prefix and separator included, at least one letter, none of < > \\ ' " *.
Source: Stripe's rules for statement descriptors.
"""

import re
import unicodedata

LONGEST = 22
#: Stripe puts it between the prefix and the suffix.
SEPARATOR = "* "
#: What stands for a title of which no letter can be printed.
FALLBACK = "GIFT"


def suffix(title: str, prefix: str) -> str:
    """Return the part of the statement that names the campaign: plain capitals that fit beside the prefix."""
    room = LONGEST - len(prefix) - len(SEPARATOR)
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9.\-]+", " ", plain).upper().split()
    text = " ".join(words)[:room].strip(" .-")
    return text if re.search(r"[A-Z]", text) else FALLBACK[:room]


def is_prefix(text: str) -> bool:
    """Say whether a text can be the platform's part: 2 to 10 capitals, digits and spaces, at least one letter."""
    return bool(re.fullmatch(r"[A-Z0-9][A-Z0-9 ]{0,8}[A-Z0-9]", text) and re.search(r"[A-Z]", text))
