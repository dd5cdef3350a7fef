"""The logs' names and keys: files in DATA_DIR/keys, outside the database, made at the first start.

`<log>.origin` is the log's name; `<log>.skey` has one signing key a line, newest first; `<log>.retired`
has the verifier keys that no longer sign.
"""

from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from app.core.checkpoints import (
    SigningKey,
    VerifierKey,
    generate_signing_key,
    parse_signing_key,
    parse_verifier_key,
)
from app.ledger.entry_types import EntryType
from app.ledger.rules import Log
from app.ledger.services.entries import Entry, append
from app.platform import keys
from app.platform.transaction import transaction


def get_origin(log: Log) -> str:
    """The log's name. It is fixed at the first start, whatever the address becomes later."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return keys.read_or_write_once(_path(log, "origin"), lambda: f"{host}/{log.value}\n").strip()


def list_signing_keys(log: Log) -> list[SigningKey]:
    """The keys that sign checkpoints, newest first; the first one is made when there is none."""
    text = keys.read_or_write_once(
        _path(log, "skey"), lambda: generate_signing_key(get_origin(log)).to_text() + "\n"
    )
    return [parse_signing_key(line) for line in text.splitlines() if line.strip()]


def list_verifier_keys(log: Log) -> list[VerifierKey]:
    """Every key that has ever signed, newest first."""
    retired = _path(log, "retired")
    lines = retired.read_text("utf-8").splitlines() if retired.exists() else []
    keys_in_use = [key.verifier for key in list_signing_keys(log)]
    return list(dict.fromkeys([*keys_in_use, *map(parse_verifier_key, lines)]))


def rotate_key(log: Log, *, retire_others: bool) -> VerifierKey:
    """Make a new key that signs from now on, beside the present ones or in their place."""
    old = list_signing_keys(log)
    new = generate_signing_key(get_origin(log))
    known = list_verifier_keys(log)
    with transaction():
        append(Entry(EntryType.LEDGER_KEY_ROTATE, public={"log": log.value, "key": str(new.verifier)}))
        if retire_others:
            # First the list of retired keys: a stop between the two leaves a key in both, never in none.
            keys.replace(_path(log, "retired"), "".join(f"{key}\n" for key in known))
        kept = [new] if retire_others else [new, *old]
        keys.replace(_path(log, "skey"), "".join(f"{key.to_text()}\n" for key in kept))
    return new.verifier


def _path(log: Log, suffix: str) -> Path:
    return Path(current_app.config["DATA_DIR"]) / "keys" / f"{log.value}.{suffix}"
