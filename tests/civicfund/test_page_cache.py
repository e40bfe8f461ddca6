"""A page that everybody sees the same is made once for some seconds; nothing in it belongs to another visitor."""

import re
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from campaigns.models import Campaign
from civicfund import page_cache
from civicfund.page_cache import GIVER, Page, Shelf, shelf
from donations import proof
from donations.models import Donation
from tests.factories import give

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


@pytest.fixture(autouse=True)
def kept(settings: Settings) -> Iterator[None]:
    """Keep pages for five seconds, and none of another test."""
    settings.PAGE_CACHE_SECONDS = 5
    shelf.clear()
    yield
    shelf.clear()


def asked(client: Client, path: str, **headers: str) -> tuple[HttpResponse, int]:
    """Open a page and return how many questions it asked."""
    with CaptureQueriesContext(connection) as questions:
        response = client.get(path, **headers)
    assert response.status_code == 200
    return response, len(questions)


def at(monkeypatch: pytest.MonkeyPatch, *, later: float) -> None:
    """Let seconds pass for the shelf."""
    now = page_cache.time.monotonic() + later
    monkeypatch.setattr(page_cache.time, "monotonic", lambda: now)


def test_every_page_of_the_list_has_an_address() -> None:
    for name in page_cache.PAGES:
        with_slug = {"slug": "un-forno"} if name.startswith(("campaigns:campaign_", "calls:call_d")) else {}
        with_slug = {} if name in ("campaigns:campaign_list", "campaigns:campaign_feed") else with_slug
        number = {"number": 1} if name == "campaigns:campaign_update" else {}
        assert reverse(name, kwargs=with_slug | number)


def test_page_is_made_once_for_two_visitors(campaign: Campaign) -> None:
    first, made = asked(Client(), campaign.get_absolute_url())
    second, kept = asked(Client(), campaign.get_absolute_url())

    assert (made > 0, kept) == (True, 0)
    assert TOKEN.sub("", first.content.decode()) == TOKEN.sub("", second.content.decode())
    for name in ("Content-Security-Policy", "X-Frame-Options", "Content-Type", "Content-Length", "Vary"):
        assert first[name] == second[name], name
    assert first["Cache-Control"] == second["Cache-Control"] == "private"
    assert {"Cookie", "Accept-Language"} <= set(second["Vary"].split(", "))


def test_kept_page_holds_no_token_and_each_visitor_gets_one_that_works(campaign: Campaign) -> None:
    visitors = [Client(enforce_csrf_checks=True) for _ in range(3)]
    tokens = [set(TOKEN.findall(asked(one, "/")[0].content.decode())) for one in visitors]

    assert all(tokens)
    assert not tokens[0] & tokens[1]
    assert not tokens[1] & tokens[2]
    for one, other in ((visitors[1], tokens[1]), (visitors[2], tokens[2])):
        sent = {"csrfmiddlewaretoken": next(iter(other)), "language": "en", "next": "/"}
        assert one.post("/i18n/setlang/", sent).status_code == 302
    stolen = {"csrfmiddlewaretoken": next(iter(tokens[1])), "language": "en", "next": "/"}
    assert visitors[0].post("/i18n/setlang/", stolen).status_code == 403
    [page] = [one for one in shelf._pages.values() if one.gaps]
    assert not any(token.encode() in piece for token in set.union(*tokens) for piece in page.pieces)
    assert "Set-Cookie" not in page.headers
    assert "X-Request-ID" not in page.headers


def test_nonce_of_a_kept_page_belongs_to_one_answer(rf: RequestFactory) -> None:
    class First:
        _csp_nonce = "abc+/=="

    response = HttpResponse('<script nonce="abc+/==">1</script>')
    page = page_cache._kept(First(), response, 0.0)  # type: ignore[arg-type]

    assert page is not None
    assert page.gaps == ["nonce"]
    for nonce in ("one", "two"):
        request = rf.get("/")
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        assert page.answer(request).content.decode() == f'<script nonce="{nonce}">1</script>'


def test_page_with_a_token_elsewhere_is_not_kept() -> None:
    class First:
        _csp_nonce = None

    response = HttpResponse("<body data-csrf='x'>")
    assert page_cache._kept(First(), response, 0.0) is None  # type: ignore[arg-type]


