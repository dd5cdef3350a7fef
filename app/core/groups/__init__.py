"""The groups that elections may use, by name; an unknown name is refused, never built from a file."""

from app.core.errors import UnsupportedError
from app.core.groups.base import Element, Group, random_scalar
from app.core.groups.ed25519 import Ed25519Group
from app.core.groups.field import BELENIOS_2048, RFC_3526_2048

ED25519 = Ed25519Group()
GROUPS: dict[str, Group] = {group.name: group for group in (ED25519, BELENIOS_2048, RFC_3526_2048)}


def get_group(name: object) -> Group:
    """The group of that name. Raises UnsupportedError."""
    if not isinstance(name, str) or name not in GROUPS:
        raise UnsupportedError(f"group {str(name)[:40]!r} is not one of {', '.join(GROUPS)}")
    return GROUPS[name]


__all__ = [
    "BELENIOS_2048",
    "ED25519",
    "GROUPS",
    "RFC_3526_2048",
    "Element",
    "Group",
    "get_group",
    "random_scalar",
]
