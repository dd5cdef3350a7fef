"""Runs migrations over the application's own engine, all in one transaction."""

from alembic import context
from sqlalchemy import Connection, text

from app.extensions import db
from app.platform.columns import JsonText, UtcDateTime
from app.platform.database import WRITING

# One number for "Hwabaek is migrating": two instances that start at once migrate one after the other.
MIGRATION_LOCK = 7_236_451
# Over an expression, and on PostgreSQL only: app/platform/search.py makes it.
SEARCH_INDEX = "ix_search_document_words"


class BrokenForeignKeys(Exception):
    """A migration left rows that point nowhere; it was rolled back."""


def run() -> None:
    """Upgrade or downgrade, in one transaction."""
    with db.engine.connect().execution_options(**WRITING[db.engine.dialect.name]) as connection:
        if connection.dialect.name == "sqlite":
            run_on_sqlite(connection)
        else:
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
                migrate(connection, batch=False)


def run_on_sqlite(connection: Connection) -> None:
    """Alter by copying tables: foreign keys rest meanwhile, or dropping the old copy would cascade."""
    driver = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.begin():
            migrate(connection, batch=True)
            if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
                raise BrokenForeignKeys
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection, batch: bool) -> None:
    """Run the migrations inside the caller's transaction."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        transactional_ddl=True,
        compare_type=True,
        render_as_batch=batch,
        include_name=is_ours,
        render_item=render_plainly,
    )
    with context.begin_transaction():
        context.run_migrations()


def is_ours(name: str | None, type_: str, _parents: object) -> bool:
    """Leave alone what lies in the same database but is no table of ours, and what no model can say."""
    if type_ == "index":
        return name != SEARCH_INDEX
    return type_ != "table" or name in db.metadata.tables


def render_plainly(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as the database's: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JsonText):
        return "sa.Text()"
    return False


if context.is_offline_mode():
    raise SystemExit("Migrations run online: they need the database that they change.")
run()
