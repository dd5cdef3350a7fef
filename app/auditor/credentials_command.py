"""`credentials`: the credential authority's work on a machine without a network."""

import argparse
from pathlib import Path

from app.auditor.credential_authority import VoterListError, issue_credentials, parse_voters, write_letter
from app.auditor.options import Subcommands, add_election_options
from app.auditor.private_files import make_empty_folder
from app.auditor.refusals import CommandRefused
from app.core.groups import get_group

PUBLIC_NAME = "public_credentials.json"


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("credentials", help="make voters' credentials and their sealed letters")
    add_election_options(parser)
    parser.add_argument(
        "--voters", type=Path, required=True, metavar="CSV", help="columns id,email,name[,weight][,language]"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--url", type=_address, metavar="BASE", help="where the service is, for the links in the letters"
    )
    parser.set_defaults(run=run)


def _address(text: str) -> str:
    if not text.startswith(("https://", "http://")) or not text.isprintable() or " " in text:
        raise argparse.ArgumentTypeError("an address that begins with https:// was expected")
    return text


def run(options: argparse.Namespace) -> int:
    """Write the public list and the letters, print their number and the fingerprint."""
    group = get_group(options.group)
    try:
        voters = parse_voters(options.voters.read_bytes().decode())
    except (VoterListError, UnicodeDecodeError) as problem:
        raise CommandRefused(f"{options.voters}: {problem}") from problem
    make_empty_folder(options.out)
    issued = issue_credentials(group, options.uuid, voters)
    letters = options.out / "letters"
    letters.mkdir(mode=0o700)
    for voter, credential in issued.private:
        _write_letter_file(
            letters / f"{voter.id}.eml", write_letter(voter, credential, options.uuid, options.url)
        )
    (options.out / PUBLIC_NAME).write_bytes(issued.public)
    print(f"{len(voters)} credentials; letters in {letters}; to publish: {options.out / PUBLIC_NAME}")
    print(f"fingerprint {issued.fingerprint}")
    return 0


def _write_letter_file(path: Path, content: bytes) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(content)
