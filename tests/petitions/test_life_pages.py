"""A petition's life through its pages: started, sponsored, checked, answered; what each person is told."""

import email
import json
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Agency
from app.accounts.policy import Role
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.models import Petition, PetitionType
from app.petitions.rules.life import PetitionState
from app.petitions.rules.types import TypeInvalid
from app.petitions.services.counting import fold_totals
from app.petitions.services.delays import tell_delays
from app.petitions.services.obligations import reach_thresholds
from app.petitions.services.types import load_shipped_types, load_type
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town
from tests.petitions.kit import open_petition, read_type

QUICK = {
    "code": "quick",
    "sponsors": {"needed": 1, "maximum": 5, "term": {"count": 30, "unit": "days"}},
    "thresholds": [{"count": 1, "owes": "response"}, {"count": 2, "owes": "debate"}],
}
TEXT = {"title": "Plant trees on Mill Street", "demand": "Plant **twenty** trees.", "reasons": ""}


def send(browser: FlaskClient, path: str, **fields: str) -> str:
    """Post a form that must be accepted; where it leads."""
    answer = browser.post(path, data={"csrf_token": csrf_token(browser), **fields})
    assert answer.status_code == 303, answer.text
    return answer.location


def refuse(browser: FlaskClient, path: str, **fields: str) -> str:
    """Post a form that must not be accepted; the page."""
    answer = browser.post(path, data={"csrf_token": csrf_token(browser), **fields})
    assert answer.status_code == 422, answer.status
    return answer.text


def mails(app: Flask) -> list[EmailMessage]:
    """What was sent, oldest first."""
    folder = Path(app.config["DATA_DIR"]) / "mail"
    return [
        email.message_from_bytes(path.read_bytes(), policy=default) for path in sorted(folder.glob("*.eml"))
    ]


@pytest.fixture
def cast(app: Flask, town: Town, people: People) -> dict[str, FlaskClient]:
    """A kind of petition with low numbers, and everybody whom a petition meets, signed in."""
    with app.app_context():
        load_type(json.dumps(read_type("local-council") | QUICK))
        agency = db.session.scalar(select(Agency.id))
    people.create("ara")
    people.create("bora")
    people.create("mod", Role.MODERATOR)
    people.create("roads", Role.AGENCY_OFFICIAL, agency_id=agency)
    return {name: people.sign_in(name) for name in ("ara", "bora", "mod", "roads")}


def start(cast: dict[str, FlaskClient]) -> str:
    """A draft of Ara's."""
    return send(cast["ara"], "/petitions/new/quick?title=Trees", **TEXT).split("/")[2]


def bring_to_moderation(cast: dict[str, FlaskClient]) -> str:
    reference = start(cast)
    send(cast["ara"], f"/petitions/{reference}/submit")
    send(cast["bora"], f"/petitions/{reference}/sponsors")
    return reference


def state_of(app: Flask, reference: str) -> str:
    with app.app_context():
        return db.session.scalars(select(Petition.state).where(Petition.reference == reference)).one()


def test_similar_ones_are_shown_while_writing(
    app: Flask, town: Town, cast: dict[str, FlaskClient], client: FlaskClient
) -> None:
    reference = bring_to_moderation(cast)
    send(cast["mod"], f"/petitions/{reference}/moderate/publish", agency="")
    page = cast["bora"].get("/petitions/new/quick?title=More+trees+on+Mill+Street").text
    assert "Is it one of these?" in page
    assert TEXT["title"] in page
    assert 'name="demand"' not in cast["bora"].get("/petitions/new/quick").text


def test_a_draft_is_its_creators_alone(app: Flask, town: Town, cast: dict[str, FlaskClient]) -> None:
    reference = start(cast)
    for path in (f"/petitions/{reference}/draft", f"/petitions/{reference}/sponsor"):
        assert cast["bora"].get(path).status_code == 404
    assert cast["mod"].get(f"/petitions/{reference}/moderate").status_code == 404
    assert TEXT["title"] in cast["ara"].get("/petitions/own").text


def test_a_text_without_a_demand_is_given_back_whole(
    app: Flask, town: Town, cast: dict[str, FlaskClient]
) -> None:
    page = refuse(cast["ara"], "/petitions/new/quick", title="Trees", demand="", reasons="Because of shade")
    assert "Write what exactly should be done" in page
    assert "Because of shade" in page


