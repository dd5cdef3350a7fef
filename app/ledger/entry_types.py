"""Every act that the ledger records, and every one that it need not.

Grammar: `<scope>:<resource>:<action>`.
"""

from enum import StrEnum


class EntryType(StrEnum):
    """What happened. A value, once published, is never renamed."""

    ACCESS_OPEN = "access-records:access:open"
    ACCESS_RECORD = "access-records:access:record"
    ACCESS_SEAL = "access-records:access:seal"
    ALERT_EXPLAIN = "access-records:alert:explain"
    ALERT_JUDGE = "access-records:alert:judge"
    ALERT_RAISE = "access-records:alert:raise"
    BREAK_GLASS_REVIEW = "access-records:break-glass:review"
    CASES_REPORT = "access-records:cases:report"
    CONSENT_GIVE = "access-records:consent:give"
    CONSENT_NARROW = "access-records:consent:narrow"
    CONSENT_WITHDRAW = "access-records:consent:withdraw"
    CONTENT_ERASE = "access-records:content:erase"
    CORRECTION_ANSWER = "access-records:correction:answer"
    CORRECTION_APPEAL = "access-records:correction:appeal"
    CORRECTION_DECIDE = "access-records:correction:decide"
    CORRECTION_EXTEND = "access-records:correction:extend"
    CORRECTION_REQUEST = "access-records:correction:request"
    DISPUTE_ANSWER = "access-records:dispute:answer"
    DISPUTE_APPEAL = "access-records:dispute:appeal"
    DISPUTE_DECIDE = "access-records:dispute:decide"
    DISPUTE_EXTEND = "access-records:dispute:extend"
    DISPUTE_RAISE = "access-records:dispute:raise"
    EPOCH_ATTEST = "access-records:epoch:attest"
    EPOCH_CLOSE = "access-records:epoch:close"
    EPOCH_EXPORT = "access-records:epoch:export"
    INSPECTION_SIGN = "access-records:inspection:sign"
    LABEL_ENROL = "access-records:label:enrol"
    OVERSIGHT_KEY_REGISTER = "access-records:oversight-key:register"
    SHARING_COMPARE = "access-records:sharing:compare"
    SHARING_REGISTER = "access-records:sharing:register"
    SYSTEM_CHANGE = "access-records:system:change"
    SYSTEM_REGISTER = "access-records:system:register"
    THRESHOLDS_CHANGE = "access-records:thresholds:change"
    ACCOUNT_CONFIRM = "accounts:account:confirm"
    ACCOUNT_CREATE = "accounts:account:create"
    ACCOUNT_REGISTER = "accounts:account:register"
    ACCOUNT_VERIFY = "accounts:account:verify"
    AGENCY_CREATE = "accounts:agency:create"
    DESK_ACT = "accounts:desk:act"
    DESK_UNDO = "accounts:desk:undo"
    FACTOR_CHANGE = "accounts:factor:change"
    IDENTITY_LINK = "accounts:identity:link"
    PASSWORD_RESET = "accounts:password:reset"  # noqa: S105 - the name of an act
    PERSON_ATTEST = "accounts:person:attest"
    ROLE_GRANT = "accounts:role:grant"
    ROLE_REVOKE = "accounts:role:revoke"
    BALLOT_ACCEPT = "elections:ballot:accept"
    CREDENTIALS_PUBLISH = "elections:credentials:publish"
    DECRYPTION_ACCEPT = "elections:decryption:accept"
    ELECTION_CANCEL = "elections:election:cancel"
    ELECTION_CLOSE = "elections:election:close"
    ELECTION_CREATE = "elections:election:create"
    ELECTION_OPEN = "elections:election:open"
    ELECTION_SETUP = "elections:election:setup"
    RESULT_PUBLISH = "elections:result:publish"
    TALLY_COMPUTE = "elections:tally:compute"
    TRUSTEE_REGISTER = "elections:trustee:register"
    LEDGER_KEY_ROTATE = "ledger:key:rotate"


# Acts that nothing may join with an account, not even the wish for a proof.
ANONYMOUS_ACTS = frozenset({EntryType.BALLOT_ACCEPT})


class ExemptAct(StrEnum):
    """State that may change without an entry: it concerns nobody but the person doing it, or is a draft."""

    INSPECTION_DRAFT = "access-records:inspection:draft"
    NOTICE_CHOOSE = "access-records:notice:choose"
    PROOF_DOWNLOAD = "access-records:proof:download"
    REFUSAL_COUNT = "access-records:refusal:count"
    DESK_END = "accounts:desk:end"
    SESSION_START = "accounts:session:start"
    SESSION_END = "accounts:session:end"
    SESSION_KEEP = "accounts:session:keep"
    LANGUAGE_CHOOSE = "accounts:language:choose"
    TEXT_SAVE = "accounts:text:save"
    FACTOR_USE = "accounts:factor:use"
    RESET_REQUEST = "accounts:password:request-reset"
    ATTEMPT_COUNT = "platform:attempt:count"
    PROOF_ASK = "notifications:proof:ask"
    MAIL_SEND = "notifications:mail:send"
    ELECTION_DRAFT = "elections:election:draft"
