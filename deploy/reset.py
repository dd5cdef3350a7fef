"""Deletes a demo's data folder and database, so that the next start is a first one. `make reset`."""

import os
import shutil
import sys
from pathlib import Path

from sqlalchemy import MetaData, create_engine

from config import Development, from_env
from deploy.serve import LOCK_FILE, StartError, sole_user


def main() -> int:
    """Delete, or say why not."""
    settings = from_env()
    if not isinstance(settings, Development):
        print("make reset deletes demos only; HWABAEK_ENV says that this is none.", file=sys.stderr)
        return 1
    try:
        reset(settings)
    except StartError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def reset(settings: Development) -> None:
    """Empty the data folder (if a start made it) and drop the tables of a database outside it."""
    folder = settings.data_dir
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / LOCK_FILE).is_file():
            raise StartError(f"Nothing deleted: {folder} does not look like a data folder of Hwabaek.")
        with sole_user(folder):
            empty(folder)
    if os.environ.get("DATABASE_URL"):
        drop_tables(settings.database_url)
    print(f"Deleted the data in {folder}. The next start makes a new demo town: make run")


def empty(folder: Path) -> None:
    """Remove everything in the folder; the folder itself may be a mount point."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def drop_tables(database_url: str) -> None:
    """Drop every table of the database."""
    engine = create_engine(database_url)
    metadata = MetaData()
    metadata.reflect(engine)
    metadata.drop_all(engine)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
