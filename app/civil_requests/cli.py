"""`flask civil-requests ...`."""

from typing import TextIO

import click
from flask.cli import AppGroup

from app.civil_requests.services.publishing import set_keywords
from app.platform.errors import HwabaekError

civil_requests_commands = AppGroup("civil-requests", help="Requests to agencies.")


@civil_requests_commands.command("set-keywords")
@click.argument("file", type=click.File(encoding="utf-8"))
def set_agency_keywords(file: TextIO) -> None:
    """Replace the words that point to agencies, from a JSON object {agency: [words]}: all, or nothing."""
    try:
        count = set_keywords(file.read())
    except HwabaekError as refusal:
        raise click.ClickException(f"{refusal.title}. {refusal.advice}") from refusal
    click.echo(f"{count} words; the change is in the ledger.")
