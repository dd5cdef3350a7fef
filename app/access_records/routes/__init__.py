"""Endpoints of the room; importing the modules makes them known."""

from app.access_records.routes.blueprint import blueprint

__all__ = ["blueprint"]
