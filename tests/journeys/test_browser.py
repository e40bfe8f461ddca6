"""The visitors of the journeys notice what is wrong, so that their silence means something."""

from collections.abc import Callable

import pytest

from tests.journeys.browser import Visitor

pytestmark = pytest.mark.journey

#: What is done to a sound page, and the words in which a visitor has to complain.
WRONGS = [
    ("one => console.error('oven is cold')", "oven is cold"),
    ("one => setTimeout(() => { throw new Error('no flour') })", "no flour"),
    ("one => one.setAttribute('style', 'color: red')", "policy broken: style-src"),
    ("one => { one.innerHTML += '<script>1</script><img src=\\"http://example.org/a.png\\">' }", "img-src"),
    ("one => { one.innerHTML += '<img src=\\"/static/img/favicon.svg\\">' }", "axe image-alt"),
]


@pytest.mark.parametrize(("wrong", "complaint"), WRONGS)
def test_visitor_complains(visit: Callable[..., Visitor], wrong: str, complaint: str) -> None:
    visitor = visit()
    visitor.go("/privacy/")
    visitor.check_access()
    assert visitor.faults == []
    visitor.page.locator("main").evaluate(wrong)
    visitor.check_access()
    found, visitor.faults[:] = "\n".join(visitor.faults), []
    assert complaint in found


def test_visitor_complains_of_a_page_that_scrolls_sideways(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    wide = "<!doctype html><title>x</title><body><table><tr><td width=900>Farina</table>"
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
    assert "leaves this machine: http://example.org/a.png" in found
