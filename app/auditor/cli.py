"""The subcommands, their dispatch, and what becomes of an error."""

import argparse
import sys
from collections.abc import Sequence

from app.auditor import credentials_command, election_command, trustee_command
from app.auditor.refusals import CommandRefused
from app.core.errors import UnsupportedError

REFUSED = 2  # 0 is yes, 1 is no


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subcommand; each sets `run`."""
    parser = argparse.ArgumentParser(
        prog="python -m app.auditor", description="Check a Hwabaek or Belenios election yourself."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (election_command, credentials_command, trustee_command):
        command.add_to(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (CommandRefused, UnsupportedError) as problem:
        print(f"refused: {problem}", file=sys.stderr)
    except OSError as problem:
        print(f"refused: {problem.filename or ''}: {problem.strerror or problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return REFUSED
