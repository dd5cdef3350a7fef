"""Endpoints of the room; importing the modules makes them known."""

from app.access_records.routes import (
    address,
    api,
    citizen,
    consents,
    corrections,
    disputes,
    gateway,
    look_up,
    oversight,
    seals,
    supervision,
    systems,
)
from app.access_records.routes.blueprint import blueprint

__all__ = [
    "address",
    "api",
    "blueprint",
    "citizen",
    "consents",
    "corrections",
    "disputes",
    "gateway",
    "look_up",
    "oversight",
    "seals",
    "supervision",
    "systems",
]
