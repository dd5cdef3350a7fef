"""What one citizen asks of the town's agencies: one window, whichever agency is responsible.

Owns: CivilRequest (what is asked, from draft to answer), Filer (who waits for the answer, and how content
they are), Assignment (one agency's part, with its clock), RequestEvent, AgencyKeyword (words that point to
an agency).

Terms: a *part* is what one agency has to answer; a *transfer* gives a part to another agency, a *split* adds
one; *merged* requests are answered together; a *published* answer is one that stands without names in the
knowledge base.

Invariants: a request changes its state only along rules/life.py; every act is a ledger entry; only its filers
and the agencies that have a part of it see a request; what is published was read by an official and names no
filer; nobody decides an appeal against their own closing.
"""
