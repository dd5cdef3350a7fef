"""Endpoints of the room; importing the modules makes them known."""

from app.access_records.routes import api, citizen, disputes, look_up, oversight, systems
from app.access_records.routes.blueprint import blueprint

__all__ = ["api", "blueprint", "citizen", "disputes", "look_up", "oversight", "systems"]
