"""A trustee without a browser: keys, decryption, and what the key file refuses."""

import json
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.auditor import key_file as key_files
from app.auditor import trustee_command
from app.auditor.key_file import KeyFile, load_key_file, open_key_file, save_key_file
from app.auditor.refusals import CommandRefused
from app.core.archive import EventType
from app.core.ballots import encrypt_ballot
from app.core.groups import ED25519
from app.core.hashing import sha256_hex
from app.core.tally import compute_result, parse_partial_decryption, parse_tally, verify_partial_decryption
from app.core.trustees import parse_trustee, verify_trustee
from tests.auditor.conftest import Answer, Command
from tests.core.kit import VOTES, Sample, chain, finish, fresh_uuid, make_sample, plain_count
from tests.peers import ROOT, node, put_archive

PASSPHRASE = "correct horse battery"


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.touch(mode=0o600)
    path.write_text(f"{PASSPHRASE}\n")
    return path


def key_of(sample: Sample, number: int) -> KeyFile:
    secret, trustee = sample.trustees[number - 1]
    public = sample.group.serialize(trustee.element)
    return KeyFile(sample.election.uuid, number, sample.group.name, public, secret)


def up_to(sample: Sample, kind: EventType) -> bytes:
    return chain(sample.documents[: sample.positions(kind)[0] + 1])


class QuickAge:
    """age's interface without its slow key derivation, and without its secrecy."""

    class DecryptError(Exception):
        """The passphrase is another."""

    passphrase: Any

    def __init__(self) -> None:
        self.passphrase = self

    def encrypt(self, plaintext: bytes, passphrase: str) -> bytes:
        return passphrase.encode() + b"\0" + plaintext

    def decrypt(self, raw: bytes, passphrase: str) -> bytes:
        used, _, plaintext = raw.partition(b"\0")
        if used != passphrase.encode():
            raise self.DecryptError
        return plaintext


@pytest.fixture
def quick_age(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_files, "pyrage", QuickAge())


class Desk:
    """A trustee's folder: the archive that waits for decryption, the key file, the command."""

    def __init__(self, command: Command, sample: Sample, folder: Path, passphrase: Path) -> None:
        self.command, self.sample, self.folder, self.passphrase = command, sample, folder, passphrase
        self.key_path, self.out = folder / "key.age", folder / "out"
        save_key_file(self.key_path, key_of(sample, 1), PASSPHRASE)

    def decrypt(self, raw: bytes, *more: object) -> Answer:
        archive = put_archive(self.folder, self.sample.election.uuid, raw)
        words = ("--archive", archive, "--key", self.key_path, "--out", self.out)
        return self.command("trustee", "decrypt", *words, "--passphrase-file", self.passphrase, *more)

    @property
    def has_decrypted(self) -> bool:
        return (self.out / "partial-decryption.json").exists()


@pytest.fixture
def desk(quick_age: None, command: Command, sample: Sample, tmp_path: Path, passphrase_file: Path) -> Desk:
    return Desk(command, sample, tmp_path, passphrase_file)


def test_keygen_writes_a_sealed_key_and_a_proved_public_one(
    command: Command, tmp_path: Path, passphrase_file: Path
) -> None:
    group = ED25519
    uuid, out = fresh_uuid(), tmp_path / "keys"
    words = ("--uuid", uuid, "--group", group.name, "--number", 2, "--name", "한빛", "--out", out)
    answer = command("trustee", "keygen", *words, "--passphrase-file", passphrase_file)
    assert answer.code == 0
    path = out / f"trustee-{uuid}-2.age"
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = load_key_file(path, PASSPHRASE)
    assert (key.election_uuid, key.trustee_number, key.group, key.tally_hash) == (uuid, 2, group.name, None)
    trustee = parse_trustee(group, json.loads((out / "public-key.json").read_bytes()))
    verify_trustee(group, trustee)
    assert (group.serialize(trustee.element), trustee.name) == (key.public_key, "한빛")
    assert str(key.private_key) not in answer.out + answer.err + repr(key)
    again = command("trustee", "keygen", *words, "--passphrase-file", passphrase_file)
    assert again.code == 2
    assert "exists already" in again.err


