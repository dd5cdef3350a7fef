"""One window: a citizen asks, the request is passed on, takes more time, and is answered; in browsers."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.service import Service
from tests.e2e.visitors import Visitor

pytestmark = pytest.mark.slow

PHONE = 320
TITLE = "A branch hangs over the library's path"
TEXT = "A branch of the tree beside the library hangs low. Children run into it."
REASON = "Trees are the roads and parks office's."
MORE_TIME = "The tree has to be looked at first."
ANSWER = "We have cut the branch."


def test_a_request_is_passed_on_extended_answered_and_rated(browser: Browser, town: Service) -> None:
    citizen = town.sign_ins("citizen")[0]
    # The demo's officials of roads and of libraries come last.
    roads, culture = town.sign_ins("agency_official")[-2:]

    # Given a citizen on a phone, who asks the town and wants nobody to sign
    with Visitor(browser, town.url, PHONE) as asking:
        asking.sign_in(citizen)
        asking.open("/ask")
        page = asking.page
        page.get_by_label("In one line").fill(TITLE)
        page.get_by_label("What do you ask for?").fill(TEXT)
        page.get_by_label("No, it is my own matter").check()
        page.get_by_role("button", name="Go on").click()
        # Then answers to similar requests and an agency are offered
        expect(page.get_by_role("heading", name="Has it been answered before?")).to_be_visible()
        expect(page.get_by_text("Suggested agency, because of:")).to_be_visible()
        # When she chooses another one by a click
        page.get_by_label("Which agency?").select_option(label="Culture and libraries")
        page.get_by_label("Something is broken").check()
        page.get_by_label("Question and answer may be published").check()
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("Your request is on its way to the agency.")).to_be_visible()
        path = page.url.removeprefix(town.url)
        assert asking.is_within_width()
        assert asking.complaints == []

    # And the library's official passes it on
    with Visitor(browser, town.url) as passing:
        passing.sign_in(culture)
        passing.open(path)
        page = passing.page
        page.get_by_role("link", name="Pass it on").click()
        page.get_by_label("Which agency is responsible?").select_option(label="Roads and parks")
        page.get_by_label("Reason, for the person").fill(REASON)
        page.get_by_role("button", name="Pass it on").click()
        expect(page.get_by_text("The other agency has the request now.")).to_be_visible()
        passing.open(path)
        expect(page.get_by_text("There is no such request").first).to_be_visible()

    # And the official of roads takes more time, answers, and publishes
    with Visitor(browser, town.url) as answering:
        answering.sign_in(roads)
        answering.open("/civil-requests/waiting")
        page = answering.page
        page.get_by_role("link", name=TITLE).click()
        page.get_by_role("link", name="Take more time").click()
        page.get_by_label("How many more working days?").fill("2")
        page.get_by_label("Reason, for the person").fill(MORE_TIME)
        page.get_by_role("button", name="Extend").click()
        expect(page.get_by_text("The term is extended.")).to_be_visible()
        page.get_by_text("Why this date?").click()
        expect(page.get_by_text(f": The term began again: {REASON}")).to_be_visible()
        expect(page.get_by_text(f": 2 more working days: {MORE_TIME}")).to_be_visible()
        page.get_by_role("link", name="Answer it").click()
        page.get_by_label("The answer").fill(ANSWER)
        page.get_by_role("button", name="Send the answer").click()
        expect(page.get_by_text("The answer is on its way.")).to_be_visible()
        page.get_by_role("link", name="Publish without names").click()
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("Question and answer are published.")).to_be_visible()
        assert answering.complaints == []

    # Then she reads every step and rates the answer
    with Visitor(browser, town.url, PHONE) as reading:
        reading.sign_in(citizen)
        reading.open(path)
        page = reading.page
        expect(page.get_by_text(ANSWER)).to_be_visible()
        for step in ("Passed on to Roads and parks", "Roads and parks takes more time", "has answered"):
            expect(page.get_by_text(step).first).to_be_visible()
        page.get_by_role("link", name="Rate the answer").click()
        page.get_by_label("5, very content").check()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Thank you.")).to_be_visible()
        assert reading.is_within_width()
        assert reading.complaints == []

    # And a stranger finds the answer, without names
    with Visitor(browser, town.url) as stranger:
        stranger.open("/civil-requests/?q=branch")
        stranger.page.get_by_role("link", name=TITLE).click()
        expect(stranger.page.get_by_text(ANSWER)).to_be_visible()
        stranger.open("/civil-requests/agencies")
        expect(stranger.page.get_by_role("rowheader", name="Roads and parks").first).to_be_visible()
