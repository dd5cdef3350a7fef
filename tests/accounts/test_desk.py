"""The desk: one person at a time, each act on record with a receipt, undone by whoever it was done for."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account, DeskActRecord, DeskSession, District, Resident
from app.accounts.policy import Role
from app.accounts.services.desk import DeskAct, NeverAtADesk, index_acts
from app.accounts.services.persons import verify_account
from app.accounts.services.roles import create_agency
from app.core.commitments import commit_to
from app.ledger.models import LedgerEntry, LedgerOpening
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import PASSWORD, People, csrf_token

CLAIM = "900101-2345678"
Mailbox = Callable[[], list[EmailMessage]]


@pytest.fixture
def desk(app: Flask, db: Any, people: People) -> FlaskClient:
    """A clerk's browser, in a town with two districts; Mina holds an account."""
    with transaction():
        for code in ("hill", "river"):
            db.session.add(District(code=code, name=code.title(), name_ko=code))
    agency = create_agency("Riverside desk", "강변 민원실")
    people.create("clerk", Role.CLERK, agency_id=agency.id)
    mina = people.create("mina", district="hill")
    db.session.rollback()
    verify_account(db.session.get(Account, mina), CLAIM)
    return people.sign_in("clerk")


def post(client: FlaskClient, path: str, **fields: str):
    return client.post(path, data={"csrf_token": csrf_token(client)} | fields)


def serve(client: FlaskClient, claim: str = CLAIM):
    return post(client, "/desk/", claim=claim, present="y")


def register(client: FlaskClient, claim: str = "550505-1234567", **fields: str):
    form = {"claim": claim, "present": "y", "display_name": "Okja", "district": "river", "language": "ko"}
    return post(client, "/desk/registration", **(form | fields))


def now_in(db: Any) -> Any:
    """The session, which sees what browsers have done since."""
    db.session.rollback()
    return db.session


def newest(db: Any) -> DeskActRecord:
    return now_in(db).scalars(select(DeskActRecord).order_by(DeskActRecord.id.desc())).first()


def act(client: FlaskClient, kind: str, **fields: str):
    return post(client, f"/desk/person/acts/{kind}", **fields)


def test_an_act_is_done_recorded_told_and_undone_by_the_person(
    desk: FlaskClient, people: People, db: Any, mailbox: Mailbox
) -> None:
    assert serve(desk).location == "/desk/person"
    assert "You are serving Mina" in desk.get("/desk/person").text
    done = act(desk, "accounts:district:correct", district="river")
    receipt = desk.get(done.location).text
    record = newest(db)
    assert record.ledger_entry.leaf_hash in receipt
    assert "District: River" in receipt
    assert 'src="data:image/svg+xml' in receipt
    assert now_in(db).get(Account, record.account_id).district == "river"
    assert [mail["Subject"] for mail in mailbox()] == ["A desk acted for you"] * 2
    mina = people.sign_in("mina")
    page = mina.get("/data/acted").text
    assert f"Riverside desk · clerk {record.clerk_tag}" in re.sub(r"\s+", " ", page)
    assert post(mina, f"/data/acted/{record.id}/undo").status_code == 303
    assert now_in(db).get(Account, record.account_id).district == "hill"
    assert "Undone by the person" in desk.get("/desk/").text
    assert len(mailbox()) == 2
    assert post(mina, f"/data/acted/{record.id}/undo").status_code == 409


def test_the_entry_commits_to_the_person_and_names_nobody(desk: FlaskClient, db: Any) -> None:
    serve(desk)
    act(desk, "accounts:district:correct", district="river")
    record = newest(db)
    entry = record.ledger_entry
    assert entry.public == {"act": "accounts:district:correct", "agency": "Riverside desk"}
    openings = list(now_in(db).scalars(select(LedgerOpening).where(LedgerOpening.entry_id == entry.id)))
    assert openings[0].content == {
        "person": record.person_id,
        "clerk_tag": record.clerk_tag,
        "district": "river",
    }
    assert openings[1].content == {"clerk": record.clerk_id}
    for opening in openings:
        assert commit_to(opening.content, opening.nonce).encode() in entry.leaf


