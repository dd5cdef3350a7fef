"""The one append-only public log.

Owns: Entry (one act: public fields in clear, personal ones as commitments), its leaf bytes, the Opening
(content and nonce behind a commitment, kept apart so that it can be erased).
Invariants: an entry is appended in the same transaction as the act it records; it is never changed or
deleted; erasing an opening leaves every leaf as it was; the tree index is given by the sequencer only.
"""
