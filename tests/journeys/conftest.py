"""What every journey stands on: the running platform, Chromium, and visitors who keep what went wrong."""

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from demo.chromium import HOW, find_chromium
from demo.prepare import build_front_end
from tests.journeys.browser import Visitor, launch
from tests.journeys.front import ABSENT, find_nginx
from tests.journeys.running import ROOT, Running, running

KEPT = ROOT / "var" / "test" / "journeys"
#: With JOURNEYS=production people and Stripe reach the platform through nginx and HTTPS, as a city's do.
BEHIND_NGINX = os.environ.get("JOURNEYS") == "production"
#: What is about the proxy itself belongs to that run.
collect_ignore = [] if BEHIND_NGINX else ["test_front.py"]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the journeys at the end, so that the platform does not run beside the other tests."""
    items.sort(key=lambda item: item.get_closest_marker("journey") is not None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tell the fixtures whether the test has failed."""
    outcome = yield
    if outcome.get_result().failed:
        item.stash[FAILED] = True


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Run the whole platform once; its clock only goes forward, so a journey counts from the platform's time."""
    if not (ROOT / "static" / "dist" / "app.css").exists():
        build_front_end()
    if BEHIND_NGINX and not find_nginx():
        pytest.fail(ABSENT)
    folder = tmp_path_factory.mktemp("platform")
    urls = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    with running(folder, *urls, has_front=BEHIND_NGINX) as platform, pytest.MonkeyPatch.context() as patch:
        if platform.front:
            patch.setenv("SSL_CERT_FILE", str(platform.front.certificate))
        yield platform


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium; without one the journeys fail and say how to get it."""
    program = find_chromium()
    if program is None:
        pytest.fail(HOW)
    with sync_playwright() as playwright:
        browser = launch(playwright, program)
        yield browser
        browser.close()


@pytest.fixture
def visit(
    request: pytest.FixtureRequest, platform: Running, browser: Browser
) -> Iterator[Callable[..., Visitor]]:
    """Return a function that brings in a visitor; when all have left, none may have met a fault."""
    visitors: list[Visitor] = []
    name = re.sub(r"\W+", "-", request.node.name)
    for earlier in KEPT.glob(f"{name}-*"):
        earlier.unlink()

    def come(**manner: bool) -> Visitor:
        visitors.append(Visitor(browser, platform.site, **manner))
        return visitors[-1]

    yield come
    faults = [fault for visitor in visitors for fault in visitor.faults]
    if faults or request.node.stash.get(FAILED, False):
        for number, visitor in enumerate(visitors, 1):
            visitor.keep(KEPT / f"{name}-{number}")
    for visitor in visitors:
        visitor.context.close()
    assert not faults, "\n".join(dict.fromkeys(faults))