def test_what_was_changed_since_is_not_undone(desk: FlaskClient, db: Any) -> None:
    serve(desk)
    act(desk, "accounts:district:correct", district="river")
    first = newest(db).id
    act(desk, "accounts:district:correct", district="")
    refused = post(desk, f"/desk/person/receipts/{first}/undo")
    assert refused.status_code == 409
    assert "can no longer be undone" in refused.text
    assert post(desk, f"/desk/person/receipts/{newest(db).id}/undo").status_code == 303
    assert post(desk, f"/desk/person/receipts/{first}/undo").status_code == 303
    types = list(now_in(db).scalars(select(LedgerEntry.type).order_by(LedgerEntry.id)))
    assert types[-2:] == ["accounts:desk:undo"] * 2


def test_notices_are_chosen_at_a_desk_and_given_back(desk: FlaskClient, people: People, db: Any) -> None:
    serve(desk)
    act(desk, "access-records:notice:choose", notify="never")
    mina = people.sign_in("mina")
    assert "We send you no e-mail about this." in mina.get("/data/").text
    post(mina, f"/data/acted/{newest(db).id}/undo")
    assert "each time somebody looks" in mina.get("/data/").text


def test_a_person_without_an_address_is_registered_and_reads_the_list_at_the_desk(
    desk: FlaskClient, db: Any, mailbox: Mailbox
) -> None:
    offered = serve(desk, "550505-1234567")
    assert "Nobody with this number is registered" in offered.text
    assert 'value="550505-1234567"' in offered.text
    receipt = desk.get(register(desk).location).text
    assert "Code for your own account" not in receipt
    resident = now_in(db).scalars(select(Resident)).one()
    assert (resident.name, resident.district, resident.language) == ("Okja", "river", "ko")
    page = desk.get("/desk/person").text
    assert "Registration" in page
    assert "Mail about accesses" not in page
    assert mailbox() == []
    assert register(desk).status_code == 409
    assert post(desk, f"/desk/person/receipts/{newest(db).id}/undo").status_code == 303
    assert now_in(db).scalars(select(Resident)).all() == []
    assert register(desk).status_code == 303


def test_link_and_paper_together_make_the_account(
    app: Flask, desk: FlaskClient, people: People, db: Any, mailbox: Mailbox
) -> None:
    done = register(desk, email="Okja@example.org", language="en")
    # A group of the leaf hash further down may be digits alone too.
    paper = desk.get(done.location).text.partition("Code for your own account")[2].partition("<h2>")[0]
    code = "".join(re.findall(r"<span>(\d{8})</span>", paper))
    assert len(code) == 8
    link = re.search(r"/account/desk/\S+", mailbox()[-1].get_content())[0]  # type: ignore[index]
    home = app.test_client()
    assert home.get(link).status_code == 200
    wrong = post(home, link, code="00000000" if code != "00000000" else "1", password=PASSWORD)
    assert wrong.status_code == 422
    assert "do not go together" in wrong.text
    assert post(home, link, code=f"{code[:4]} {code[4:]}", password=PASSWORD).status_code == 303
    okja = people.sign_in("okja")
    assert "2: verified person" in okja.get("/account/").text
    assert "Registration" in okja.get("/data/acted").text
    assert now_in(db).scalars(select(Resident)).all() == []
    assert post(home, link, code=code, password=PASSWORD).status_code == 422
    record = newest(db)
    assert post(okja, f"/data/acted/{record.id}/undo").status_code == 303
    assert "1: confirmed e-mail address" in okja.get("/account/").text


def test_the_mailbox_alone_gives_nobody_a_verified_account(
    app: Flask, desk: FlaskClient, db: Any, mailbox: Mailbox
) -> None:
    register(desk, email="stranger@example.org")
    stranger = app.test_client()
    post(stranger, "/account/reset", email="stranger@example.org")
    link = re.search(r"/account/reset/\S+", mailbox()[-1].get_content())[0]  # type: ignore[index]
    assert post(stranger, link, password=PASSWORD).status_code == 303
    account = now_in(db).scalars(select(Account).where(Account.email == "stranger@example.org")).one()
    assert (account.level, account.person_id) == (1, None)
    assert now_in(db).scalars(select(Resident)).one().name == "Okja"


