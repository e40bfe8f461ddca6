"""The visitors of the journeys notice what is wrong, so that their silence means something."""

import re
from collections.abc import Callable

import pytest

from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

#: What is done to a sound page, and the words in which a visitor has to complain.
WRONGS = [
    ("console.error('the oven is cold')", "the oven is cold"),
    ("setTimeout(() => { throw new Error('no flour') })", "no flour"),
    ("document.body.setAttribute('style', 'color: red')", "policy broken: style-src"),
    (
        "document.body.append(Object.assign(new Image(), {src: 'http://example.org/a.png', alt: ''}))",
        "img-src",
    ),
    ("document.querySelector('main').append(new Image())", "axe image-alt"),
]


@pytest.mark.parametrize(("wrong", "complaint"), WRONGS)
def test_visitor_complains(visit: Callable[..., Visitor], wrong: str, complaint: str) -> None:
    visitor = visit()
    visitor.go("/privacy/")
    visitor.check_access()
    assert visitor.faults == []
    visitor.page.evaluate(f"() => {{ {wrong} }}")
    visitor.check_access()
    found, visitor.faults[:] = "\n".join(visitor.faults), []
    assert complaint in found


def test_visitor_complains_of_a_page_that_scrolls_sideways(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    wide = "<!doctype html><title>x</title><body><p style='width: 900px'>Farina"
    visitor.page.route("**/privacy/", lambda route: route.fulfill(body=wide, content_type="text/html"))
    visitor.go("/privacy/")
    visitor.page.wait_for_function("window.sidewaysChecked")
    found, visitor.faults[:] = "\n".join(visitor.faults), []
    assert "scrolls sideways" in found


def test_visitor_complains_of_a_request_that_leaves_this_machine(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    page = "<!doctype html><title>x</title><link rel=icon href=data:,><img src=http://example.org/a.png>"
    visitor.page.route("**/privacy/", lambda route: route.fulfill(body=page, content_type="text/html"))
    visitor.go("/privacy/")
    found, visitor.faults[:] = "\n".join(visitor.faults), []
    # Over HTTPS the browser itself asks for the picture by HTTPS.
    assert re.search("leaves this machine: https?://example.org/a.png", found)
