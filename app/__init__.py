"""Hwabaek: a citizen participation platform whose every count can be checked by an outsider."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from config import Base


def create_app(config: Base | None = None) -> Flask:
    """Build the web application; without `config` the environment's settings are read."""
    # Imported here, and only here, so that `import app.core` needs neither Flask nor a database.
    from app.factory import build_app

    return build_app(config)
