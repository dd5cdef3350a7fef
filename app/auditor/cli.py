"""The subcommands, their dispatch, and what becomes of an error."""

import argparse
import sys
from collections.abc import Sequence

from app.auditor import election_command
from app.auditor.refusals import CannotTell
from app.core.errors import UnsupportedError

VALID, INVALID, CANNOT_TELL = 0, 1, 2


def build_parser() -> argparse.ArgumentParser:
    """The parser of every subcommand; each sets `run`."""
    parser = argparse.ArgumentParser(
        prog="python -m app.auditor", description="Check a Hwabaek or Belenios election yourself."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    election_command.add_to(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return its exit code."""
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (CannotTell, UnsupportedError) as problem:
        print(f"cannot tell: {problem}", file=sys.stderr)
    except OSError as problem:
        print(f"cannot tell: {problem.filename or ''}: {problem.strerror or problem}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return CANNOT_TELL
