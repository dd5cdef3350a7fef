"""`flask access-records ...`: what the worker does by itself, now."""

from typing import TextIO

import click
from flask.cli import AppGroup

from app.access_records.services import epochs, oversight, sealed, sharings
from app.platform.errors import HwabaekError
from app.platform.transaction import transaction

access_records_commands = AppGroup("access-records", help="Records of who looked at whose data.")


@access_records_commands.command("close-epoch")
def close_epoch() -> None:
    """Open the seals whose time is over and close an epoch: one map of everybody."""
    opened = sealed.open_expired()
    epoch = epochs.close_epoch()
    click.echo(f"epoch {epoch.number}: {epoch.labels} people, root {epoch.root.hex()}, {opened} seals opened")


@access_records_commands.command("register-sharings")
@click.argument("file", type=click.File(encoding="utf-8"))
def register_sharings(file: TextIO) -> None:
    """Register what agencies may pass on to each other, from a JSON file: all of it, or nothing."""
    with transaction():
        registered = [sharings.register_sharing(wanted) for wanted in sharings.read_sharings(file.read())]
    click.echo(f"{len(registered)} sharings registered")


@access_records_commands.command("register-oversight-key")
@click.argument("verifier_key")
def register_oversight_key(verifier_key: str) -> None:
    """Let statements count that are signed with this key; give its public half. The ledger shows it."""
    try:
        oversight.register_key(verifier_key)
    except HwabaekError as refusal:
        raise click.ClickException(f"{refusal.title}. {refusal.advice}") from refusal
    click.echo("The key is registered; the act is in the ledger.")
