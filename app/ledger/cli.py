"""`flask ledger ...`: the sequencer's process, and the logs' keys."""

import signal
import threading
from datetime import timedelta

import click
from flask import current_app
from flask.cli import AppGroup

from app.extensions import db
from app.ledger.rules import Log, LogAltered
from app.ledger.services import keys
from app.ledger.services.sequencer import SPACING, sequence_batch
from app.platform.database import is_unavailable
from app.platform.errors import DatabaseUnavailable

# Between two looks at an idle ledger.
PAUSE = 0.5
PAUSE_AFTER_FAILURE = 5.0

ledger_commands = AppGroup("ledger", help="The public log of acts.")


@ledger_commands.command("sequence")
@click.option("--once", is_flag=True, help="Fold what waits now, and stop.")
@click.option("--spacing", type=float, default=SPACING.total_seconds(), help="Seconds between checkpoints.")
def sequence(once: bool, spacing: float) -> None:
    """Fold new entries into the tree and sign checkpoints until told to stop.

    What else has to happen every few seconds (app/rooms.py, `ticks`) happens here too.
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    while True:
        pause = _sequence(once, timedelta(seconds=spacing))
        db.session.remove()
        if once or stopped.wait(pause):
            return


def _sequence(once: bool, spacing: timedelta) -> float:
    """One batch; a database that is busy or away is waited for. Answers the seconds to the next look."""
    try:
        if once:
            while sequence_batch():
                pass
        else:
            sequence_batch(spacing=spacing)
        for tick in current_app.extensions.get("ticks", ()):
            tick()
    except LogAltered as problem:
        # Signing on would contradict what was signed; a person has to look.
        raise click.ClickException(f"The ledger was altered, nothing is signed: {problem}") from problem
    except Exception as problem:
        if once or not (isinstance(problem, DatabaseUnavailable) or is_unavailable(problem)):
            raise
        current_app.logger.warning("sequencer waits: %s", type(problem).__name__)
        return PAUSE_AFTER_FAILURE
    return min(PAUSE, spacing.total_seconds())


@ledger_commands.command("rotate-key")
@click.option("--log", type=click.Choice([log.value for log in Log]), default=Log.LEDGER.value)
@click.option("--retire", is_flag=True, help="The earlier keys sign no more; they stay listed.")
def rotate_key(log: str, retire: bool) -> None:
    """Make a new signing key, and print its public half."""
    click.echo(str(keys.rotate_key(Log(log), retire_others=retire)))
