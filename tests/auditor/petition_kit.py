"""A town whose petitions are signed in every way over days, and what somebody at its database can do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, func, select, text

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account
from app.accounts.policy import Role
from app.accounts.services.roles import NewAccount, create_account
from app.core.merkle import leaf_hash
from app.core.pseudonyms import input_for_paper, input_for_person
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, append
from app.ledger.services.sequencer import sequence_batch
from app.petitions.queries.facts import get_facts
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import Level
from app.petitions.services.counting import fold_totals
from app.petitions.services.moderation import publish_petition
from app.petitions.services.signing import (
    Signing,
    make_support,
    sign_petition,
    withdraw_signature,
    write_support,
)
from app.platform import clock
from app.platform.transaction import transaction
from tests.auditor.answers import Answer, Command
from tests.petitions.conftest import Town
from tests.petitions.kit import found_town, open_petition

PETITIONS = ("library", "bridge", "market")
Row = dict[str, Any]
TABLES = ("petition_signature", "petition", "ledger_entry", "ledger_tile", "ledger_checkpoint")


def settle_everything() -> None:
    """Let the folding job and the sequencer do what is due."""
    while fold_totals():
        pass
    while sequence_batch():
        pass


def publish(reference: str, moderator_id: int) -> None:
    """A petition through the moderator's own service, so that the ledger knows its key."""
    open_petition(reference, state=PetitionState.MODERATION, opened_at=None, closes_on=None, public_key=None)
    publish_petition(db.session.get_one(Account, moderator_id), reference, None)


def sign_everything(app: Flask) -> Town:
    """Three petitions, four levels, three districts of people, three days; one signature is taken back."""
    found_town()
    town = Town(app)
    moderator = create_account(NewAccount("m@example.org", "M", "!", roles=(Role.MODERATOR,))).id
    for reference in PETITIONS:
        publish(reference, moderator)
    for number in range(8):
        district = (None, "hill", "river")[number % 3]
        town.settle(f"signer{number}", district=district, verified=number % 4 != 3)
    for day in range(3):
        clock.set_offset(timedelta(days=day))
        for number in range(8):
            if number % 3 == day:
                for reference in PETITIONS[: 1 + number % 3]:
                    sign_petition(town.account(f"signer{number}"), reference)
        sign_otherwise(town, day)
    withdraw_signature(town.account("signer1"), "library")
    clock.set_offset(timedelta(days=4))
    settle_everything()
    return town


def sign_otherwise(town: Town, day: int) -> None:
    """One signature at a desk and one on paper."""
    petition, now = get_facts("bridge"), clock.now()
    town.settle(f"visitor{day}", district="hill")
    enrolment = find_enrolment(town.account(f"visitor{day}").person_id or 0)
    desk = input_for_person("bridge", enrolment.commitment if enrolment else "")
    support = make_support(petition, desk, Level.DESK, "hill", now)
    write_support(Signing(support, town.numbers[f"visitor{day}"]))
    paper = input_for_paper("bridge", f"Line {day}", "101")
    write_support(Signing(make_support(petition, paper, Level.PAPER, None, now)))


def forget(app: Flask) -> None:
    """What the process remembers for a few seconds."""
    app.extensions.pop("petition_audits", None)
    app.extensions.pop("pages", None)


@contextmanager
def behind_the_back() -> Iterator[Connection]:
    """A connection on which the database checks nothing: whoever has its password can do the same."""
    db.session.rollback()
    with db.engine.connect() as connection:
        set_checks(connection, on=False)
        with connection.begin():
            yield connection
        set_checks(connection, on=True)


def set_checks(connection: Connection, *, on: bool) -> None:
    """Let foreign keys be checked or not, outside any transaction."""
    sqlite = connection.dialect.name == "sqlite"
    raw = connection.connection.driver_connection
    assert raw is not None
    if sqlite:
        raw.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    else:
        raw.execute(f"SET session_replication_role={'origin' if on else 'replica'}")
    raw.commit()


@dataclass(frozen=True)
class Stored:
    """Everything that the tables held."""

    rows: dict[str, list[dict[str, Any]]]

    def put_back(self) -> None:
        """Make the tables hold it again."""
        with behind_the_back() as connection:
            for name in TABLES:
                table = db.metadata.tables[name]
                connection.execute(table.delete())
                if self.rows[name]:
                    connection.execute(table.insert(), self.rows[name])


