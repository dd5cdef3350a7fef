"""Every permission there is. Grammar: `<scope>:<resource>:<action>`, alphabetical; roles map to them in accounts/policy.py."""

from enum import StrEnum


class Permission(StrEnum):
    """What an endpoint can demand by `@requires(...)`."""

    ACCOUNT_LIST = "accounts:account:list"
    ACCOUNT_VERIFY = "accounts:account:verify"
    ROLE_GRANT = "accounts:role:grant"
    ELECTION_CREATE = "elections:election:create"
    ELECTION_MANAGE = "elections:election:manage"
    TRUSTEE_SERVE = "elections:trustee:serve"
    BALLOT_CAST = "elections:ballot:cast"
