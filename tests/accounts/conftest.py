"""People to sign in as, and what their mailbox holds."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask


@pytest.fixture
def mailbox(app: Flask) -> Callable[[], list[EmailMessage]]:
    """Every message sent so far, oldest first."""
    folder = Path(app.config["DATA_DIR"]) / "mail"

    def read() -> list[EmailMessage]:
        paths = sorted(folder.glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]  # type: ignore[misc]

    return read