def test_from_draft_to_outcome(app: Flask, town: Town, cast: dict[str, FlaskClient]) -> None:
    reference = bring_to_moderation(cast)
    assert state_of(app, reference) == PetitionState.MODERATION
    assert TEXT["title"] in cast["mod"].get("/petitions/moderation").text
    with app.app_context():
        agency = str(db.session.scalar(select(Agency.id)))
    send(cast["mod"], f"/petitions/{reference}/moderate/publish", agency=agency)
    send(cast["ara"], f"/petitions/{reference}/signatures")
    with app.app_context():
        fold_totals()
        reach_thresholds()
    assert "The answer: due on" in cast["roads"].get("/petitions/owed").text
    path = f"/petitions/{reference}/answer"
    send(cast["roads"], f"{path}/extend", kind="response", count="5", reason="The survey is late")
    send(cast["roads"], f"{path}/respond", text="We **will** plant them.")
    day = (clock.now() + timedelta(days=9)).date()
    when = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    send(cast["roads"], f"{path}/schedule", place="Town hall", **when)
    assert "begins with https" in refuse(
        cast["roads"], f"{path}/hold", text="Held.", record_url="javascript:alert(1)"
    )
    send(cast["roads"], f"{path}/hold", text="Held.", record_url="https://hanbit.example/film")
    send(cast["roads"], f"{path}/outcome", text="Twenty trees stand there.")
    page = cast["ara"].get(f"/petitions/{reference}").text
    for said in (
        "We <strong>will</strong> plant them.",
        "The survey is late",
        "Town hall",
        "https://hanbit.example/film",
        "Twenty trees stand there.",
    ):
        assert said in page


def bring_to_a_threshold(app: Flask, cast: dict[str, FlaskClient]) -> str:
    """A petition that is published and has what the first threshold asks; its reference."""
    reference = bring_to_moderation(cast)
    with app.app_context():
        agency = str(db.session.scalar(select(Agency.id)))
    send(cast["mod"], f"/petitions/{reference}/moderate/publish", agency=agency)
    with app.app_context():
        fold_totals()
        reach_thresholds()
    return reference


def test_more_time_than_the_rules_give_is_refused(
    app: Flask, town: Town, cast: dict[str, FlaskClient]
) -> None:
    reference = bring_to_a_threshold(app, cast)
    fields = {"kind": "response", "count": "500", "reason": "Later", "csrf_token": csrf_token(cast["roads"])}
    answer = cast["roads"].post(f"/petitions/{reference}/answer/extend", data=fields)
    assert answer.status_code == 422
    assert "The clock cannot be changed like this" in answer.text


def test_a_refused_one_is_public_with_its_reason_and_its_creator_is_told(
    app: Flask, town: Town, cast: dict[str, FlaskClient], client: FlaskClient
) -> None:
    reference = bring_to_moderation(cast)
    page = refuse(cast["mod"], f"/petitions/{reference}/moderate/refuse")
    assert "Choose a reason" in page
    send(cast["mod"], f"/petitions/{reference}/moderate/refuse", reason="unclear", note="Say which side.")
    assert "Say which side." in client.get(f"/petitions/{reference}").text
    told = mails(app)[-1]
    assert told["To"] == "ara@example.org"
    assert "It does not say clearly what should be done." in told.get_content()


def test_whoever_gives_back_keeps_the_sponsors(app: Flask, town: Town, cast: dict[str, FlaskClient]) -> None:
    reference = bring_to_moderation(cast)
    send(cast["mod"], f"/petitions/{reference}/moderate/ask-changes", note="Which part of the street?")
    assert "Which part of the street?" in cast["ara"].get(f"/petitions/{reference}/draft").text
    send(cast["ara"], f"/petitions/{reference}/draft/edit", **(TEXT | {"reasons": "Shade"}))
    send(cast["ara"], f"/petitions/{reference}/submit")
    assert state_of(app, reference) == PetitionState.MODERATION


