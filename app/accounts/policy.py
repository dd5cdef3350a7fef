"""What each role may do. Default deny: a permission that no line here grants is nobody's."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.platform.permissions import Permission


class Role(StrEnum):
    """The roles an account can have, beside each other."""

    CITIZEN = "citizen"
    ELECTION_OFFICIAL = "election_official"
    TRUSTEE = "trustee"
    AGENCY_OFFICIAL = "agency_official"
    INVESTIGATOR = "investigator"
    CLERK = "clerk"
    INSPECTOR = "inspector"
    PRIVACY_OFFICER = "privacy_officer"
    OVERSIGHT = "oversight"
    MODERATOR = "moderator"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


# Everybody else acts for a public body, and so needs a second factor and shorter sessions.
PRIVATE_ROLES = frozenset({Role.CITIZEN, Role.TRUSTEE})
# Whoever watches the others is none of them.
SOLE_ROLES = frozenset({Role.OVERSIGHT})

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CITIZEN: frozenset(
        {
            Permission.BALLOT_CAST,
            Permission.CIVIL_REQUEST_FILE,
            Permission.PETITION_START,
            Permission.SIGNATURE_SIGN,
        }
    ),
    Role.ELECTION_OFFICIAL: frozenset({Permission.ELECTION_CREATE, Permission.ELECTION_MANAGE}),
    Role.TRUSTEE: frozenset({Permission.TRUSTEE_SERVE}),
    Role.AGENCY_OFFICIAL: frozenset(
        {
            Permission.ALERT_EXPLAIN,
            Permission.BREAK_GLASS_REVIEW,
            Permission.CIVIL_REQUEST_ANSWER,
            Permission.CORRECTION_ANSWER,
            Permission.DISPUTE_ANSWER,
            Permission.PERSON_LOOK_UP,
            Permission.PETITION_ANSWER,
        }
    ),
    Role.INVESTIGATOR: frozenset({Permission.ACCESS_SEAL}),
    Role.CLERK: frozenset({Permission.PERSON_ATTEST, Permission.DESK_SERVE, Permission.SIGNATURE_ENTER}),
    Role.INSPECTOR: frozenset({Permission.SUPERVISION_INSPECT, Permission.SYSTEM_INSPECT}),
    Role.PRIVACY_OFFICER: frozenset(
        {
            Permission.ALERT_EXPLAIN,
            Permission.BREAK_GLASS_REVIEW,
            Permission.CORRECTION_DECIDE,
            Permission.DISPUTE_DECIDE,
            Permission.SYSTEM_INSPECT,
        }
    ),
    Role.OVERSIGHT: frozenset({Permission.OVERSIGHT_OPEN}),
    Role.MODERATOR: frozenset({Permission.PETITION_MODERATE, Permission.SIGNATURE_INVALIDATE}),
    Role.AUDITOR: frozenset({Permission.SAMPLE_OPEN}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.ACCOUNT_LIST,
            Permission.PERSON_ATTEST,
            Permission.ROLE_GRANT,
            Permission.SYSTEM_REGISTER,
            Permission.SWITCH_SET,
        }
    ),
}


def has_permission(roles: Iterable[Role], permission: Permission) -> bool:
    """Whether any of `roles` carries `permission`."""
    return any(permission in ROLE_PERMISSIONS[role] for role in roles)


def is_official(roles: Iterable[Role]) -> bool:
    """Whether any of `roles` acts for a public body."""
    return any(role not in PRIVATE_ROLES for role in roles)


def may_combine(roles: Iterable[Role]) -> bool:
    """Whether one account may have all of `roles` beside each other."""
    wanted = set(roles)
    return len(wanted) < 2 or not wanted & SOLE_ROLES
