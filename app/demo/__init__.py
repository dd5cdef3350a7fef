"""The demo town Hanbit (한빛시), so that whoever starts the service finds people, votes and results in it.

Owns no table: it makes everything through the other rooms' services, in one transaction. Nothing imports it.
Terms: *seeding* is making the town; a *handout* is a file that a newcomer needs to play a part in it (a
sign-in, a voter's letter, a trustee's key file).
Invariants: only an empty database is seeded, and never in production; passwords, passphrases, keys and
credentials are fresh in each town.
"""
