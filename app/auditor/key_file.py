"""A trustee's private key at rest: an age file under a passphrase, which the browser's page reads too.

The plaintext is compact JSON. `tally_hash` is null until the trustee has decrypted; then it names the one
encrypted tally that this copy may decrypt again.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from app.auditor.private_files import write_private
from app.auditor.refusals import CommandRefused
from app.core.encoding import expect_object, expect_text, parse_canonical_json, parse_decimal, to_compact_json
from app.core.errors import InvalidError, UnsupportedError
from app.core.groups import get_group
from app.core.hashing import is_sha256_hex

# pyrage is an extra: only the trustee's commands need it.
try:
    import pyrage
except ImportError:
    pyrage = None

VERSION = 1
_FIELDS = ("version", "election_uuid", "trustee_number", "group", "public_key", "private_key", "tally_hash")


@dataclass(frozen=True)
class KeyFile:
    """What a key file says. `repr` leaves the private key out."""

    election_uuid: str
    trustee_number: int
    group: str
    public_key: str
    private_key: int
    tally_hash: str | None = None

    def __repr__(self) -> str:
        return f"KeyFile({key_file_name(self.election_uuid, self.trustee_number)})"


def key_file_name(uuid: str, number: int) -> str:
    """The name under which every program saves it."""
    return f"trustee-{uuid}-{number}.age"


def ensure_age() -> ModuleType:
    """The age library; CommandRefused with what to install where it is missing."""
    if pyrage is None:
        raise CommandRefused(
            "trustees' commands read and write age files: install it with `pip install pyrage`"
        )
    return pyrage


def seal_key_file(key: KeyFile, passphrase: str) -> bytes:
    """Encrypt under the passphrase."""
    values = (
        VERSION,
        key.election_uuid,
        key.trustee_number,
        key.group,
        key.public_key,
        str(key.private_key),
        key.tally_hash,
    )
    plaintext = to_compact_json(dict(zip(_FIELDS, values, strict=True)))
    return bytes(ensure_age().passphrase.encrypt(plaintext, passphrase))


def open_key_file(raw: bytes, passphrase: str) -> KeyFile:
    """Decrypt, and check that the private key fits the public one; CommandRefused otherwise."""
    age = ensure_age()
    try:
        plaintext = age.passphrase.decrypt(raw, passphrase)
    except age.DecryptError as problem:
        raise CommandRefused("wrong passphrase, or not a trustee's key file") from problem
    try:
        key = _parse(plaintext)
        group = get_group(key.group)
        fits = group.serialize(group.power(group.generator, key.private_key)) == key.public_key
    except (InvalidError, UnsupportedError, OverflowError) as problem:
        raise CommandRefused(f"the key file is malformed: {problem}") from problem
    if not fits:
        raise CommandRefused("the key file's private key does not fit its public key")
    return key


def _parse(plaintext: bytes) -> KeyFile:
    fields = expect_object(parse_canonical_json(plaintext), _FIELDS)
    number, tally_hash = fields["trustee_number"], fields["tally_hash"]
    if fields["version"] != VERSION or isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise CommandRefused("the key file is of another version, or has no trustee number")
    if tally_hash is not None and not is_sha256_hex(tally_hash):
        raise CommandRefused("the key file's tally hash is not one")
    texts = (expect_text(fields[name]) for name in ("election_uuid", "group", "public_key"))
    uuid, group, public_key = texts
    return KeyFile(uuid, number, group, public_key, parse_decimal(fields["private_key"]), tally_hash)


def save_key_file(path: Path, key: KeyFile, passphrase: str) -> None:
    """Replace the file on disk; it is safe there when this returns."""
    write_private(path, seal_key_file(key, passphrase))


def load_key_file(path: Path, passphrase: str) -> KeyFile:
    """Read the file from disk."""
    return open_key_file(path.read_bytes(), passphrase)


def passphrase_from_file(path: Path) -> str:
    """The first line of a file, which only its owner should be able to read."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0]:
        raise CommandRefused(f"{path} holds no passphrase")
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise CommandRefused(f"{path} can be read by others: chmod 600 {path}")
    return lines[0]
