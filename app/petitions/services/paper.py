"""Signatures on paper: a clerk enters a sheet, whole or not at all.

Name and postcode make the pseudonym and go no further: they are not stored. The same line twice is found;
somebody who also signed in another way is not, and the petition's page says so of paper.
"""

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account
from app.core.pseudonyms import input_for_paper
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.petitions.models import PaperLine, PaperSheet
from app.petitions.queries.email_signers import find_district_by_postcode
from app.petitions.queries.facts import Facts, get_facts
from app.petitions.queries.paper import find_signature_ids, has_sheet
from app.petitions.rules.admission import Applicant, ensure_admitted, ensure_open
from app.petitions.rules.paper import LinesRefused, NotOnPaper, PaperEntry, Problem, SheetKnown
from app.petitions.rules.refusals import PetitionRefusal
from app.petitions.rules.signing import LOCAL, Level
from app.petitions.services.signing import Support, insert_support, make_support
from app.platform import clock
from app.platform.transaction import transaction


@dataclass(frozen=True)
class Sheet:
    """What a clerk has typed: the number on the sheet, its lines, the SHA-256 of its scan."""

    number: str
    entries: tuple[PaperEntry, ...]
    scan: str | None = None


def enter_sheet(clerk: Account, reference: str, sheet: Sheet) -> int:
    """Count every line of a sheet, or none; how many.

    Raises PetitionNotFound, NotOpen, SigningSwitchedOff, NotOnPaper, SheetKnown, LinesRefused.
    """
    petition, clerk_id = get_facts(reference), clerk.id
    agency = clerk.agency.name if clerk.agency else ""
    ensure_open(petition.state, petition.closes_on, clock.now().astimezone(LOCAL).date())
    if not petition.rules.sign.on_paper:
        raise NotOnPaper
    supports = _make_supports(petition, sheet)
    try:
        with transaction():
            _ensure_new(petition, sheet, supports)
            for support in supports.values():
                insert_support(support, None, None)
            _keep_sheet(petition, sheet, supports, clerk_id, agency)
    except IntegrityError:
        # Another clerk was faster with the sheet or with one of its lines.
        _ensure_new(petition, sheet, supports)
        raise
    return len(supports)


def _make_supports(petition: Facts, sheet: Sheet) -> dict[int, Support]:
    """A signature for each line, by its number. Raises LinesRefused."""
    supports: dict[int, Support] = {}
    lines: dict[bytes, int] = {}
    problems: list[Problem] = []
    now = clock.now()
    for entry in sheet.entries:
        district = find_district_by_postcode(entry.postcode)
        applicant = Applicant(petition.rules.sign.level, district, None)
        try:
            ensure_admitted(petition.rules.sign, applicant, now.astimezone(LOCAL).date())
        except PetitionRefusal as refusal:
            problems.append(Problem(entry.line, str(refusal.title)))
            continue
        vrf_input = input_for_paper(petition.reference, entry.name, entry.postcode)
        support = make_support(petition, vrf_input, Level.PAPER, district, now)
        first = lines.setdefault(support.pseudonym, entry.line)
        if first != entry.line:
            problems.append(Problem(entry.line, gettext("The same as line %(line)s.", line=first)))
        supports[entry.line] = support
    if problems:
        raise LinesRefused(problems)
    return supports


def _ensure_new(petition: Facts, sheet: Sheet, supports: dict[int, Support]) -> None:
    if has_sheet(petition.id, sheet.number):
        raise SheetKnown
    known = find_signature_ids(petition.id, [support.pseudonym for support in supports.values()])
    problems = [
        Problem(line, gettext("This name with this postcode has signed on paper already."))
        for line, support in supports.items()
        if support.pseudonym in known
    ]
    if problems:
        raise LinesRefused(problems)


def _keep_sheet(
    petition: Facts, sheet: Sheet, supports: dict[int, Support], clerk_id: int, agency: str
) -> None:
    public = {
        "petition": petition.reference,
        "sheet": sheet.number,
        "lines": len(supports),
        "agency": agency,
        **({"scan": sheet.scan} if sheet.scan else {}),
    }
    personal = [Personal({"clerk": clerk_id}, clerk_id)]
    entry = ledger.append(Entry(EntryType.SHEET_ENTER, public=public, personal=personal))
    row = PaperSheet(
        petition_id=petition.id,
        number=sheet.number,
        clerk_id=clerk_id,
        at=clock.now(),
        line_count=len(supports),
        scan=sheet.scan,
        ledger_entry_id=entry.id,
    )
    db.session.add(row)
    db.session.flush()
    numbers = find_signature_ids(petition.id, [support.pseudonym for support in supports.values()])
    db.session.add_all(
        PaperLine(sheet_id=row.id, line=line, signature_id=numbers[support.pseudonym])
        for line, support in supports.items()
    )
