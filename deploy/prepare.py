"""Brings the database up to date and, with --demo, fills an empty one with the demo town."""

import sys
from pathlib import Path

import click
from flask import Flask
from flask.cli import ScriptInfo
from flask_migrate import upgrade
from sqlalchemy import select

from app import create_app
from app.extensions import db
from app.petitions.services.types import load_shipped_types
from deploy.state import SEEDING_MARK, VERSION_TABLE


def main(arguments: list[str]) -> int:
    """Migrate; seed on request; offer the shipped kinds of petition. Answers the exit code."""
    app = create_app()
    with app.app_context():
        upgrade()
        code = seed(app) if "--demo" in arguments else 0
        if not code:
            # After the demo town, which is made in an empty database only.
            load_shipped_types()
    return code


def seed(app: Flask) -> int:
    """Run `flask demo seed` if no table holds a row; the command leaves a mark when it was interrupted."""
    mark = Path(app.config["DATA_DIR"]) / SEEDING_MARK
    if not is_empty():
        if mark.exists():
            print(
                "The last start was interrupted while it made the demo town. Start afresh: make reset",
                file=sys.stderr,
            )
        return int(mark.exists())
    mark.unlink(missing_ok=True)
    command = app.cli.get_command(None, "demo")  # type: ignore[arg-type]
    if command is None:
        print("This build has no demo town; the database stays empty.")
        return 0
    try:
        command.main(["seed"], standalone_mode=False, obj=ScriptInfo(create_app=lambda: app))
    except click.ClickException as refusal:
        print(refusal.format_message(), file=sys.stderr)
        return 1
    return 0


def is_empty() -> bool:
    """Whether no table but the migrations' own holds a row."""
    tables = (table for name, table in db.metadata.tables.items() if name != VERSION_TABLE)
    return all(db.session.execute(select(1).select_from(table).limit(1)).first() is None for table in tables)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
