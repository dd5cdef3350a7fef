"""A proof by mail: wished for by anybody with an account, mailed once a checkpoint covers the entry."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.ledger.services.sequencer import sequence_batch
from app.notifications import services
from app.notifications.models import ProofWish
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token


def append(type_: EntryType = EntryType.ELECTION_CREATE) -> str:
    with transaction():
        return ledger.append(Entry(type_, public={"n": 1}), clock.now()).leaf_hash


def ask(client: FlaskClient, leaf_hash: str):
    return client.post(f"/ledger/receipts/{leaf_hash}/mail", data={"csrf_token": csrf_token(client)})


def mails(app: Flask) -> list[EmailMessage]:
    paths = sorted((Path(app.config["DATA_DIR"]) / "mail").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]  # type: ignore[misc]


def waiting(db: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ProofWish))


def test_the_proof_comes_with_the_checkpoint_and_once(app: Flask, db: Any, people: People) -> None:
    leaf_hash = append()
    people.create("mina")
    mina = people.sign_in("mina")
    assert "Send me the proof by e-mail" in mina.get(f"/ledger/receipts/{leaf_hash}").text
    assert ask(mina, leaf_hash).status_code == 303
    assert ask(mina, leaf_hash).status_code == 303
    assert (mails(app), waiting(db), services.mail_due_proofs()) == ([], 1, 0)
    sequence_batch()
    assert (services.mail_due_proofs(), waiting(db), services.mail_due_proofs()) == (1, 0, 0)
    (mail,) = mails(app)
    assert (mail["To"], mail["Subject"]) == ("mina@example.org", "The proof of a ledger entry")
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == f"proof-{leaf_hash[:8]}.txt"
    text = attached.get_content()
    assert text.replace("\r\n", "\n") == mina.get(f"/ledger/receipts/{leaf_hash}.txt").text


def test_a_proof_that_is_there_goes_at_once(app: Flask, db: Any, people: People) -> None:
    leaf_hash = append()
    sequence_batch()
    people.create("mina")
    ask(people.sign_in("mina"), leaf_hash)
    assert (len(mails(app)), waiting(db)) == (1, 0)


def test_what_is_not_sent_by_mail(app: Flask, db: Any, people: People, client: FlaskClient) -> None:
    ballot, other = append(EntryType.BALLOT_ACCEPT), append()
    people.create("mina")
    mina = people.sign_in("mina")
    assert ask(mina, ballot).status_code == 403
    assert "Send me the proof" not in mina.get(f"/ledger/receipts/{ballot}").text
    assert ask(mina, "0" * 64).status_code == 404
    assert ask(client, other).status_code == 401
    assert "Send me the proof" not in client.get(f"/ledger/receipts/{other}").text
    assert waiting(db) == 0
