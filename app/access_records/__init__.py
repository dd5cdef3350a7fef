"""Who looked at whose data, and why; which information systems may say so.

Owns: InformationSystem (register of connected systems), PurposeCode, SystemDatum (made-up contents),
AccessRecord (one access to one person's data), AccessChain (a person's records, hash by hash), AccessLabel
(the key under which a person stands in the map), AccessReport (what a system sent), BreakGlassReview,
Epoch (one map of everybody, once a day), SealedAccess, OversightStatement, OversightKey, AccessPreference,
AccessAlert, AlertThresholds, AgencyCase (what supervision noticed, and by what), InspectionReport,
Dispute (a person's question about one access, with its answer), CorrectionRequest (a person's wish that a
datum be corrected or deleted), SharingAgreement (what a system may pass on), Consent, ConsentChange.
Terms: a person is who the data is about, an official who looks; a purpose is a coded reason, a case the
number it belongs to; an official's tag is a pseudonym that stays the same within one agency.
Invariants: `record_accesses` is the one writer of AccessRecord, in the transaction that releases the data;
numbers of a person's records have no gap; what is committed to is never changed, only erased when its time
is over; a person's data is shown to another person by `look_up` and nowhere else; it passes from one agency
to another by `gateway` only, never after the withdrawal of the consent that it rests on was committed.
"""
