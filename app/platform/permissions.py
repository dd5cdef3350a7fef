"""Every permission there is, in alphabetical order; accounts/policy.py says which roles have them.

Grammar: `<scope>:<resource>:<action>`.
"""

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
