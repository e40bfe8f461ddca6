"""docs/configure.md says what .env.example says."""

import re

from checks.settings_page import EXAMPLE, PAGE, page


def test_the_page_of_settings_is_written_from_the_example() -> None:
    assert PAGE.read_text() == page(), "run python -m checks.settings_page"


def test_every_setting_is_on_the_page_with_words() -> None:
    names = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]*)=", EXAMPLE.read_text(), flags=re.MULTILINE)

    assert len(names) > 50
    for name in names:
        assert re.search(rf"^- \*\*`{name}`\*\* .+  \n  \S", page(), flags=re.MULTILINE), (
            f"{name} has no words"
        )