def read_stored() -> Stored:
    """Everything that the tables hold now."""
    with db.engine.connect() as connection:
        tables = {name: db.metadata.tables[name] for name in TABLES}
        rows = {
            name: [dict(row._mapping) for row in connection.execute(table.select())]
            for name, table in tables.items()
        }
    return Stored(rows)


def change_row(row: dict[str, Any], **values: Any) -> None:
    """Change columns of a signature's row, and nothing else."""
    with behind_the_back() as connection:
        table = db.metadata.tables["petition_signature"]
        connection.execute(table.update().where(table.c.id == row["id"]).values(**values))


def add_row(row: dict[str, Any], **values: Any) -> None:
    """A copy of a signature's row, under an entry that the ledger will take in ten years."""
    with transaction():
        entry = append(Entry(EntryType.LABEL_ENROL), clock.now() + timedelta(days=3650)).id
    table = db.metadata.tables["petition_signature"]
    copy = {
        **row,
        "pseudonym": entry.to_bytes(64),
        "ledger_entry_id": entry,
        "email_signer_id": None,
        **values,
    }
    copy["id"] = db.session.scalar(select(func.max(table.c.id))) + 1
    with behind_the_back() as connection:
        connection.execute(table.insert(), copy)


def change_entry(entry_id: int, change: Callable[[dict[str, Any]], None], *, rehash: bool = True) -> None:
    """Change the public fields of an entry, in the row, the leaf and the hash of the leaf."""
    with behind_the_back() as connection:
        table = db.metadata.tables["ledger_entry"]
        leaf = json.loads(connection.execute(table.select().where(table.c.id == entry_id)).one().leaf)
        change(leaf["public"])
        raw = json.dumps(leaf, sort_keys=True, separators=(",", ":")).encode()
        values: dict[str, Any] = {"leaf": raw, "public": leaf["public"]}
        if rehash:
            values["leaf_hash"] = leaf_hash(raw).hex()
        connection.execute(table.update().where(table.c.id == entry_id).values(**values))


def rebuild_tree() -> None:
    """Have the sequencer sign a whole new tree over the entries as they are now, with the log's own key."""
    with behind_the_back() as connection:
        connection.execute(text('UPDATE ledger_entry SET "index" = NULL'))
        connection.execute(text("DELETE FROM ledger_tile"))
        connection.execute(text("DELETE FROM ledger_checkpoint"))
    while sequence_batch():
        pass


@dataclass
class Site:
    """A site that is served, what its database holds, and the auditor's answer about it."""

    address: str
    app: Flask
    town: Town
    stored: Stored
    command: Command

    def audit(self, *words: object) -> Answer:
        """What the command says now."""
        forget(self.app)
        return self.command("petition", self.address, *words)

    def differences(self, *words: object) -> list[dict[str, Any]]:
        """What it finds; something must be."""
        answer = self.audit("--json", *words)
        assert answer.code == 1, answer.out
        return json.loads(answer.out)["differences"]

    def read(self, reference: str) -> dict[str, Any]:
        """What the site publishes about a petition now."""
        forget(self.app)
        data: dict[str, Any] = self.app.test_client().get(f"/petitions/{reference}/data.json").get_json()
        return data

    def rows(self, reference: str = "bridge", state: str = "counted") -> list[Row]:
        """The rows of a petition's signatures, as they were before anything was altered."""
        names = {row["id"]: row["reference"] for row in self.stored.rows["petition"]}
        rows = self.stored.rows["petition_signature"]
        return [row for row in rows if names[row["petition_id"]] == reference and row["state"] == state]

    def petition_id(self, reference: str) -> int:
        """The number of a petition."""
        return next(row["id"] for row in self.stored.rows["petition"] if row["reference"] == reference)


def where(row: Row, reference: str) -> tuple[str, str, str, str]:
    return reference, row["level"], row["place"], row["signed_on"].isoformat()


def named(differences: list[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    return {(item["petition"], item["level"], item["place"], item["day"]) for item in differences}
