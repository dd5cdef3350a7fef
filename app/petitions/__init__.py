"""What citizens ask for together.

Owns: PetitionType (a kind of petition, as data), Petition (what is asked, from draft to archive), Edit,
TimelineEvent, Sponsor, Obligation (something an agency owes a petition, with its clock), Signature (one
pseudonym's support of one petition), and the totals made of them.

Terms: a *signature* is a citizen's support, cryptographic ones are always qualified; a *sponsor* supports
before publication; a *threshold* is a count that triggers an obligation; a *place* is the district or
region that a signature's ledger entry carries.

Invariants: a petition changes its state only along rules/life.py; each counted signature has one ledger
entry with a pseudonym that its petition knows once; totals are folded from signatures, never counted up by
the one who signs; nothing about a signer is public but pseudonym, level, place and day.
"""
