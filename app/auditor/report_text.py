"""The report for people: a table of checks, the result, what could not be seen."""

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.core.errors import Check
from app.core.verify import Report

_TITLES = {
    Check.ARCHIVE_FORMAT: "the file is a well-formed archive, byte for byte",
    Check.ARCHIVE_HASHES: "every record holds what its name says",
    Check.EARLIER_ARCHIVE: "the earlier archive is its beginning",
    Check.EVENT_CHAIN: "each event follows from the one before",
    Check.EVENT_ORDER: "the events stand in an order that elections allow",
    Check.ELECTION_PARAMETERS: "the election's parameters are sound",
    Check.TRUSTEE_POSSESSION: "each trustee proved to hold their key",
    Check.ELECTION_PUBLIC_KEY: "the election's key is made of the trustees' keys",
    Check.CREDENTIAL_LIST: "the public credentials are sound, none twice",
    Check.CREDENTIAL_FINGERPRINT: "the public credentials are those the authority published",
    Check.BALLOT_CANONICAL: "every ballot is written in its one form",
    Check.BALLOT_ELECTION: "every ballot was made for this election",
    Check.BALLOT_CREDENTIAL: "every ballot has a credential of the list",
    Check.BALLOT_SIGNATURE: "every ballot is signed under its credential",
    Check.BALLOT_PROOFS: "every ballot proves to hold an allowed choice",
    Check.BALLOT_UNIQUE: "no ballot stands twice",
    Check.CIPHERTEXT_UNIQUE: "no ciphertext was used before",
    Check.GROUP_MEMBERSHIP: "every group element is one",
    Check.SCALAR_RANGE: "every challenge and response is in range",
    Check.TALLY_SIZE: "the number of counted ballots is right",
    Check.TALLY_RECOMPUTED: "the encrypted tally is the sum of the last ballots",
    Check.DECRYPTION_PROOFS: "each partial decryption is proved",
    Check.DECRYPTION_COMPLETE: "every trustee decrypted, once",
    Check.RESULT: "the result is what the tally opens to",
}
_STYLES = {"passed": "green", "failed": "bold red"}


def printable(text: object) -> str:
    """Text of an archive without what could command a terminal or reorder a line."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(text))


def print_report(report: Report, console: Console) -> None:
    """Print everything."""
    _print_heading(report, console)
    console.print(_checks_table(report))
    for question, answers, counts in zip(report.questions, report.answers, report.result or (), strict=False):
        console.print(_result_table(question, answers, counts))
    for warning in report.warnings:
        console.print(Text(f"note: {printable(warning)}", style="yellow"))
    console.print(_conclusion(report))


def _print_heading(report: Report, console: Console) -> None:
    counted = "?" if report.num_tallied is None else report.num_tallied
    facts = {
        "election": report.name,
        "uuid": report.uuid,
        "group": report.group,
        "fingerprint": report.fingerprint,
        "credentials fingerprint": report.credentials_fingerprint,
        "ballots": f"{report.ballots} accepted, {counted} counted",
    }
    for name, value in facts.items():
        if value is not None:
            console.print(Text(f"{name}: ", style="bold").append(printable(value), style="not bold"))


def _checks_table(report: Report) -> Table:
    table = Table("outcome", "what is demanded", box=SIMPLE_HEAD)
    for item in report.checks:
        table.add_row(Text(item.outcome, style=_STYLES.get(item.outcome, "dim")), _TITLES[item.check])
    return table


def _result_table(question: str, answers: tuple[str, ...], counts: tuple[int, ...]) -> Table:
    table = Table(title=Text(printable(question)), title_justify="left", box=SIMPLE_HEAD)
    table.add_column("answer")
    table.add_column("count", justify="right")
    for answer, count in zip(answers, counts, strict=True):
        table.add_row(Text(printable(answer) or "(blank)"), str(count))
    return table


def _conclusion(report: Report) -> Text:
    failure = report.failure
    if failure is None:
        return Text("valid: every check that this archive allows passed", style="bold green")
    where = f" at {printable(failure.event)}" if failure.event else ""
    return Text(f"INVALID{where}: {failure.check}: {printable(failure)}", style="bold red")
