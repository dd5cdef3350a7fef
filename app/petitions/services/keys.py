"""The secret key of each petition's pseudonyms: in DATA_DIR/keys, destroyed when the petition is archived."""

import os
from pathlib import Path

from flask import current_app

from app.core.vrf import SEED_BYTES, VrfKey
from app.petitions.rules.refusals import NotOpen
from app.platform import keys


def make_key(reference: str) -> VrfKey:
    """The petition's key, made when it is first asked for."""
    return VrfKey(keys.load_or_create(_folder(), reference))


def get_key(reference: str) -> VrfKey:
    """The petition's key. Raises NotOpen where there is none, or none any more."""
    try:
        return VrfKey(bytes.fromhex(_path(reference).read_text("ascii").strip()))
    except FileNotFoundError as problem:
        raise NotOpen from problem


def destroy_key(reference: str) -> None:
    """Overwrite and delete the key: from now on nobody can say whose a pseudonym is. Idempotent."""
    path = _path(reference)
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(b"0" * (2 * SEED_BYTES))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _folder() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "keys" / "petitions"


def _path(reference: str) -> Path:
    return _folder() / f"{reference}.key"
