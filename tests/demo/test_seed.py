"""The demo town: what is in it, that it is true, and where it is refused. Seeded once for all these tests."""

import json
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts import queries as accounts
from app.accounts.models import Account, Agency, District
from app.accounts.services.passwords import is_password
from app.auditor.cli import main as audit
from app.auditor.key_file import load_key_file
from app.core.credentials import derive_public
from app.core.groups import ED25519
from app.core.trustees import parse_trustees
from app.core.verify import verify_election
from app.demo import seed as seeding
from app.demo.cli import demo
from app.demo.supervision import INSPECTORS
from app.demo.texts import LIBRARY, PLAYGROUND
from app.elections import queries
from app.elections.models import Election
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.ledger.services.sequencer import sequence_batch
from app.notifications.models import OutboxMessage
from app.platform import clock
from tests.conftest import new_town
from tests.ledger.site import serve
from tests.peers import accept_by_peer

CITIZENS = 30


@pytest.fixture(scope="module")
def town(empty_database: str | Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with new_town(empty_database, tmp_path_factory.mktemp("town")) as application:
        answer = application.test_cli_runner().invoke(demo, ["seed", "--citizens", str(CITIZENS)])
        assert answer.exit_code == 0, answer.output
        yield application


@pytest.fixture
def data_dir(town: Flask) -> Path:
    return town.config["DATA_DIR"]


@pytest.fixture
def sign_ins(data_dir: Path) -> list[dict[str, str]]:
    return json.loads((data_dir / "demo-accounts.json").read_text("utf-8"))


def find_election(state: str) -> Election:
    return db.session.scalars(select(Election).where(Election.state == state)).one()


def read_archive(election: Election) -> bytes:
    return b"".join(queries.iterate_archive(election))


def test_people_agencies_and_districts(town: Flask) -> None:
    citizens = accounts.list_verified_citizens()

    assert len(citizens) == CITIZENS
    assert {citizen.district for citizen in citizens} == {d.code for d in accounts.list_districts()}
    agencies = db.session.scalars(select(Agency.name_ko).order_by(Agency.id)).all()
    assert agencies[:3] == ["선거관리과", "문화도서관과", "도로공원과"]
    assert db.session.scalar(select(func.count()).select_from(District)) == 5


def test_an_election_in_each_state(town: Flask) -> None:
    states = db.session.scalars(select(Election.state).order_by(Election.id)).all()

    assert states == ["finished", "open", "ready", "draft"]
    assert queries.list_missing_steps(find_election("draft")) == ["trustees", "credentials"]
    assert find_election("open").closes_at > clock.now()
    assert find_election("ready").opens_at > clock.now()


def test_the_result_is_that_of_the_ballots(town: Flask) -> None:
    election = find_election("finished")
    revotes = CITIZENS // seeding.REVOTES_PER_BALLOT

    assert election.ballot_count == CITIZENS
    assert queries.count_voters(election) == CITIZENS - revotes
    # The first ballots were replaced by the last ones.
    assert election.result == PLAYGROUND.count(range(revotes, CITIZENS))


def test_the_archives_are_valid(town: Flask) -> None:
    for state in ("finished", "open", "ready"):
        report = verify_election(read_archive(find_election(state)))
        assert report.valid, report.failure


@pytest.mark.peer
def test_the_independent_verifier_accepts_the_finished_one(town: Flask, tmp_path: Path) -> None:
    file = tmp_path / "finished.bel"
    file.write_bytes(read_archive(find_election("finished")))
    accept_by_peer(file)


def test_the_sign_ins_are_right(town: Flask, sign_ins: list[dict[str, str]]) -> None:
    roles = [sign_in["role"] for sign_in in sign_ins]
    town_roles = ["citizen"] * 3 + ["election_official", "trustee", "trustee", "administrator"]
    linked_roles = ["agency_official"] * 2 + [
        "investigator",
        "clerk",
        "privacy_officer",
        "inspector",
        "oversight",
    ]
    request_roles = ["agency_official"] * 2
    assert roles == [*town_roles, *linked_roles, "auditor", "moderator", "agency_official", *request_roles]
    for sign_in in sign_ins:
        account = accounts.find_account(sign_in["email"])
        assert account is not None
        assert is_password(account.password_hash, sign_in["password"])
        assert [role.value for role in account.roles] == [sign_in["role"]]


def test_everybody_else_cannot_sign_in(town: Flask, sign_ins: list[dict[str, str]]) -> None:
    played = [sign_in["email"] for sign_in in sign_ins]
    others = db.session.scalars(select(Account).where(Account.email.not_in(played))).all()

    assert len(others) == CITIZENS - seeding.PLAYED_CITIZENS + 5 + len(INSPECTORS) + 1
    assert len({other.password_hash for other in others}) == 1


def test_two_of_the_citizens_are_on_the_open_roll(town: Flask, sign_ins: list[dict[str, str]]) -> None:
    election = find_election("open")
    citizens = [accounts.find_account(s["email"]) for s in sign_ins if s["role"] == "citizen"]

    on_roll = [queries.find_roll_voter(election, citizen) is not None for citizen in citizens if citizen]

    assert on_roll == [True, True, False]
    assert LIBRARY.questions[0].blank


def test_letters_hold_credentials_of_the_open_election(town: Flask, data_dir: Path) -> None:
    election = find_election("open")
    names = queries.list_credential_names(election)
    letters = sorted((data_dir / "mail").glob("voting-credential-*.eml"))

    assert len(letters) == seeding.PLAYED_CITIZENS
    for letter in letters:
        message = message_from_bytes(letter.read_bytes(), policy=default)
        found = re.search(rf"/elections/{election.uuid}/vote#credential=(\S+)", message.get_content())
        assert found is not None
        assert derive_public(ED25519, election.uuid, found[1]) in names


def test_key_files_open_with_the_passphrases(
    town: Flask, data_dir: Path, sign_ins: list[dict[str, str]]
) -> None:
    passphrases = [s["passphrase"] for s in sign_ins if s["role"] == "trustee"]
    for state in ("open", "ready"):
        election = find_election(state)
        trustees = parse_trustees(ED25519, queries.get_document(election, 1))
        for number, (passphrase, trustee) in enumerate(zip(passphrases, trustees, strict=True), 1):
            path = data_dir / "demo-trustees" / f"trustee-{election.uuid}-{number}.age"
            key = load_key_file(path, passphrase)
            assert key.public_key == ED25519.serialize(trustee.element)


def test_the_mail_stays_quiet_and_the_ledger_is_in_the_past(town: Flask) -> None:
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    # The newest signatures wait for midnight, as everybody's do.
    others = LedgerEntry.type.not_like("petitions:signature:%")
    latest = db.session.scalar(select(func.max(LedgerEntry.at)).where(others))
    assert latest is not None
    assert latest < clock.now()


def test_only_their_owner_may_read_the_handouts(town: Flask, data_dir: Path) -> None:
    handouts = [data_dir / "demo-accounts.json", *(data_dir / "demo-trustees").iterdir()]

    assert {path.stat().st_mode & 0o777 for path in handouts} == {0o600}


def test_seeding_twice_is_refused(town: Flask) -> None:
    before = db.session.scalar(select(func.count()).select_from(Account))

    answer = town.test_cli_runner().invoke(demo, ["seed"])

    assert answer.exit_code == 1
    assert "not empty" in answer.output
    assert "make reset" in answer.output
    assert db.session.scalar(select(func.count()).select_from(Account)) == before


def test_a_half_made_town_is_recognised(town: Flask, data_dir: Path) -> None:
    mark = data_dir / seeding.SEEDING_MARK
    assert not mark.exists()
    mark.touch()
    try:
        with pytest.raises(seeding.SeedRefused, match=r"half made.*make reset"):
            seeding.ensure_may_seed(CITIZENS)
    finally:
        mark.unlink()


def test_an_outsider_recounts_every_petition(town: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    while sequence_batch():
        pass
    with serve(town) as address:
        code = audit(["petition", address, "--json"])
    report = json.loads(capsys.readouterr().out)
    assert (code, report["differences"]) == (0, [])
    assert sum(item["in_ledger"] for item in report["petitions"]) > 0
