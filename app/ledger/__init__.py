"""The one append-only public log.

Owns: Entry (one act: public fields in clear, personal ones as commitments), its leaf bytes, the Opening
(content and nonce behind a commitment, kept apart so that it can be erased); the tree over the entries,
its tiles, signed checkpoints with cosignatures, receipts; the log of the map, whose leaf index is the epoch.
Invariants: an entry is appended in the same transaction as the act it records; it is never changed or
deleted; erasing an opening leaves every leaf as it was; the tree index is given by the sequencer only,
in one transaction with the checkpoint that covers it; no two checkpoints contradict each other.
"""
