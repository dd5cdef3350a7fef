"""`flask petitions ...`: the kinds of petition."""

from typing import TextIO

import click
from flask.cli import AppGroup

from app.petitions.queries.petitions import list_types
from app.petitions.rules.types import TypeInvalid
from app.petitions.services.types import load_type

petitions_commands = AppGroup("petitions", help="Petitions.")


@petitions_commands.group("types")
def types() -> None:
    """The kinds of petition, as data."""


@types.command("list")
def list_kinds() -> None:
    """List the kinds that can be started."""
    for rules in list_types():
        counts = ", ".join(f"{t.count} {t.owes.value}" for t in rules.thresholds)
        click.echo(f"{rules.code}: {rules.name['en']} ({rules.sponsors_needed} sponsors; {counts})")


@types.command("load")
@click.argument("files", type=click.File(encoding="utf-8"), nargs=-1, required=True)
def load(files: tuple[TextIO, ...]) -> None:
    """Offer or change kinds from JSON files; petitions that were started keep their rules."""
    for file in files:
        try:
            click.echo(f"{load_type(file.read())} is offered")
        except TypeInvalid as problem:
            raise click.ClickException(f"{file.name}: {problem}") from problem
