"""What other rooms hold that is like the text somebody is writing.

Peers never import each other: each says in `SIMILAR_OFFERS` of app/rooms.py what it can find, and asks here
for what the others found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app


@dataclass(frozen=True)
class Found:
    """One thing that is public already, with a word about it."""

    title: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class SimilarOffer:
    """What one room offers to who writes in another; title and advice are lazy. `find` answers best first."""

    room: str
    title: Any
    advice: Any
    find: Callable[[str], Sequence[Found]]


@dataclass(frozen=True)
class Offered:
    """What a room has found, under its own title."""

    title: Any
    advice: Any
    found: Sequence[Found]


def list_elsewhere(room: str, text: str) -> list[Offered]:
    """What the rooms besides this one hold that is like a text; rooms without a find are left out."""
    offers: Sequence[SimilarOffer] = current_app.extensions["similar_offers"]
    asked = [offer for offer in offers if offer.room != room] if text.strip() else []
    answers = [Offered(offer.title, offer.advice, offer.find(text)) for offer in asked]
    return [answer for answer in answers if answer.found]
