"""Fixtures of the browser stories: a Chromium, a fresh page for each test, a served demo town."""

import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.chromium import find_chromium, launch_arguments, skips_browser
from tests.e2e.service import POSTGRESQL, Service, free_port, seed_service
from tests.e2e.wiretap import Wiretap

HERE = Path(__file__).resolve().parent
TIMEOUT_MS = 15_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser story."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; skips the story where SKIP_BROWSER is set or none is installed."""
    if skips_browser():
        pytest.skip("SKIP_BROWSER is set")
    executable = find_chromium()
    if executable is None:
        pytest.skip("no Chromium was found (python -m tests.e2e.chromium says how to get one)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=launch_arguments())
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of its own, in English, with short waits."""
    fresh = browser.new_context(
        locale="en-GB", accept_downloads=True, viewport={"width": 1280, "height": 900}
    )
    fresh.set_default_timeout(TIMEOUT_MS)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of the profile."""
    return context.new_page()


@pytest.fixture(scope="session")
def settle(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Service]:
    """Makes a small demo town in a folder, not running yet.

    SQLite's is a copy of one that is seeded once for all processes of the test run.
    """
    if POSTGRESQL:
        return seed_service
    folder = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder = folder.parent
    original = folder / "seeded-town"
    with (folder / "seeded-town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        town = Service(original, free_port()) if original.exists() else seed_service(original)
    return town.copy_to


@pytest.fixture(scope="module")
def town(settle: Callable[[Path], Service], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A demo town of the module's own, served by the real processes."""
    service = settle(tmp_path_factory.mktemp("town") / "data")
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def wire(town: Service) -> Iterator[Wiretap]:
    """The town seen through a wire that keeps every byte that browsers send."""
    tap = Wiretap(town.port)
    yield tap
    tap.close()
