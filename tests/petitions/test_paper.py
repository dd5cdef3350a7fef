"""Signatures that clerks enter: sheets of paper, whole or not at all; and for a person at a desk."""

import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import DeskActRecord
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.ledger.models import LedgerEntry, LedgerOpening
from app.petitions.models import PaperLine, PaperSheet, Petition, Signature
from app.petitions.rules.life import PetitionState
from app.petitions.rules.paper import MOST_LINES, LinesRefused, parse_lines
from app.petitions.services.closing import archive_petition
from app.petitions.services.counting import fold_totals
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.kit import found_town, open_petition

SHEET = "/petitions/library/paper"
CLAIM = "900101-2345678"
THREE = "Kim Mina, 10123\n\nLee Jun; 10299\nPark Sora\t99999"


@pytest.fixture
def clerk(app: Flask, people: People) -> FlaskClient:
    """A clerk's browser, in a town with an open petition; Mina holds a verified account."""
    with app.app_context():
        found_town()
        open_petition()
        open_petition("assembly", "national-assembly", title="A law on libraries")
        agency = create_agency("Riverside desk", "강변 민원실")
        people.create("clerk", Role.CLERK, agency_id=agency.id)
        people.create("mina", district="hill", identity=CLAIM)
    return people.sign_in("clerk")


def post(client: FlaskClient, path: str, **fields: str) -> Any:
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def enter(client: FlaskClient, lines: str = THREE, number: str = "7", **fields: str) -> Any:
    return post(client, SHEET, number=number, lines=lines, **fields)


def count(db: Any, table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table))


def entries(db: Any, kind: str) -> list[dict[str, Any]]:
    db.session.rollback()
    wanted = select(LedgerEntry.public).where(LedgerEntry.type == f"petitions:{kind}")
    return list(db.session.scalars(wanted.order_by(LedgerEntry.id)))


def test_each_line_is_a_signature_on_paper_and_the_sheet_one_entry(clerk: FlaskClient, db: Any) -> None:
    assert "Open the library on Sundays" in clerk.get("/petitions/paper").text
    assert "A law on libraries" not in clerk.get("/petitions/paper").text
    assert enter(clerk, scan="ab" * 32).status_code == 303
    assert "The sheet is entered: 3 signatures." in clerk.get(SHEET).text
    lines = entries(db, "signature:count")
    assert [line["level"] for line in lines] == ["paper"] * 3
    assert sorted(line["place"] for line in lines) == ["elsewhere", "region:north", "region:south"]
    (sheet,) = entries(db, "sheet:enter")
    assert sheet == {
        "petition": "library",
        "sheet": "7",
        "lines": 3,
        "agency": "Riverside desk",
        "scan": "ab" * 32,
    }
    assert sorted(db.session.scalars(select(PaperLine.line))) == [1, 3, 4]
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count).where(Petition.reference == "library")) == 3


def test_names_and_postcodes_are_stored_nowhere(clerk: FlaskClient, db: Any) -> None:
    enter(clerk, "Rare Name, 10123")
    opened = [str(content) for content in db.session.scalars(select(LedgerOpening.content))]
    said = [leaf.decode() for leaf in db.session.scalars(select(LedgerEntry.leaf))]
    assert not [text for text in opened + said if "Rare" in text or "10123" in text]


def test_lines_that_came_before_are_named_and_nothing_is_half_stored(clerk: FlaskClient, db: Any) -> None:
    enter(clerk)
    again = enter(clerk, "New Person, 10123\nKIM  MINA, 101 23\nAnother, 10123", "8")
    assert again.status_code == 422
    assert "Line 2: This name with this postcode has signed on paper already." in again.text
    assert "New Person, 10123" in again.text
    assert (count(db, Signature), count(db, PaperSheet)) == (3, 1)


def test_the_same_line_twice_on_one_sheet_is_named(clerk: FlaskClient, db: Any) -> None:
    refused = enter(clerk, "Kim Mina, 10123\nLee Jun, 10299\nkim mina, 10123")
    assert "Line 3: The same as line 1." in refused.text
    assert count(db, Signature) == 0


def test_every_bad_line_is_named_at_once(clerk: FlaskClient, db: Any) -> None:
    refused = enter(clerk, "Kim Mina 10123\nLee Jun, 10299\n, 10200")
    assert "Line 1: Write a name, a comma and a postcode." in refused.text
    assert "Line 3: Write a name, a comma and a postcode." in refused.text
    assert count(db, Signature) == 0


