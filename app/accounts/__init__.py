"""People and what they may do.

Owns: Person (somebody the town knows, by a keyed hash), Account (a citizen or official), Agency, Role,
AccountSession (a signed-in browser, revocable), AccountToken (a link sent by mail), the second factor
(TotpKey, Passkey, RecoveryCode), LinkedIdentity (a name at an identity provider), SavedText (what is being
written), Resident (a person without an account, as a desk registered them), DeskSession and DeskActRecord
(what a clerk does for a person who is present). Terms: confirmed = the e-mail address answered; level 2,
verified = a known person; official = whoever has a role other than citizen and trustee; passed = the session
has shown the second factor.
Invariants: an address has one account, a person one verified account; an identity claim is stored nowhere;
nobody signs in before confirming; a browser gets a new session at every sign-in; an official's session
opens nothing but the profile before it has passed (routes/gate.py); each code works once; what a person may
do follows from roles alone (policy.py); a clerk serves one person at a time, with every act on record, and
nobody votes from a desk; known and unknown addresses get the same answers.
"""
