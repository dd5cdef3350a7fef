"""Writes what newcomers need to play a part: sign-ins, voters' letters, trustees' key files."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from app.auditor.credential_authority import write_letter
from app.auditor.key_file import key_file_name, save_key_file
from app.auditor.private_files import make_folder, write_private
from app.demo.elections import PreparedElection
from app.demo.town import PLAYED_CITIZENS, SignIn, Town

ACCOUNTS_FILE = "demo-accounts.json"
TRUSTEES_FOLDER = "demo-trustees"
MAIL_FOLDER = "mail"


def write_letters(data_dir: Path, base_url: str, town: Town, election: PreparedElection) -> None:
    """Put the played citizens' sealed letters where the demo keeps its mail."""
    folder = data_dir / MAIL_FOLDER
    make_folder(folder)
    played = {citizen.email for citizen in town.citizens[:PLAYED_CITIZENS]}
    for voter, credential in election.issued.private:
        if voter.email in played:
            mailbox = voter.email.partition("@")[0]
            letter = write_letter(voter, credential, election.uuid, base_url)
            write_private(folder / f"voting-credential-{mailbox}.eml", letter)


def write_key_files(data_dir: Path, town: Town, elections: Iterable[PreparedElection]) -> None:
    """Seal the trustees' keys of elections that are still to be decrypted."""
    folder = data_dir / TRUSTEES_FOLDER
    make_folder(folder)
    for election in elections:
        for trustee, key in zip(town.trustees, election.keys, strict=True):
            path = folder / key_file_name(election.uuid, key.trustee_number)
            save_key_file(path, key, town.passphrase_of(trustee))


def write_sign_ins(data_dir: Path, sign_ins: Iterable[SignIn]) -> None:
    """List the sign-ins as JSON objects with role, email, password and, for trustees, passphrase."""
    rows = [
        {name: value for name, value in asdict(sign_in).items() if value is not None} for sign_in in sign_ins
    ]
    text = json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    write_private(data_dir / ACCOUNTS_FILE, text.encode())