def test_languages_and_addresses_have_pages_of_their_own(campaign: Campaign) -> None:
    italian, _made = asked(Client(), "/", headers={"accept-language": "it"})
    english, made = asked(Client(), "/", headers={"accept-language": "en"})
    named, also_made = asked(Client(), "/?lingua=en", headers={"accept-language": "it"})
    again, kept = asked(Client(), "/", headers={"accept-language": "en"})

    assert made
    assert also_made
    assert not kept
    assert 'lang="it"' in italian.content.decode()
    assert all('<html lang="en"' in one.content.decode() for one in (english, named, again))


def test_people_who_are_signed_in_never_get_or_leave_a_kept_page(campaign: Campaign, donor: User) -> None:
    signed_in = Client()
    signed_in.force_login(donor)

    asked(signed_in, "/")
    anybodys, made = asked(Client(), "/")
    again, made_again = asked(signed_in, "/")

    assert donor.email in again.content.decode() or donor.full_name in again.content.decode()
    assert donor.full_name not in anybodys.content.decode()
    assert made
    assert made_again
    assert len(shelf._pages) == 1


def test_who_has_a_message_waiting_gets_a_page_of_their_own(campaign: Campaign) -> None:
    asked(Client(), "/")
    told = Client()
    told.cookies["messages"] = "something"

    assert asked(told, "/")[1]
    assert len(shelf._pages) == 1


def test_who_gives_sees_the_gift_at_once_and_others_within_five_seconds(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    giver, other = Client(), Client()
    before = asked(other, campaign.get_absolute_url())[0].content
    gift: Donation = give(campaign=campaign, amount_cents=123_400)
    giver.get(reverse("donations:donation_status", args=[gift.access_token]))

    assert giver.cookies[GIVER]["httponly"]
    assert "1.234" in asked(giver, campaign.get_absolute_url())[0].content.decode()
    assert TOKEN.sub("", asked(other, campaign.get_absolute_url())[0].content.decode()) == TOKEN.sub(
        "", before.decode()
    )
    at(monkeypatch, later=5)
    assert "1.234" in asked(other, campaign.get_absolute_url())[0].content.decode()


def test_giving_begins_with_pages_made_anew(campaign: Campaign) -> None:
    giver = Client()
    fields = {"amount_choice": "2000", "email": "ada@example.org", "name": "Ada", "form_token": uuid.uuid4()}
    fields["stamp"] = proof.stamp(timezone.now() - timedelta(minutes=1))
    answer = giver.post(reverse("donations:donate", args=[campaign.slug]), fields)

    assert answer.status_code == 302
    assert answer.cookies[GIVER]["max-age"] == page_cache.GIVER_SECONDS


def test_figures_of_a_page_say_of_when_they_are(campaign: Campaign) -> None:
    for path in ("/", campaign.get_absolute_url(), campaign.call.get_absolute_url()):
        assert re.search(r"Dati delle \d\d:\d\d:\d\d", asked(Client(), path)[0].content.decode()), path


def test_pages_with_forms_and_pages_that_fail_are_not_kept(campaign: Campaign) -> None:
    Client().get(reverse("donations:donate", args=[campaign.slug]))
    Client().get("/progetti/non-esiste/")
    Client().head("/")

    assert not shelf._pages


def page(made_at: float, size: int = 1) -> Page:
    return Page([b"x"], [], {}, {}, made_at, size)


def test_shelf_lets_one_renew_while_others_read_the_old_page() -> None:
    pages = Shelf()
    pages.put("/", page(0.0))

    assert pages.take("/", 2.9, 5) == page(0.0)
    taken = []
    threads = [threading.Thread(target=lambda: taken.append(pages.take("/", 3.1, 5))) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert taken.count(None) == 1
    assert pages.take("/", 5.0, 5) is None


def test_shelf_has_room_for_so_much_and_no_more() -> None:
    pages = Shelf(room=10)
    for number in range(4):
        pages.put(number, page(0.0, size=4))
        pages.take(0, 0.0, 5)

    assert pages.take(0, 0.0, 5)
    assert pages.take(1, 0.0, 5) is None
    assert pages.take(3, 0.0, 5)
