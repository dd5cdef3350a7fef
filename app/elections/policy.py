"""Who may do what to an election. Pure; endpoints demand a permission first, this decides the single case."""

from typing import Protocol

from app.elections.rules import PUBLIC_STATES, ElectionState
from app.platform.permissions import Permission


class Actor(Protocol):
    """An account, as far as this room needs to know it."""

    id: int
    agency_id: int | None

    def has_permission(self, permission: Permission) -> bool:
        """Whether a role of the account carries the permission."""


def can_manage(actor: Actor, election_agency_id: int | None) -> bool:
    """Election officials manage the elections of their own agency."""
    return actor.has_permission(Permission.ELECTION_MANAGE) and actor.agency_id == election_agency_id


def can_see(state: str, is_manager: bool, is_trustee: bool) -> bool:
    """Everybody sees an election once it is set up; drafts are for those who work on them."""
    return ElectionState(state) in PUBLIC_STATES or is_manager or is_trustee
