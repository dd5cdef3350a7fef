"""Every permission there is, in alphabetical order; accounts/policy.py says which roles have them.

Grammar: `<scope>:<resource>:<action>`.
"""

from enum import StrEnum


class Permission(StrEnum):
    """What an endpoint can demand by `@requires(...)`."""

    ACCESS_SEAL = "access-records:access:seal"
    ALERT_EXPLAIN = "access-records:alert:explain"
    BREAK_GLASS_REVIEW = "access-records:break-glass:review"
    CORRECTION_ANSWER = "access-records:correction:answer"
    CORRECTION_DECIDE = "access-records:correction:decide"
    DISPUTE_ANSWER = "access-records:dispute:answer"
    DISPUTE_DECIDE = "access-records:dispute:decide"
    DESK_SERVE = "access-records:desk:serve"
    OVERSIGHT_OPEN = "access-records:oversight:open"
    PERSON_LOOK_UP = "access-records:person:look-up"
    SUPERVISION_INSPECT = "access-records:supervision:inspect"
    SYSTEM_INSPECT = "access-records:system:inspect"
    SYSTEM_REGISTER = "access-records:system:register"
    ACCOUNT_LIST = "accounts:account:list"
    PERSON_ATTEST = "accounts:person:attest"
    ROLE_GRANT = "accounts:role:grant"
    CIVIL_REQUEST_ANSWER = "civil-requests:request:answer"
    CIVIL_REQUEST_FILE = "civil-requests:request:file"
    ELECTION_CREATE = "elections:election:create"
    ELECTION_MANAGE = "elections:election:manage"
    TRUSTEE_SERVE = "elections:trustee:serve"
    BALLOT_CAST = "elections:ballot:cast"
    PETITION_ANSWER = "petitions:petition:answer"
    PETITION_MODERATE = "petitions:petition:moderate"
    PETITION_START = "petitions:petition:start"
    SAMPLE_OPEN = "petitions:sample:open"
    SIGNATURE_ENTER = "petitions:signature:enter"
    SIGNATURE_INVALIDATE = "petitions:signature:invalidate"
    SIGNATURE_SIGN = "petitions:signature:sign"
    SWITCH_SET = "petitions:switch:set"