def test_an_attestation_is_an_act_that_lowers_the_account_when_undone(
    desk: FlaskClient, people: People, db: Any
) -> None:
    register(desk)
    boram = people.create("boram")
    assert act(desk, "accounts:person:attest", email="boram@example.org").status_code == 303
    assert now_in(db).get(Account, boram).level == 2
    assert now_in(db).get(Account, boram).district == "river"
    browser = people.sign_in("boram")
    assert post(browser, f"/data/acted/{newest(db).id}/undo").status_code == 303
    assert now_in(db).get(Account, boram).level == 1
    assert now_in(db).scalars(select(Resident)).one().name == "Okja"
    assert "Attestation of an account" in browser.get("/data/acted").text


def test_a_clerk_who_serves_somebody_reaches_no_ballot_box(
    app: Flask, desk: FlaskClient, people: People, db: Any
) -> None:
    serve(desk)
    token = csrf_token(desk)
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("elections.") or "POST" not in (rule.methods or ()):
            continue
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        refused = desk.post(address, headers={"X-CSRFToken": token, "Accept": "application/json"})
        assert refused.get_json()["code"] in {"desk-session-open", "permission-denied"}, rule.endpoint
    # Even a clerk who is a voter too: it would be the clerk's own ballot, and not now.
    people.create("voting", Role.CLERK, Role.CITIZEN)
    voting = people.sign_in("voting")
    serve(voting)
    headers = {"X-CSRFToken": csrf_token(voting), "Accept": "application/json"}
    assert voting.post("/elections/1/ballots", headers=headers).get_json()["code"] == "desk-session-open"
    assert voting.get("/account/session.json").get_json()["csrf_token"]
    post(voting, "/desk/finish")
    assert voting.post("/elections/1/ballots", headers=headers).get_json()["code"] != "desk-session-open"


def test_no_room_can_offer_voting_at_a_desk() -> None:
    voting = DeskAct(kind="elections:ballot:cast", name="", describe=lambda _details: "")
    with pytest.raises(NeverAtADesk):
        index_acts([voting])


def test_a_desk_session_is_one_person_and_a_quarter_of_an_hour(desk: FlaskClient, db: Any) -> None:
    serve(desk)
    register(desk)
    assert len(now_in(db).scalars(select(DeskSession)).all()) == 1
    assert "You are serving Okja" in desk.get("/desk/person").text
    assert desk.get(f"/desk/person/receipts/{first_act_of_mina(db)}").status_code == 404
    try:
        clock.set_offset(timedelta(minutes=14))
        assert desk.get("/desk/person").status_code == 200
        clock.set_offset(timedelta(minutes=16))
        assert desk.get("/desk/person").status_code == 409
        assert act(desk, "accounts:district:correct", district="hill").status_code == 409
    finally:
        clock.set_offset(timedelta())
    post(desk, "/desk/finish")
    assert "You are serving" not in desk.get("/desk/").text
    assert now_in(db).scalars(select(DeskSession)).all() == []


def first_act_of_mina(db: Any) -> int:
    return now_in(db).scalars(select(DeskActRecord.id).order_by(DeskActRecord.id)).first()


def test_what_a_desk_refuses(desk: FlaskClient, people: People, db: Any) -> None:
    clerk = now_in(db).scalars(select(Account).where(Account.email == "clerk@example.org")).one()
    verify_account(clerk, "880808-1")
    assert serve(desk, "880808-1").status_code == 403
    assert post(desk, "/desk/", claim=CLAIM).status_code == 422
    assert serve(desk, "1").status_code == 422
    assert desk.get("/desk/person").status_code == 409
    assert register(desk, CLAIM).status_code == 409
    assert register(desk, email="mina@example.org").status_code == 409
    assert register(desk, display_name="").status_code == 422
    assert now_in(db).scalars(select(Resident)).all() == []
    serve(desk)
    assert desk.get("/desk/person/acts/accounts:person:attest").status_code == 404
    assert act(desk, "accounts:district:correct", district="moon").status_code == 422
    stranger = people.sign_in(next(name for name in ["other"] if people.create(name)))
    assert stranger.get(f"/data/acted/{first_act_of_mina(db)}").status_code == 404
    assert post(stranger, f"/data/acted/{first_act_of_mina(db)}/undo").status_code == 404
    assert "Nobody has acted for you." in stranger.get("/data/acted").text
