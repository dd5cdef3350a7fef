"""People and what they may do.

Owns: Account (a citizen or official), Agency, Role, AccountSession (a signed-in browser, revocable),
AccountToken (a link sent by mail). Terms: confirmed = the e-mail address answered; verified = a known person.
Invariants: an address has one account; nobody signs in before confirming; a browser gets a new session at
every sign-in; what a person may do follows from roles alone (policy.py); known and unknown addresses get
the same answers.
"""
