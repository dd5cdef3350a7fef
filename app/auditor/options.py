"""Options that several subcommands share."""

import argparse
from typing import Any, TypeAlias

from app.core.checkpoints import VerifierKey, parse_verifier_key
from app.core.election import is_election_uuid
from app.core.groups import GROUPS
from app.core.ledger_errors import LedgerError

# What argparse's `add_subparsers` returns has no public name.
Subcommands: TypeAlias = Any


def add_election_options(parser: argparse.ArgumentParser) -> None:
    """Say which election, and in which group it is computed."""
    parser.add_argument("--uuid", type=_uuid, required=True, metavar="U", help="the election's identifier")
    parser.add_argument("--group", required=True, choices=list(GROUPS), help="the election's group")


def positive(text: str) -> int:
    """A number from 1, in plain digits."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1 was expected")
    return int(text)


def _uuid(text: str) -> str:
    if not is_election_uuid(text):
        raise argparse.ArgumentTypeError("14 or more base58 letters and digits were expected")
    return text


def verifier_key(text: str) -> VerifierKey:
    """A verifier key in note form."""
    try:
        return parse_verifier_key(text)
    except LedgerError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None