def test_followers_get_a_mail_with_one_click_to_end_it(
    app: Flask, town: Town, cast: dict[str, FlaskClient], client: FlaskClient
) -> None:
    reference = bring_to_moderation(cast)
    send(cast["mod"], f"/petitions/{reference}/moderate/publish", agency="")
    told = {mail["To"]: mail for mail in mails(app) if "Published" in mail["Subject"]}
    assert set(told) == {"ara@example.org", "bora@example.org"}
    mail = told["bora@example.org"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")
    assert link in mail.get_content()
    path = "/" + link.split("/", 3)[3]
    assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    send(cast["mod"], f"/petitions/{reference}/moderate/stop", reason="creator", note="")
    assert [m["To"] for m in mails(app) if "Stopped" in m["Subject"]] == ["ara@example.org"]


def test_late_moderators_are_told_of_once_and_in_public(
    app: Flask, town: Town, cast: dict[str, FlaskClient], client: FlaskClient
) -> None:
    reference = bring_to_moderation(cast)
    with app.app_context():
        assert tell_delays() == 0
        with transaction():
            petition = db.session.scalars(select(Petition).filter_by(reference=reference)).one()
            petition.submitted_at = clock.now() - timedelta(days=60)
        assert tell_delays() == 1
        assert tell_delays() == 0
        types = list(db.session.scalars(select(LedgerEntry.type)))
    assert types.count("petitions:petition:delay") == 1
    assert mails(app)[-1]["Subject"] == "Your petition has to wait longer"
    assert "One petition has waited for the moderators" in client.get("/petitions/").text
    assert "overdue since" in cast["mod"].get("/petitions/moderation").text


def test_an_agency_does_not_answer_for_another(app: Flask, town: Town, cast: dict[str, FlaskClient]) -> None:
    assert cast["roads"].get("/petitions/library/answer").status_code == 403


def test_joining_takes_the_address_of_the_other(
    app: Flask, town: Town, cast: dict[str, FlaskClient], client: FlaskClient
) -> None:
    reference = bring_to_moderation(cast)
    path = f"/petitions/{reference}/moderate/join"
    send(cast["mod"], path, other="https://hanbit.example/petitions/library")
    page = client.get(f"/petitions/{reference}").text
    assert "This petition was joined to another about the same." in page


def test_joining_to_what_is_not_there_is_said_beside_the_field(
    app: Flask, town: Town, cast: dict[str, FlaskClient]
) -> None:
    reference = bring_to_moderation(cast)
    for other in ("nonsense", reference):
        page = refuse(cast["mod"], f"/petitions/{reference}/moderate/join", other=other)
        assert "No other open petition has this address." in page


def test_a_clock_that_stands_can_go_on_and_no_other(
    app: Flask, town: Town, cast: dict[str, FlaskClient]
) -> None:
    reference = bring_to_a_threshold(app, cast)
    path = f"/petitions/{reference}/answer"
    page = cast["roads"].get(path).text
    assert "Stop the clock" in page
    assert "Let the clock go on" not in page
    send(cast["roads"], f"{path}/pause", kind="response", reason="The land is being measured")
    page = cast["roads"].get(path).text
    assert "Stop the clock" not in page
    assert "Let the clock go on" in page


def test_kinds_are_loaded_from_the_command_line(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "quick.json"
    file.write_text(json.dumps(read_type("join") | {"code": "quick"}))
    runner = app.test_cli_runner()
    assert "quick is offered" in runner.invoke(args=["petitions", "types", "load", str(file)]).output
    assert "quick: Proposal" in runner.invoke(args=["petitions", "types", "list"]).output
    file.write_text(json.dumps({"code": "quick"}))
    refused = runner.invoke(args=["petitions", "types", "load", str(file)])
    assert refused.exit_code == 1
    assert "is missing" in refused.output
    with app.app_context():
        types = list(db.session.scalars(select(LedgerEntry.type)))
    assert types == ["petitions:type:change"]


def test_shipped_kinds_are_loaded_once(app: Flask) -> None:
    with app.app_context():
        assert len(load_shipped_types()) == 4
        assert load_shipped_types() == []
        assert len(list(db.session.scalars(select(PetitionType.code)))) == 4
        with pytest.raises(TypeInvalid):
            load_type("{")


def test_a_draft_of_nobody_can_be_signed(app: Flask, town: Town, cast: dict[str, FlaskClient]) -> None:
    with app.app_context():
        open_petition("later", state=PetitionState.MODERATION)
    token = {"csrf_token": csrf_token(cast["ara"])}
    assert cast["ara"].post("/petitions/later/signatures", data=token).status_code == 409
