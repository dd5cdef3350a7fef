"""The subcommands, their dispatch, and what becomes of an error."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from app.auditor.refusals import CommandRefused
from app.core.errors import UnsupportedError

REFUSED = 2  # 0 is yes, 1 is no

# Imported when named, so that verifying an election does not wait for what the others need.
_COMMANDS = {
    "election": "app.auditor.election_command",
    "credentials": "app.auditor.credentials_command",
    "trustee": "app.auditor.trustee_command",
    "access": "app.auditor.access_command",
    "oversight": "app.auditor.oversight_command",
    "ledger": "app.auditor.ledger_command",
    "petition": "app.auditor.petition_command",
    "receipt": "app.auditor.receipt_command",
    "witness": "app.auditor.witness_command",
}
# Packages that are installed under another name than they are imported by.
_INSTALLED_AS = {"nacl": "pynacl"}


def build_parser(names: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of these subcommands; each sets `run`."""
    parser = argparse.ArgumentParser(
        prog="python -m app.auditor", description="Check elections, petitions and the public ledger yourself."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in names:
        import_module(_COMMANDS[name]).add_to(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    named = [word for word in words[:1] if word in _COMMANDS]
    try:
        options = build_parser(named or list(_COMMANDS)).parse_args(words)
        return int(options.run(options))
    except ModuleNotFoundError as problem:
        package = _INSTALLED_AS.get(problem.name or "", problem.name)
        print(f"refused: a package is missing; install it with: pip install {package}", file=sys.stderr)
    except (CommandRefused, UnsupportedError) as problem:
        print(f"refused: {problem}", file=sys.stderr)
    except OSError as problem:
        print(f"refused: {problem.filename or ''}: {problem.strerror or problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return REFUSED
