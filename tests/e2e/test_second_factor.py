"""An official in a browser: the code, a passkey, and text that survives the end of a session."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.service import Service, SignIn
from tests.e2e.visitors import Visitor

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def official(browser: Browser, town: Service) -> Visitor:
    # Browsers bind passkeys to names, not to numbers.
    return Visitor(browser, f"http://localhost:{town.port}")


def hold_passkeys(page: Page) -> None:
    """Give the browser an authenticator of its own."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(visitor: Visitor) -> None:
    visitor.open("/account/")
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_text("You are signed out.")).to_be_visible()


def enter_password(visitor: Visitor, sign_in: SignIn) -> None:
    visitor.open("/sign-in?next=/elections/new")
    visitor.page.locator("input[name=email]").fill(sign_in.email)
    visitor.page.locator("input[name=password]").fill(sign_in.password)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("Demo only")).to_be_visible()


def test_a_passkey_passes_and_text_comes_back(official: Visitor, town: Service) -> None:
    (sign_in,) = town.sign_ins("election_official")
    with official:
        page = official.page
        hold_passkeys(page)
        official.sign_in(sign_in)
        official.open("/account/security")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_text("The passkey is kept.")).to_be_visible()
        official.open("/elections/new")
        page.locator("input[name=name]").fill("A bridge over the river")
        expect(page.locator("form[data-autosaved]")).to_be_attached()
        sign_out(official)
        enter_password(official, sign_in)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_text("is back in the form.")).to_be_visible()
        expect(page.locator("input[name=name]")).to_have_value("A bridge over the river")
        assert official.complaints == []
        assert official.foreign_requests() == []
