"""`flask access-records ...`: what the worker does by itself, now."""

import click
from flask.cli import AppGroup

from app.access_records.services import epochs, sealed

access_records_commands = AppGroup("access-records", help="Records of who looked at whose data.")


@access_records_commands.command("close-epoch")
def close_epoch() -> None:
    """Open the seals whose time is over and close an epoch: one map of everybody."""
    opened = sealed.open_expired()
    epoch = epochs.close_epoch()
    click.echo(f"epoch {epoch.number}: {epoch.labels} people, root {epoch.root.hex()}, {opened} seals opened")
