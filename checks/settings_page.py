"""Write docs/configure.md from .env.example, so that both say the same: `python -m checks.settings_page`."""

import re

from checks.architecture import ROOT

PAGE = ROOT / "docs" / "configure.md"
EXAMPLE = ROOT / ".env.example"
HEAD = """# Every setting

This page is written from `.env.example` by `python -m checks.settings_page`; change it there.

A city's values stand in `.env` beside `docker-compose.yml`, or in the environment of the processes, which goes before the
file. A value in italics is what holds when nothing is set; **yours** means that a city writes its own.

## What is refused

Every process looks at the settings before it does anything: web, worker, clock, and each `manage.py` command. What cannot
work stops it, with all faults at once and a sentence for each:

```
Misconfigured: 3 things in the settings must be put right before CivicFund starts; docs/configure.md explains each.
  - SITE_URL begins with https:// when SECURE is true; only a local trial sets SECURE=false.
  - SEALING_KEYS key number 1 is not 32 bytes in base64.
  - EMAIL_URL is empty: no receipt would leave; like smtp://person:password@host:587/?tls=true.
```

No value that holds a secret is repeated there. What starts and is hardly meant (a test key of Stripe's, the example's
addresses, mail that stays on the machine) is a warning in the log of the web server, at each migration, and in
`manage.py check`. The rules stand in `civicfund/configuration/`, each with its test in
`tests/civicfund/test_configuration.py`. After a change: `docker compose up --detach`.
"""
SECTION = re.compile(r"# --- (.+?) -+$")
SETTING = re.compile(r"(# )?([A-Z][A-Z0-9_]*)=(.*)$")


def page() -> str:
    """Return the whole page."""
    lines, words, last = [HEAD], [], ""
    for line in EXAMPLE.read_text().splitlines():
        if section := SECTION.match(line):
            lines.append(f"\n## {section[1]}\n")
            # Settings without words of their own are what their section is about.
            words, last = [], f"{section[1]}."
        elif setting := SETTING.match(line):
            lines.append(f"- **`{setting[2]}`** {_usual(*setting.groups())}  ")
            lines.append(f"  {' '.join(words) or last}")
            words, last = [], "As above."
        elif line.startswith("# ") and len(lines) > 1:
            words.append(_plain(line[2:]))
    return "\n".join(lines).rstrip() + "\n"


def _usual(is_comment: str | None, _name: str, value: str) -> str:
    """Say what holds when nothing is set, or give an example."""
    if is_comment:
        return f"*{_code(value)}*" if value else "*nothing*"
    return f"**yours**, like {_code(value)}" if value else "**yours**"


def _code(value: str) -> str:
    return f"`{value}`"


def _plain(words: str) -> str:
    """Keep a command of the file's comments from being read as markup."""
    return re.sub(r"(python -c .+|<SITE_URL>\S*|smtp://\S+)", r"`\1`", words)


if __name__ == "__main__":
    PAGE.write_text(page())
