"""Secret keys kept outside the database, in DATA_DIR/keys, made at the first start."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from flask import current_app

KEY_BYTES = 32


def get(name: str) -> bytes:
    """The 32-byte key called `name` of the running application; made when it is first asked for.

    Read once by each process: crowds sign with some of them.
    """
    known: dict[str, bytes] = current_app.extensions.setdefault("keys", {})
    if name not in known:
        known[name] = load_or_create(Path(current_app.config["DATA_DIR"]) / "keys", name)
    return known[name]


def load_or_create(folder: Path, name: str) -> bytes:
    """Read `folder/name.key`, creating it first when absent; two processes starting at once agree."""
    text = read_or_write_once(folder / f"{name}.key", lambda: secrets.token_hex(KEY_BYTES) + "\n")
    return bytes.fromhex(text.strip())


def read_or_write_once(path: Path, make: Callable[[], str]) -> str:
    """Read a file that only its owner may read, writing what `make` gives where it is absent."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _write_draft(path, make())
        try:
            # link() refuses an existing name, so the first process wins and no reader sees half a key.
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text("utf-8")


def replace(path: Path, text: str) -> None:
    """Put `text` in place of a file's content, whole or not at all."""
    _write_draft(path, text).replace(path)


def _write_draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
