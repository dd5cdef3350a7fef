"""Fixtures of the browser stories: a Chromium for the session and a fresh page for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.chromium import find_chromium, launch_arguments, skips_browser

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
