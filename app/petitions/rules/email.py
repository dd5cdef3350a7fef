"""Signing by e-mail: how often, and how long a link waits. Pure."""

from datetime import timedelta

# The kind of recipient that the outbox knows an EmailSigner by.
EMAIL_SIGNER = "email-signer"
# Forms from one network for one petition within the window, with a proof-of-work and without. Many people
# share an office's or a telephone company's network, so that the first is generous. Signatures of accounts
# that nobody has verified count among them, and may be as many as with a proof-of-work.
WINDOW = timedelta(hours=1)
FORMS_WITH_PROOF, FORMS_WITHOUT = 60, 10
# How long a proof-of-work is good. Its solution is one of PROOF_TRIES numbers; trying one of them takes
# PROOF_ROUNDS rounds of PBKDF2.
PROOF_LIFETIME = timedelta(minutes=10)
PROOF_TRIES, PROOF_ROUNDS = 512, 10_000
# Mails to one address about one petition within MAILS_WINDOW; beyond it none goes.
MAILS_TO_ADDRESS, MAILS_WINDOW = 3, timedelta(days=1)
# How long an unconfirmed request waits; how long the counts of forms, and hashes of networks, are kept.
UNCONFIRMED_KEPT = timedelta(days=7)
REQUESTS_KEPT = timedelta(days=1)
NETWORKS_KEPT = timedelta(days=30)


def forms_allowed(*, has_proof: bool) -> int:
    """How many forms one network may send for one petition within WINDOW."""
    return FORMS_WITH_PROOF if has_proof else FORMS_WITHOUT


def longest_match(postcode: str, prefixes: dict[str, str]) -> str | None:
    """The district whose prefix of postcodes fits best; `prefixes` maps each prefix to its district."""
    digits = "".join(postcode.split()).lower()
    for length in range(len(digits), 0, -1):
        if (found := prefixes.get(digits[:length])) is not None:
            return found
    return None
