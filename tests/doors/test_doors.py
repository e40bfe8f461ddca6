"""Every address and method of the site, asked by everybody who may come by: each answers as the table says.

What officers see and do at the desk, address by address and step by step, is asked in tests/matching/test_roles.py; here the
desk only refuses citizens. Pages are not drawn, which tests/test_pages.py does: what is asked here is who gets in.
"""

import logging
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.conf import settings as site
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.doors.table import METHODS, RARE, Answers, addresses, read_table, row_of
from tests.doors.town import CITIZENS, Town, browsers, people
from tests.matching.test_roles import OTHERS, address_of, desk_addresses
from tests.passwords import quick_passwords

__all__ = ["quick_passwords"]

TABLE = read_table()
DESK = f"{site.ADMIN_PATH}/"
PUBLIC = sorted({pattern for pattern in addresses() if not pattern.startswith(DESK)})
#: What HTTP knows and no view asks for; PATCH and the rest are refused by the same line of code.
NEVER = ("PATCH", "TRACE")


def test_the_table_has_a_row_for_every_address_and_for_nothing_else() -> None:
    named = {pattern for _method, pattern in TABLE}

    assert {method for method, _pattern in TABLE} <= set(METHODS)
    assert named - set(PUBLIC) == set(), "the table names what is not there"
    assert [(m, p) for p in PUBLIC for m in METHODS if m not in RARE and (m, p) not in TABLE] == []


def test_every_address_answers_everybody_as_the_table_says(
    stripe: str, officer: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cast = people()
    town = Town(cast, officer)
    visitors = browsers(cast)
    monkeypatch.setattr(Template, "render", lambda *_args, **_kwargs: "")
    # Thousands of refusals, each with its request: nobody reads them, and they fill the memory.
    monkeypatch.setattr(logging.getLogger("django"), "disabled", True)
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)

    wrong = [*faults(town, visitors), *methods_taken(town, visitors), *desk_doors(visitors)]

    assert wrong == [], "\n".join(wrong)


def faults(town: Town, visitors: dict[str, Client]) -> Iterator[str]:
    """Ask every address by every method as everybody, and yield what the table says otherwise."""
    for pattern in PUBLIC:
        address = town.address_of(pattern)
        for method in METHODS:
            meant = TABLE.get((method, pattern))
            if meant is None and method in RARE:
                continue
            got: Answers = {who: ask(client, method, address) for who, client in visitors.items()}
            if got != meant:
                said = row_of(meant) if meant else "nothing"
                yield f"{method} {pattern}: {row_of(got)}, the table says {said}"


def methods_taken(town: Town, visitors: dict[str, Client]) -> Iterator[str]:
    """Yield the addresses that take a method they should not know, from nobody or from somebody with rights."""
    for pattern in PUBLIC:
        for method in (*RARE, *NEVER):
            if (method, pattern) in TABLE:
                continue
            for who in ("nobody", "promoter"):
                answer = ask(visitors[who], method, town.address_of(pattern))
                if answer != "405":
                    yield f"{method} {pattern} for {who}: {answer}, not 405"


def desk_doors(visitors: dict[str, Client]) -> Iterator[str]:
    """Yield the addresses of the desk that do anything but lead a citizen to the door."""
    for name in desk_addresses():
        if name in OTHERS | {"login", "app_list", "jsi18n"}:
            continue
        for who in CITIZENS:
            for method in ("GET", "POST"):
                answer = ask(visitors[who], method, address_of(name))
                if answer != "login":
                    yield f"{method} {name} for {who}: {answer}"


def ask(client: Client, method: str, address: str) -> str:
    """Return how an address answers: the status, or "login" when it leads there; what was done is undone."""
    kept = {name: morsel.value for name, morsel in client.cookies.items()}
    cache.clear()
    with transaction.atomic():
        answer: HttpResponse = client.generic(
            method, address, content_type="application/x-www-form-urlencoded"
        )
        transaction.set_rollback(True)
    if answer.streaming:
        # Read to its end, a file is closed.
        b"".join(answer.streaming_content)
    client.cookies = SimpleCookie(kept)
    to = answer.get("Location", "")
    doors = (reverse("account_login"), reverse("admin:login"))
    return "login" if answer.status_code == 302 and to.startswith(doors) else str(answer.status_code)
