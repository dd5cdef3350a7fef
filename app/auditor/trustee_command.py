"""`trustee keygen` and `trustee decrypt`: what a trustee does, without a browser."""

import argparse
import getpass
import sys
from dataclasses import replace
from pathlib import Path

from app.auditor.election_command import add_trust_options, verify_file
from app.auditor.key_file import (
    KeyFile,
    ensure_age,
    key_file_name,
    load_key_file,
    passphrase_from_file,
    save_key_file,
)
from app.auditor.options import Subcommands, add_election_options, positive
from app.auditor.private_files import make_folder
from app.auditor.refusals import CommandRefused
from app.core.archive import Archive, EventType, read_archive
from app.core.election import Election, parse_election
from app.core.encoding import to_compact_json
from app.core.groups import get_group
from app.core.hashing import sha256_hex
from app.core.tally import decrypt_partially, parse_tally
from app.core.trustees import generate_trustee, parse_trustees
from app.core.verify import SMALL_TALLY, Report

PUBLIC_NAME, DECRYPTION_NAME = "public-key.json", "partial-decryption.json"
SHORTEST_PASSPHRASE = 8


def add_to(commands: Subcommands) -> None:
    """Add the subcommand with its two actions."""
    actions = commands.add_parser("trustee", help="make a trustee's key, or decrypt").add_subparsers(
        required=True, metavar="ACTION"
    )
    keygen = actions.add_parser("keygen", help="make a key pair")
    add_election_options(keygen)
    keygen.add_argument("--number", type=positive, required=True, metavar="N", help="the trustee's number")
    keygen.add_argument("--name", required=True, help="the trustee's name, which is published")
    keygen.set_defaults(run=run_keygen)
    decrypt = actions.add_parser("decrypt", help="verify an archive and decrypt its tally")
    decrypt.add_argument("--archive", type=Path, required=True, metavar="FILE.bel")
    decrypt.add_argument("--key", type=Path, required=True, metavar="FILE.age")
    add_trust_options(decrypt)
    decrypt.set_defaults(run=run_decrypt)
    for action in (keygen, decrypt):
        action.add_argument("--out", type=Path, required=True, metavar="DIR")
        action.add_argument("--passphrase-file", type=Path, metavar="FILE", help="its first line is used")


def run_keygen(options: argparse.Namespace) -> int:
    """Write the sealed key file and the public key to upload."""
    ensure_age()
    make_folder(options.out)
    key_path = options.out / key_file_name(options.uuid, options.number)
    public_path = options.out / PUBLIC_NAME
    for path in (key_path, public_path):
        if path.exists():
            raise CommandRefused(f"{path} exists already")
    passphrase = _new_passphrase(options.passphrase_file)
    group = get_group(options.group)
    secret, trustee = generate_trustee(group, options.name)
    public_key = group.serialize(trustee.element)
    save_key_file(key_path, KeyFile(options.uuid, options.number, group.name, public_key, secret), passphrase)
    public_path.write_bytes(to_compact_json(trustee.to_json(group)))
    print(f"keep: {key_path} (and a copy of it elsewhere)\nupload: {public_path}")
    return 0


def _new_passphrase(file: Path | None) -> str:
    if file is not None:
        passphrase = passphrase_from_file(file)
    else:
        passphrase = getpass.getpass("New passphrase: ")
        if getpass.getpass("The same again: ") != passphrase:
            raise CommandRefused("the two passphrases differ")
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise CommandRefused(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters")
    return passphrase


def run_decrypt(options: argparse.Namespace) -> int:
    """Verify everything, bind the key file to this tally, and only then decrypt."""
    ensure_age()
    report = verify_file(
        options.archive,
        earlier=options.earlier,
        credentials_fingerprint=options.credentials_fingerprint,
        workers=options.workers,
    )
    if report.failure is not None:
        where = f"{report.failure.event}: " if report.failure.event else ""
        print(f"refused: invalid archive: {where}{report.failure.check}: {report.failure}", file=sys.stderr)
        return 1
    archive = read_archive(options.archive.read_bytes())
    tally_raw = _tally_to_decrypt(archive)
    passphrase = (
        passphrase_from_file(options.passphrase_file)
        if options.passphrase_file
        else getpass.getpass("Passphrase: ")
    )
    key = load_key_file(options.key, passphrase)
    election = _election_of(archive, key)
    key = _bind(key, sha256_hex(tally_raw))
    make_folder(options.out)
    save_key_file(options.key, key, passphrase)  # before anything decrypted leaves this process
    _say_limits(report)
    group = election.group
    decryption = decrypt_partially(
        election, parse_tally(group, tally_raw), key.private_key, group.parse(key.public_key)
    )
    path = options.out / DECRYPTION_NAME
    path.write_bytes(decryption.to_bytes(group))
    print(f"upload: {path}")
    return 0


def _tally_to_decrypt(archive: Archive) -> bytes:
    """The encrypted tally that waits for decryptions; CommandRefused where none does."""
    last = archive.entries[-1].event.type
    if last not in (EventType.ENCRYPTED_TALLY, EventType.PARTIAL_DECRYPTION):
        raise CommandRefused(f"the archive ends with {last}: there is nothing to decrypt")
    return next(e.data[0] for e in archive.entries if e.event.type is EventType.ENCRYPTED_TALLY)


def _election_of(archive: Archive, key: KeyFile) -> Election:
    """The archive's election, if the key is of one of its trustees; CommandRefused otherwise."""
    setup = archive.entries[0].data
    election = parse_election(setup[0])
    if (key.election_uuid, key.group) != (election.uuid, election.group.name):
        raise CommandRefused(
            f"the key file is for election {key.election_uuid}, the archive is of {election.uuid}"
        )
    trustees = parse_trustees(election.group, setup[1])
    keys = [election.group.serialize(trustee.element) for trustee in trustees]
    if keys[key.trustee_number - 1 : key.trustee_number] != [key.public_key]:
        raise CommandRefused(f"trustee {key.trustee_number} of the election has another public key")
    return election


def _bind(key: KeyFile, tally_hash: str) -> KeyFile:
    if key.tally_hash not in (None, tally_hash):
        raise CommandRefused(
            f"this key file has decrypted the tally {key.tally_hash}; the archive holds {tally_hash}. "
            "Decrypting two tallies of one election can reveal single votes"
        )
    return replace(key, tally_hash=tally_hash)


def _say_limits(report: Report) -> None:
    for warning in report.warnings:
        print(f"note: {warning}", file=sys.stderr)
    if report.num_tallied is not None and report.num_tallied < SMALL_TALLY:
        print(f"WARNING: only {report.num_tallied} ballots count; think before you publish", file=sys.stderr)
