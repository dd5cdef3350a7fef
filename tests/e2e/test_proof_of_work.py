"""Signing by e-mail in a browser that solves ALTCHA's challenge, and in one that cannot."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import delete, select
from werkzeug.serving import make_server

from app.extensions import db
from app.petitions.models import SignatureRequest
from app.petitions.rules.email import FORMS_WITHOUT
from app.petitions.services.email_signing import Wish, request_signature
from app.platform.transaction import transaction
from tests.e2e.visitors import Visitor
from tests.petitions.kit import found_town, open_petition

FORM = "/petitions/library/sign"
VISITOR = "wanderer@elsewhere.example"
PHONE = 320
DONE = "Checked: this is not a flood of forms"


@dataclass(frozen=True)
class Town:
    """A served application in which the limit without a proof-of-work is used up."""

    app: Flask
    url: str

    def mails(self) -> int:
        """How many links the outbox has sent to the visitor."""
        letters = (self.app.config["DATA_DIR"] / "mail").glob("*.eml")
        return sum(f"To: {VISITOR}" in letter.read_text("utf-8") for letter in letters)

    def proofs(self) -> int:
        """How many forms have come with a proof-of-work."""
        with self.app.app_context():
            wanted = select(SignatureRequest.id).where(SignatureRequest.challenge.is_not(None))
            return len(db.session.scalars(wanted).all())


@pytest.fixture
def town(app: Flask) -> Iterator[Town]:
    with app.app_context():
        found_town()
        open_petition()
        for number in range(FORMS_WITHOUT):
            wish = Wish("Sora Kim", "10123", f"signer{number}@example.org", "en")
            request_signature("library", wish, "127.0.0.0/24")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Town(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()


def fill_in(page: Page) -> None:
    page.get_by_label("Your name").fill("Wan Der")
    page.get_by_label("Postcode").fill("10123")
    page.get_by_label("E-mail address").fill(VISITOR)


def press(page: Page) -> None:
    page.get_by_role("button", name="Send me the link").click()


def test_the_browser_solves_while_the_form_is_filled_in(browser: Browser, town: Town) -> None:
    with Visitor(browser, town.url, PHONE) as stranger:
        stranger.open(FORM)
        page = stranger.page
        expect(page.get_by_text("your browser solves a small task")).to_be_visible()
        fill_in(page)
        expect(page.get_by_role("status").get_by_text(DONE)).to_be_visible()
        press(page)
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        assert (town.mails(), town.proofs()) == (1, 1)
        # Back at the form, what has been used is not sent again.
        page.go_back()
        page.get_by_label("Your name").fill("Wan Der")
        press(page)
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        assert (town.mails(), town.proofs()) == (2, 2)
        assert stranger.is_within_width()
        assert stranger.complaints == []
        assert stranger.foreign_requests() == []


def test_a_form_that_is_sent_at_once_waits_for_the_solution(browser: Browser, town: Town) -> None:
    with Visitor(browser, town.url) as stranger:
        page = stranger.page
        # The answer comes after the button.
        page.route("**/challenge", lambda route: (page.wait_for_timeout(500), route.continue_()))
        stranger.open(FORM)
        fill_in(page)
        press(page)
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        assert (town.mails(), town.proofs()) == (1, 1)
        assert stranger.complaints == []


def test_where_the_check_fails_the_form_goes_without(browser: Browser, town: Town) -> None:
    with Visitor(browser, town.url) as stranger:
        page = stranger.page
        page.route("**/challenge", lambda route: route.fulfill(status=204))
        stranger.open(FORM)
        fill_in(page)
        expect(page.get_by_text("The check did not work.")).to_be_visible()
        page.unroute("**/challenge")
        press(page)
        expect(page.get_by_text("Your form came without the check against floods.")).to_be_visible()
        # The form stands there as it was filled in, and this time the check works.
        press(page)
        expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        assert (town.mails(), town.proofs()) == (1, 1)


def test_without_scripts_the_form_works_and_says_what_is_different(browser: Browser, town: Town) -> None:
    with town.app.app_context(), transaction():
        db.session.execute(delete(SignatureRequest))
    context = browser.new_context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto(town.url + FORM)
    # Finding by text leaves out what stands in a noscript element.
    said = page.locator("noscript p")
    expect(said).to_be_visible()
    expect(said).to_contain_text("fewer forms are taken from one network")
    expect(page.get_by_text("your browser solves a small task")).to_be_hidden()
    fill_in(page)
    press(page)
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    assert (town.mails(), town.proofs()) == (1, 0)
    context.close()