def test_a_sheet_is_entered_once(clerk: FlaskClient, db: Any) -> None:
    enter(clerk)
    refused = enter(clerk, "Somebody Else, 10123")
    assert refused.status_code == 422
    assert "A sheet with this number was entered already" in refused.text
    assert count(db, Signature) == 3


def test_a_type_without_paper_and_a_closed_petition_take_none(clerk: FlaskClient, db: Any) -> None:
    refused = post(clerk, "/petitions/assembly/paper", number="1", lines="Kim Mina, 10123")
    assert refused.status_code == 403
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.CLOSED))
    assert enter(clerk).status_code == 409
    assert count(db, Signature) == 0


def test_citizens_enter_no_sheets(clerk: FlaskClient, people: People) -> None:
    assert people.sign_in("mina").get(SHEET).status_code == 403


def test_a_sheet_has_an_end(db: Any, app: Flask) -> None:
    with app.test_request_context(), pytest.raises(LinesRefused) as refusal:
        parse_lines("\n".join(f"Name {number}, 10123" for number in range(MOST_LINES + 1)))
    assert refusal.value.problems[0].line == MOST_LINES + 1
    assert parse_lines("\n \n") == []


def serve(client: FlaskClient) -> None:
    assert post(client, "/desk/", claim=CLAIM, present="y").location == "/desk/person"


def sign_for(client: FlaskClient, petition: str = "library") -> Any:
    return post(client, "/desk/person/acts/petitions:signature:give", petition=petition)


def test_a_clerk_signs_for_a_person_who_is_present(clerk: FlaskClient, people: People, db: Any) -> None:
    serve(clerk)
    assert "Signature under a petition" in clerk.get("/desk/person").text
    receipt = clerk.get(sign_for(clerk).location).text
    assert "Open the library on Sundays" in receipt
    (entry,) = entries(db, "signature:count")
    assert (entry["level"], entry["place"]) == ("desk", "region:north")
    page = people.sign_in("mina").get("/petitions/library/signature").text
    assert "By a clerk to whom you showed your identity card." in page


def test_the_desks_own_entry_does_not_tell_when_somebody_signed(
    clerk: FlaskClient, people: People, db: Any
) -> None:
    serve(clerk)
    sign_for(clerk)
    kinds = ("petitions:signature:count", "accounts:desk:act")
    found = db.session.scalars(select(LedgerEntry).where(LedgerEntry.type.in_(kinds))).all()
    rows = [row for row in found if row.public.get("act") in (None, "petitions:signature:give")]
    assert sorted(row.type for row in rows) == sorted(kinds)
    (released,) = {row.release_at for row in rows}
    assert released > clock.now()
    assert {json.loads(row.leaf)["at"] for row in rows} == {int(released.timestamp())}


def test_a_person_who_signed_is_not_counted_again_at_a_desk(
    clerk: FlaskClient, people: People, db: Any
) -> None:
    post(people.sign_in("mina"), "/petitions/library/signatures")
    serve(clerk)
    assert "You have signed this petition already" in sign_for(clerk).text
    assert count(db, Signature) == 1
    sign_for(clerk, "assembly")
    assert count(db, Signature) == 2


def test_undoing_at_home_withdraws_the_signature(clerk: FlaskClient, people: People, db: Any) -> None:
    serve(clerk)
    sign_for(clerk)
    record = db.session.scalars(select(DeskActRecord.id).order_by(DeskActRecord.id.desc())).first()
    mina = people.sign_in("mina")
    assert post(mina, f"/data/acted/{record}/undo").status_code == 303
    assert len(entries(db, "signature:withdraw")) == 1
    assert db.session.scalars(select(Signature.state)).one() == "withdrawn"
    sign_for(clerk)
    db.session.rollback()
    assert db.session.scalars(select(Signature.state)).one() == "counted"


def test_after_the_archive_the_desks_record_leads_to_no_signature(
    clerk: FlaskClient, people: People, db: Any
) -> None:
    serve(clerk)
    sign_for(clerk)
    pseudonym = db.session.scalars(select(Signature.pseudonym)).one().hex()
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.CLOSED, closed_at=clock.now()))
    archive_petition("library")
    record = db.session.scalars(select(DeskActRecord).order_by(DeskActRecord.id.desc())).first()
    kept = f"{record.details} {record.restore} {record.ledger_entry.leaf!r}"
    assert pseudonym not in kept
    assert not re.search(r"signature'?: \d", kept)
    assert post(people.sign_in("mina"), f"/data/acted/{record.id}/undo").status_code == 409
