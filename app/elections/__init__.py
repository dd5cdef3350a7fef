"""Secret ballots that anyone can check: elections after the Belenios protocol.

Owns: Election (draft to result), Question, RollVoter (who may vote), Trustee, ElectionEvent with its
data (the public archive), CredentialBinding (keyed hashes, gone at closing).
Terms: a ballot is always the encrypted object; a credential is the voter's signing code, never a login
secret; a tracker is the code of a ballot.
Invariants: events are chained under a lock on the election's row and never changed; nothing joins an
account to a ballot once the election is closed; the server never holds a plaintext choice, a trustee's
private key, or (unless it is the authority of a small poll, and says so) a private credential.
"""
