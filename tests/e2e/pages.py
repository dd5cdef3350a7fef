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

    def press_encrypt(self) -> None:
        """Press the button below the questions."""
        # The button takes no second press within a second.
        self.page.wait_for_timeout(1_100)
        self.view("choose").locator("button[type=submit]").click()

    def encrypt(self) -> str:
        """Encrypt, and return the tracker that is shown."""
        self.press_encrypt()
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
    """What an official does, from the list of votes on. Steps are the last parts of their addresses."""

    def __init__(self, visitor: Visitor) -> None:
        self.page: Page = visitor.page
        self.visitor = visitor
        self.main: Locator = visitor.page.get_by_role("main")

    def open_list(self) -> None:
        """Follow the way that an official finds: Votes, my elections."""
        self.visitor.open("/elections/")
        self.main.locator("a[href='/elections/manage']").first.click()

    def open_election(self, name: str) -> None:
        """Open one election of the agency."""
        self.open_list()
        self.main.get_by_role("link", name=name).click()

    def begin_draft(self, name: str, group: str) -> str:
        """Write a new draft; its identifier."""
        self.open_list()
        self.main.locator("a[href='/elections/new']").first.click()
        self.page.locator("[name=name]").fill(name)
        self.page.locator("[name=description]").fill("Written by a story.")
        self.page.get_by_label(group).check()
        self.press()
        return self.page.url.split("/")[-2]

    def add_question(self, text: str, answers: list[str], minimum: int, maximum: int) -> None:
        """Add a question on the present page."""
        self.page.locator("[name=text]").fill(text)
        self.page.locator("[name=answers]").fill("\n".join(answers))
        self.page.locator("[name=minimum]").fill(str(minimum))
        self.page.locator("[name=maximum]").fill(str(maximum))
        self.press("form:has([name=answers])")
        expect(self.page.get_by_role("heading", name=text)).to_be_visible()

    def follow(self, step: str) -> None:
        """Follow the link to a step."""
        self.main.locator(f"a[href$='/manage/{step}']").first.click()

    def upload(self, path: Path) -> None:
        """Send a file on the present page."""
        self.page.locator("input[type=file]").set_input_files(path)
        self.press("form:has(input[type=file])")

    def download(self, file_name: str) -> Download:
        """Save what a link offers."""
        with self.page.expect_download() as saving:
            self.main.locator(f"a[href$='/{file_name}']").first.click()
        return saving.value

    def name_trustee(self, email: str) -> None:
        """Name a trustee on the present page."""
        self.page.locator("[name=email]").fill(email)
        self.press()

    def press(self, form: str = "form") -> None:
        """Press the button of a form and go where it leads."""
        with self.page.expect_navigation():
            self.main.locator(f"{form} button[type=submit]").first.click()

    def give_reason(self, reason: str) -> None:
        """Do an act by hand, with its reason."""
        self.page.locator("[name=reason]").fill(reason)
        self.press()


class TrusteePages:
    """What a trustee does, from the list of votes on."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page: Page = visitor.page

    def view(self, name: str) -> Locator:
        """One of the views, of which one is shown."""
        return self.page.locator(f"[data-view={name}]")

    def follow(self, election: str, act: str) -> None:
        """Follow the way that a trustee finds: Votes, my trusteeships, the button beside the election."""
        self.visitor.open("/elections/")
        self.page.locator("main a[href='/elections/trusteeships']").first.click()
        item = self.page.locator("main .hw-item").filter(has_text=election)
        button = item.locator(f"a[href$='/{act}']")
        self.visitor.reload_until(button)
        button.click()

    def save_file(self, target: Path) -> None:
        """Save the key file, and say so."""
        with self.page.expect_download() as saving:
            self.view("save").locator("[data-part=download]").click()
        saving.value.save_as(target / saving.value.suggested_filename)
        self.page.locator("[data-part=saved]").check()

    def type_passphrase(self, passphrase: str, again: str) -> None:
        """Choose a passphrase for a new key, and go on."""
        view = self.view("passphrase")
        view.locator("[data-part=passphrase]").fill(passphrase)
        view.locator("[data-part=passphrase-again]").fill(again)
        view.locator("button[type=submit]").click()

    def make_key(self, passphrase: str, folder: Path) -> None:
        """Make a key on the present page, save its file, send the public half."""
        self.type_passphrase(passphrase, passphrase)
        expect(self.view("save")).to_be_visible()
        self.save_file(folder)
        self.view("save").locator("[data-part=send]").click()
        expect(self.view("sent")).to_be_visible()

    def check_election(self, key_file: Path, passphrase: str) -> None:
        """Give the key file, and wait until the whole election is checked."""
        view = self.view("key-file")
        view.locator("[data-part=key-file]").set_input_files(key_file)
        view.locator("[data-part=passphrase]").fill(passphrase)
        view.locator("button[type=submit]").click()
        expect(self.view("verified")).to_be_visible()

    def decrypt(self, folder: Path, *, few_ballots: bool = False) -> None:
        """Decrypt, save the key file again, send."""
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
        tables = self.visitor.page.locator("main .hw-chart table")
        self.visitor.reload_until(tables)
        return [
            [int(row.locator("td").first.inner_text()) for row in table.locator("tbody tr").all()]
            for table in tables.all()
        ]
