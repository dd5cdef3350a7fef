"""A person with a browser of their own, and what that browser did."""

import time
from base64 import b32decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from urllib.parse import quote, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from app.accounts.rules import totp_code, totp_step
from tests.e2e.service import SignIn

# Machines under load are slow; a story waits for what it expects, never for a time.
TIMEOUT_MS = 90_000
expect.set_options(timeout=TIMEOUT_MS)
# Each code works once: the last step that each person's code was taken from.
LAST_STEPS: dict[str, int] = {}
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI}`));"""


@dataclass
class Visitor:
    """One browser profile on one service."""

    browser: Browser
    url: str
    width: int = 1280
    locale: str = "en-GB"
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __enter__(self) -> "Visitor":
        self.context: BrowserContext = self.browser.new_context(
            locale=self.locale, accept_downloads=True, viewport={"width": self.width, "height": 900}
        )
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(TELL_VIOLATIONS)
        self.context.on("request", self._note)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self.context.new_page()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if value is not None:
            # What the visitor saw when the story failed.
            text = self.page.locator("body").inner_text()
            value.add_note(f"{self.page.url}\n{text}\n" + "\n".join(self.complaints))
        self.context.close()

    def _note(self, request: Request) -> None:
        self.requests.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def open(self, path: str) -> None:
        """Go to a page of the service."""
        self.page.goto(self.url + path)

    def reload_until(self, awaited: Locator) -> None:
        """Load the present page again until the worker's job has brought what is awaited."""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while awaited.count() == 0:
            assert time.monotonic() < deadline, "the job has not been done"
            time.sleep(0.5)
            self.page.reload()

    def sign_in(self, sign_in: SignIn) -> None:
        """Sign in on the page for it."""
        self.open("/sign-in")
        self.fill_sign_in(sign_in)

    def fill_sign_in(self, sign_in: SignIn) -> None:
        """Sign in on the present page."""
        self.page.locator("input[name=email]").fill(sign_in.email)
        self.page.locator("input[name=password]").fill(sign_in.password)
        self._submit()
        if sign_in.totp_secret and urlsplit(self.page.url).path == "/account/second-factor":
            self.page.locator("input[name=code]").fill(next_code(sign_in))
            self._submit()

    def _submit(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("main button[type=submit], main input[type=submit]").first.click()

    def foreign_requests(self) -> list[str]:
        """Requests to any other address than the service's."""
        own = urlsplit(self.url).netloc
        addresses = (request.url for request in self.requests)
        return [a for a in addresses if urlsplit(a).scheme in ("http", "https") and urlsplit(a).netloc != own]

    def is_within_width(self) -> bool:
        """Whether nothing makes the page scroll sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def next_code(sign_in: SignIn) -> str:
    """A code that this person has not used yet; the service takes one that is a step early."""
    step = max(now_step(), LAST_STEPS.get(sign_in.email, 0) + 1)
    while step > now_step() + 1:
        time.sleep(0.5)
    LAST_STEPS[sign_in.email] = step
    return totp_code(b32decode(sign_in.totp_secret), step)


def now_step() -> int:
    """The step of the present moment."""
    return totp_step(datetime.now(UTC))


def written_forms(secret: str) -> set[bytes]:
    """The ways in which a text could stand in a request."""
    plain = {secret, secret.replace("-", ""), quote(secret), quote(secret, safe="").replace("%20", "+")}
    escaped = {text.encode("ascii", "backslashreplace").decode() for text in plain}
    return {text.encode() for text in plain | escaped}


def find_leaks(sent: bytes, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets that stand in what was sent."""
    return [name for name, secret in secrets.items() if any(form in sent for form in written_forms(secret))]
