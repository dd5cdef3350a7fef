"""The pages of elections, as stories use them. Parts have the templates' names, in any language."""

from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

from tests.e2e.visitors import Visitor


class Booth:
    """/elections/<uuid>/vote."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page

    def open(self, path: str) -> None:
        """Open a letter's link (or the page without a credential) and wait for the questions."""
        # A new page, as from a mail program: a changed fragment alone would not load anything.
        self.page.goto("about:blank")
        self.visitor.open(path)
        expect(self.part("checked")).to_be_visible()

    def part(self, name: str) -> Locator:
        """A part that the script fills."""
        return self.page.locator(f"[data-part={name}]")

    def view(self, name: str) -> Locator:
        """One of the views, of which one is shown."""
        return self.page.locator(f"[data-view={name}]")

    def choose(self, *answers: str) -> None:
        """Choose these answers."""
        for answer in answers:
            self.view("choose").get_by_label(answer, exact=True).check()

    def encrypt(self) -> str:
        """Encrypt, and return the tracker that is shown."""
        self.view("choose").locator("button[type=submit]").click()
        expect(self.view("cast")).to_be_visible()
        return self.tracker()

    def tracker(self) -> str:
        """The tracker of the ballot that waits to be cast."""
        expect(self.part("tracker")).not_to_have_text("…")
        return self.part("tracker").inner_text().replace("\n", "").replace(" ", "")

    def cast(self) -> None:
        """Cast, and arrive at the receipt."""
        self.part("cast").click()
        self.page.wait_for_url("**/receipts/*")

    def vote(self, path: str, *answers: str) -> str:
        """From the letter's link to the receipt; the tracker."""
        self.open(path)
        self.choose(*answers)
        tracker = self.encrypt()
        self.cast()
        return tracker


class BallotsPage:
    """/elections/<uuid>/ballots."""

    def __init__(self, visitor: Visitor, uuid: str) -> None:
        self.visitor = visitor
        self.path = f"/elections/{uuid}/ballots"

    def find(self, tracker: str) -> Locator:
        """Search for a tracker; the one row that is found."""
        self.visitor.open(self.path)
        self.visitor.page.locator("main input[type=search], main input[name=q]").fill(tracker)
        self.visitor.page.keyboard.press("Enter")
        rows = self.visitor.page.locator("main tbody tr")
        expect(rows).to_have_count(1)
        return rows


class OfficePages:
    """What an official does, from the list of votes on."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page
        self.visitor = visitor

    def open_list(self) -> None:
        """Follow the way that an official finds: Votes, my elections."""
        self.visitor.open("/elections/")
        self.page.get_by_role("link", name="My elections").click()

    def open_election(self, name: str) -> None:
        """Open one election of the agency."""
        self.open_list()
        self.page.get_by_role("link", name=name).click()

    def begin_draft(self, name: str, group: str) -> str:
        """Write a new draft; its identifier."""
        self.open_list()
        self.page.get_by_role("link", name="Begin a draft").first.click()
        self.page.get_by_label("Name of the election").fill(name)
        self.page.get_by_label("What is it about?").fill("Written by a story.")
        self.page.get_by_label(group).check()
        self.page.get_by_role("button", name="Save").click()
        self.page.wait_for_url("**/manage")
        return self.page.url.split("/")[-2]

    def add_question(self, text: str, answers: list[str], minimum: int, maximum: int) -> None:
        """Add a question."""
        self.page.get_by_label("Question", exact=True).fill(text)
        self.page.get_by_label("Answers").fill("\n".join(answers))
        self.page.get_by_label("Choose at least").fill(str(minimum))
        self.page.get_by_label("Choose at most").fill(str(maximum))
        self.page.get_by_role("button", name="Add this question").click()
        expect(self.page.get_by_role("heading", name=text)).to_be_visible()

    def follow(self, name: str) -> None:
        """Follow a link of the steps."""
        self.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()

    def upload(self, path: Path) -> None:
        """Send a file on the present page."""
        self.page.locator("input[type=file]").set_input_files(path)
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name="Upload").click()

    def download(self, name: str) -> Download:
        """Save what a link offers."""
        with self.page.expect_download() as saving:
            self.page.get_by_role("link", name=name).first.click()
        return saving.value

    def name_trustee(self, email: str) -> None:
        """Name a trustee on the present page."""
        self.page.get_by_label("The trustee's e-mail address").fill(email)
        self.press("Add this trustee")

    def press(self, button: str) -> None:
        """Press the page's button and go where it leads."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=button).click()

    def give_reason(self, reason: str, button: str) -> None:
        """Do an act by hand, with its reason."""
        self.page.get_by_label("Reason").fill(reason)
        self.press(button)


class TrusteePages:
    """What a trustee does, from the list of votes on."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page

    def view(self, name: str) -> Locator:
        """One of the views, of which one is shown."""
        return self.page.locator(f"[data-view={name}]")

    def follow(self, election: str, button: str) -> None:
        """Follow the way that a trustee finds: Votes, my trusteeships, the button beside the election."""
        self.visitor.open("/elections/")
        self.page.get_by_role("link", name="My trusteeships").click()
        item = self.page.locator("main .hw-item").filter(has_text=election)
        item.get_by_role("link", name=button).click()

    def save_file(self, target: Path) -> None:
        """Save the key file, and say so."""
        with self.page.expect_download() as saving:
            self.view("save").locator("[data-part=download]").click()
        saving.value.save_as(target / saving.value.suggested_filename)
        self.page.locator("[data-part=saved]").check()

    def make_key(self, passphrase: str, folder: Path) -> None:
        """Make a key on the present page, save its file, send the public half."""
        self.page.get_by_label("Passphrase", exact=True).fill(passphrase)
        self.page.get_by_label("The same passphrase again").fill(passphrase)
        self.view("passphrase").get_by_role("button", name="Make my key").click()
        expect(self.view("save")).to_be_visible()
        self.save_file(folder)
        self.view("save").locator("[data-part=send]").click()
        expect(self.view("sent")).to_be_visible()

    def decrypt(self, key_file: Path, passphrase: str, folder: Path, *, few_ballots: bool = False) -> None:
        """Check the whole election, decrypt, save the key file again, send."""
        self.view("key-file").locator("[data-part=key-file]").set_input_files(key_file)
        self.view("key-file").locator("[data-part=passphrase]").fill(passphrase)
        self.view("key-file").locator("button[type=submit]").click()
        expect(self.view("verified")).to_be_visible()
        if few_ballots:
            self.page.locator("[data-part=small-accepted]").check()
        self.page.locator("[data-part=decrypt]").click()
        expect(self.view("save")).to_be_visible()
        self.save_file(folder)
        self.view("save").locator("[data-part=send]").click()
        expect(self.view("sent")).to_be_visible()


class ResultPage:
    """/elections/<uuid>/results."""

    def __init__(self, visitor: Visitor, uuid: str) -> None:
        self.visitor = visitor
        self.path = f"/elections/{uuid}/results"

    def counts(self) -> list[list[int]]:
        """The numbers in the tables, question by question, in the order of the rows."""
        self.visitor.open(self.path)
        tables = self.visitor.page.locator("main .hw-chart table").all()
        return [
            [int(row.locator("td").first.inner_text()) for row in table.locator("tbody tr").all()]
            for table in tables
        ]
