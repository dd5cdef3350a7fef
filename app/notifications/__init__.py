"""What the platform tells people.

Owns: OutboxMessage (a message to send, written in the act's own transaction), e-mail rendering and delivery,
ProofWish (somebody waits for the proof of a ledger entry).
Invariants: a message exists only if its act was committed; its row is deleted once it is sent; nothing
personal is logged.
"""
