"""What the documents name is there, and each of them is found from the first page."""

import re
from pathlib import Path

import pytest

from checks.architecture import ROOT

DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG")),
]
OURS = "civicfund|accounts|calls|vetting|campaigns|ledger|donations|matching|tests|checks|docs|deploy|demo|benchmarks"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_and_names_is_there(page: Path) -> None:
    text = page.read_text()
    links = {page.parent / link for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)}
    named = {ROOT / path for path in re.findall(rf"`((?:{OURS}|templates|frontend)/[\w./-]+\.\w+)", text)}

    assert [str(path) for path in links | named if not path.exists()] == []


def test_every_page_is_found_from_the_first() -> None:
    found, todo = set(), [ROOT / "README.md", DOCS / "README.md"]
    while todo:
        page = todo.pop()
        if page not in found and page.suffix == ".md" and page.exists():
            found.add(page)
            links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text())
            todo += [(page.parent / link).resolve() for link in links]

    assert set(DOCS.glob("*.md")) <= found


def test_every_command_a_page_names_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make ([a-z-]+)", page.read_text())}

    assert "demo" in named
    assert named <= targets
