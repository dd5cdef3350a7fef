"""Who a message goes to, as the room above tells it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipient:
    """An address, a name to greet and the language to write in."""

    email: str
    name: str
    language: str
