"""Secret keys kept outside the database, in DATA_DIR/keys, made at the first start."""

import os
import secrets
from pathlib import Path

from flask import current_app

KEY_BYTES = 32


def get(name: str) -> bytes:
    """The 32-byte key called `name` of the running application; made when it is first asked for."""
    return load_or_create(Path(current_app.config["DATA_DIR"]) / "keys", name)


def load_or_create(folder: Path, name: str) -> bytes:
    """Read `folder/name.key`, creating it first when absent; two processes starting at once agree."""
    path = folder / f"{name}.key"
    if not path.exists():
        _create(path)
    return bytes.fromhex(path.read_text("ascii").strip())


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # link() refuses an existing name, so the first process wins and no reader sees half a key.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
