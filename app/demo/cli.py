"""`flask demo seed`."""

import time
from functools import partial

import click
from flask.cli import AppGroup
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.demo.elections import Advance
from app.demo.seed import CITIZENS, SeedRefused, ensure_may_seed, seed_town

demo = AppGroup("demo", help="The demo town Hanbit.")


@demo.command("seed")
@click.option("--citizens", default=CITIZENS, show_default=True, help="How many people live in the town.")
def seed(citizens: int) -> None:
    """Fill an empty database with the demo town."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    begun = time.monotonic()
    try:
        ensure_may_seed(citizens)
    except SeedRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo("Making the demo town Hanbit (한빛시), once ...")
    with Progress(*columns) as progress:

        def start(what: str, count: int) -> Advance:
            return partial(progress.advance, progress.add_task(what, total=count))

        seed_town(citizens, start)
    click.echo(f"Hanbit is there, after {time.monotonic() - begun:.0f} s.")
