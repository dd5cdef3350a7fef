"""What each role may do. Default deny: a permission that no line here grants is nobody's."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.platform.permissions import Permission


class Role(StrEnum):
    """The roles an account can have, beside each other."""

    CITIZEN = "citizen"
    ELECTION_OFFICIAL = "election_official"
    TRUSTEE = "trustee"
    ADMINISTRATOR = "administrator"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset({Permission.BALLOT_CAST}),
    Role.ELECTION_OFFICIAL: frozenset({Permission.ELECTION_CREATE, Permission.ELECTION_MANAGE}),
    Role.TRUSTEE: frozenset({Permission.TRUSTEE_SERVE}),
    Role.ADMINISTRATOR: frozenset(
        {Permission.ACCOUNT_LIST, Permission.ACCOUNT_VERIFY, Permission.ROLE_GRANT}
    ),
}


def has_permission(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether any of `roles` carries `permission`."""
    return any(permission in ROLE_PERMISSIONS[role] for role in roles)
