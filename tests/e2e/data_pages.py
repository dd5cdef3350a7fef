"""The pages about who looked at whose data, as stories use them."""

import time
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e.visitors import TIMEOUT_MS, Visitor


class LookUpPages:
    """/data/look-up."""

    path = "/data/look-up"

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page
        self.main: Locator = visitor.page.get_by_role("main")

    def open(self) -> None:
        """Follow the way that an official finds: My page, look a person up."""
        self.visitor.open("/account/")
        self.main.locator(f"a[href='{self.path}']").first.click()
        self.page.wait_for_url(f"**{self.path}")

    def fill(self, number: str, case: str, *, purpose: str, category: str) -> None:
        """Say whom and why; the legal basis stands there already."""
        self.page.locator("[name=claim]").fill(number)
        self.page.locator("[name=purpose]").select_option(purpose)
        self.page.locator("[name=case_number]").fill(case)
        self.page.locator(f"[name=categories][value={category}]").check()

    def press(self) -> None:
        """Send the form."""
        with self.page.expect_navigation():
            self.main.locator("form:has([name=claim]) button[type=submit]").click()

    def expect_data(self) -> None:
        """The page with the data is there."""
        expect(self.page.get_by_role("heading", name="What the system holds")).to_be_visible()
        expect(self.main.locator("dl")).to_contain_text("Hanbit")

    def expect_no_data(self) -> None:
        """It is not."""
        expect(self.main.locator("form:has([name=claim])")).to_be_visible()
        expect(self.page.get_by_role("heading", name="What the system holds")).to_have_count(0)


class InvestigatorPages(LookUpPages):
    """/data/look-up/sealed."""

    path = "/data/look-up/sealed"

    def seal(self, ground: str, until: date) -> None:
        """Say on what ground and until when."""
        self.page.locator("[name=ground_kind][value=court-order]").check()
        self.page.locator("[name=ground]").fill(ground)
        for part in ("day", "month", "year"):
            self.page.locator(f"[name=expires_on-{part}]").fill(str(getattr(until, part)))


class DataPages:
    """/data/, what a citizen sees."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page
        self.main: Locator = visitor.page.get_by_role("main")

    def open(self, path: str) -> None:
        """Go there."""
        self.visitor.open(path)

    def entry(self, case: str) -> Locator:
        """The line with a case number."""
        return self.main.locator(".hw-record").filter(has_text=case)

    def download_proof(self, epoch: int, folder: Path) -> Path:
        """Save the proof file once it is that of this epoch."""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        name, button = f"access-proof-{epoch}.json.gz", self.main.locator("a[href='/data/proof.json.gz']")
        while time.monotonic() < deadline:
            self.visitor.open("/data/")
            if button.count():
                with self.page.expect_download() as saving:
                    button.click()
                if saving.value.suggested_filename == name:
                    saving.value.save_as(folder / name)
                    return folder / name
            time.sleep(0.5)
        raise AssertionError(f"there is no {name}")

    def ask(self, case: str, question: str) -> None:
        """Ask why the agency looked."""
        self.entry(case).get_by_role("link").click()
        self.page.locator("[name=text]").fill(question)
        with self.page.expect_navigation():
            self.main.locator("form:has([name=text]) button[type=submit]").click()


class Desk:
    """Where an agency answers questions."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page
        self.main: Locator = visitor.page.get_by_role("main")

    def open_first_question(self) -> None:
        """Follow the way that an official finds: My page, questions, the first one."""
        self.visitor.open("/account/")
        self.main.locator("a[href='/data/disputes/waiting']").first.click()
        self.main.locator(".hw-item a").first.click()

    def answer(self, justified: str, text: str) -> None:
        """Answer the question on the present page."""
        self.main.locator("a[href$='/answer']").click()
        self.page.locator(f"[name=justified][value={justified}]").check()
        self.page.locator("[name=text]").fill(text)
        with self.page.expect_navigation():
            self.main.locator("form:has([name=text]) button[type=submit]").click()
