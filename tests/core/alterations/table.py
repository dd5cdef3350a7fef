"""The table of alterations: each makes, from an honest archive, one that must be refused under a named check.

The numbers (c01 ...) are those of a published list of attacks on verifiable elections; letters tell
variants apart. Hashes and chain are made again unless an alteration is about them.
"""

from collections.abc import Callable

from app.core.errors import Check
from tests.core.kit import Sample

Maker = Callable[[Sample], bytes]
ALTERATIONS: dict[str, tuple[Check, Maker]] = {}


def alteration(name: str, check: Check) -> Callable[[Maker], Maker]:
    def register(function: Maker) -> Maker:
        ALTERATIONS[name] = (check, function)
        return function

    return register