def test_the_passphrase_is_asked_twice(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--uuid", fresh_uuid(), "--group", "Ed25519", "--number", 1, "--name", "A", "--out", tmp_path)
    typed = iter(["long enough", "long enouhg", "short", "short"])
    monkeypatch.setattr(trustee_command.getpass, "getpass", lambda _prompt: next(typed))
    assert "differ" in command("trustee", "keygen", *words).err
    assert "at least" in command("trustee", "keygen", *words).err
    assert list(tmp_path.iterdir()) == []


def test_decrypting_binds_the_key_and_writes_a_proved_decryption(desk: Desk, sample: Sample) -> None:
    raw = up_to(sample, EventType.ENCRYPTED_TALLY)
    answer = desk.decrypt(raw)
    assert answer.code == 0, answer.err
    assert "only 3 ballots count" in answer.err
    tally_raw = sample.documents[sample.positions(EventType.ENCRYPTED_TALLY)[0]][1][0]
    assert load_key_file(desk.key_path, PASSPHRASE).tally_hash == sha256_hex(tally_raw)
    made = parse_partial_decryption(sample.group, (desk.out / "partial-decryption.json").read_bytes())
    tally = parse_tally(sample.group, tally_raw)
    verify_partial_decryption(sample.election, tally, sample.trustees[0][1], made)
    other = parse_partial_decryption(sample.group, sample.documents[-2][1][0])
    assert compute_result(sample.election, tally, [made, other], 4) == plain_count(sample, VOTES)
    assert desk.decrypt(raw).code == 0, "the same tally may be decrypted again"


def test_another_tally_is_refused_with_the_same_key_file(desk: Desk, sample: Sample) -> None:
    assert desk.decrypt(up_to(sample, EventType.ENCRYPTED_TALLY)).code == 0
    shutil.rmtree(desk.out)
    more = encrypt_ballot(sample.election, sample.voters[3].private, ((1, 0, 0), (1, 0, 0)))
    other = finish(sample, [*sample.ballots, more])
    answer = desk.decrypt(up_to(other, EventType.ENCRYPTED_TALLY))
    assert answer.code == 2
    assert "has decrypted the tally" in answer.err
    assert not desk.has_decrypted


def test_the_key_file_is_bound_before_anything_is_decrypted(
    desk: Desk, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        assert load_key_file(desk.key_path, PASSPHRASE).tally_hash is not None
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trustee_command, "decrypt_partially", fail)
    assert desk.decrypt(up_to(sample, EventType.ENCRYPTED_TALLY)).code == 2
    assert not desk.has_decrypted


def test_an_invalid_archive_is_not_decrypted(desk: Desk, sample: Sample) -> None:
    raw = bytearray(up_to(sample, EventType.ENCRYPTED_TALLY))
    raw[2000] ^= 1
    answer = desk.decrypt(bytes(raw))
    assert answer.code == 1
    assert "invalid archive" in answer.err
    assert load_key_file(desk.key_path, PASSPHRASE).tally_hash is None


@pytest.mark.parametrize("kind", [EventType.SETUP, EventType.BALLOT, EventType.END_BALLOTS, EventType.RESULT])
def test_an_archive_in_another_state_is_not_decrypted(desk: Desk, sample: Sample, kind: EventType) -> None:
    answer = desk.decrypt(up_to(sample, kind))
    assert answer.code == 2
    assert "nothing to decrypt" in answer.err
    assert load_key_file(desk.key_path, PASSPHRASE).tally_hash is None


def test_a_key_for_something_else_is_refused(desk: Desk, sample: Sample) -> None:
    raw, key = up_to(sample, EventType.ENCRYPTED_TALLY), key_of(sample, 1)
    for wrong in (
        replace(key, election_uuid=fresh_uuid()),
        replace(key, trustee_number=2),
        replace(key, trustee_number=3),
    ):
        save_key_file(desk.key_path, wrong, PASSPHRASE)
        assert desk.decrypt(raw).code == 2
    assert not desk.has_decrypted


def test_options_of_trust_are_passed_on(desk: Desk, sample: Sample) -> None:
    answer = desk.decrypt(up_to(sample, EventType.ENCRYPTED_TALLY), "--credentials-fingerprint", "A" * 43)
    assert answer.code == 1
    assert "credentials:fingerprint" in answer.err


def test_a_key_file_that_is_damaged_or_closed_is_refused(sample: Sample) -> None:
    key = key_of(sample, 1)
    raw = key_files.seal_key_file(replace(key, private_key=5), PASSPHRASE)
    with pytest.raises(CommandRefused, match="wrong passphrase"):
        open_key_file(raw, "something else")
    with pytest.raises(CommandRefused, match="not a trustee's key file"):
        open_key_file(b"no age file", PASSPHRASE)
    with pytest.raises(CommandRefused, match="not fit"):
        open_key_file(raw, PASSPHRASE)


IN_THE_BROWSER = """
import { openKeyFile, sealKeyFile } from "./app/assets/booth/keyfile.js";
import { readFileSync, writeFileSync } from "node:fs";
const [, path, passphrase] = process.argv;
const keyFile = await openKeyFile(new Uint8Array(readFileSync(path)), passphrase);
const sealed = await sealKeyFile({ ...keyFile, tally_hash: "ab".repeat(32) }, passphrase, 10);
writeFileSync(path, sealed.file);
writeFileSync(`${path}.txt`, sealed.armored);
"""


def test_the_browser_and_the_command_read_each_others_key_files(sample: Sample, tmp_path: Path) -> None:
    path, key = tmp_path / "key.age", key_of(sample, 1)
    save_key_file(path, key, PASSPHRASE)
    script = [node(), "--input-type=module", "-e", IN_THE_BROWSER, str(path), PASSPHRASE]
    subprocess.run(script, cwd=ROOT, check=True, capture_output=True)
    bound = replace(key, tally_hash="ab" * 32)
    assert load_key_file(path, PASSPHRASE) == bound
    assert load_key_file(tmp_path / "key.age.txt", PASSPHRASE) == bound, "as printed"


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"trustee_number": 0},
        {"trustee_number": True},
        {"tally_hash": "abc"},
        {"private_key": "01"},
        {"private_key": 7},
        {"group": "Curve1"},
        {"note": 1},
    ],
    ids=str,
)
def test_a_key_file_with_strange_content_is_refused(
    quick_age: None, sample: Sample, change: dict[str, Any]
) -> None:
    plaintext = key_files.seal_key_file(key_of(sample, 1), "").removeprefix(b"\0")
    strange = json.dumps({**json.loads(plaintext), **change}, separators=(",", ":")).encode()
    with pytest.raises(CommandRefused):
        open_key_file(b"\0" + strange, "")


def test_a_passphrase_file_that_others_can_read_is_refused(desk: Desk, sample: Sample) -> None:
    desk.passphrase.chmod(0o644)
    assert "chmod 600" in desk.decrypt(up_to(sample, EventType.ENCRYPTED_TALLY)).err


def test_without_the_age_library_it_says_what_to_install(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_files, "pyrage", None)
    words = ("--uuid", fresh_uuid(), "--group", "Ed25519", "--number", 1, "--name", "A", "--out", tmp_path)
    answer = command("trustee", "keygen", *words)
    assert answer.code == 2
    assert "pip install pyrage" in answer.err


def test_a_larger_tally_gives_no_warning(
    quick_age: None, command: Command, tmp_path: Path, passphrase_file: Path
) -> None:
    votes = tuple((voter, ((1, 0, 0), (1, 0, 0))) for voter in range(10))
    sample = make_sample(ED25519, votes=votes, weights=(1,) * 10)
    desk = Desk(command, sample, tmp_path, passphrase_file)
    answer = desk.decrypt(up_to(sample, EventType.ENCRYPTED_TALLY))
    assert answer.code == 0
    assert "ballots count" not in answer.err
