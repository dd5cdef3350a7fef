"""Signing at a desk: a clerk signs for a person who is present, who can undo it like any act of a desk."""

from collections.abc import Mapping
from typing import Any

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import DeskActRecord
from app.accounts.queries import Served
from app.accounts.rules import NotUndoable
from app.accounts.services.desk import Outcome, forget_acts
from app.core.pseudonyms import input_for_person
from app.core.vrf import proof_to_output
from app.petitions.models import Signature
from app.petitions.queries.facts import get_facts
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules import refusals
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.admission import Applicant, ensure_admitted, ensure_open
from app.petitions.rules.life import Act, Actor, next_state
from app.petitions.rules.signing import LOCAL, Level, SignatureState
from app.petitions.services.keys import get_key
from app.petitions.services.signing import (
    change_signature,
    insert_support,
    lock_for_signing,
    lock_signature,
    make_support,
    withdraw_of_address,
)
from app.platform import clock

# What the act is called among those of a desk.
KIND = "petitions:signature:give"


def sign_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """Sign for the person, in the act's transaction; the one proof is short enough for it.

    Raises PetitionNotFound, NotOpen, SigningSwitchedOff, LevelTooLow, BirthYearUnknown, TooYoung,
    OtherDistrict, AlreadySigned, SignatureInvalid.
    """
    reference = values["petition"]
    petition, now = get_facts(reference), clock.now()
    today = now.astimezone(LOCAL).date()
    known = find_enrolment(served.person.id)
    if known is None:
        raise refusals.LevelTooLow
    ensure_open(*lock_for_signing(petition.id), today)
    district = served.district or None
    ensure_admitted(petition.rules.sign, Applicant(2, district, known.birth_year), today)
    vrf_input = input_for_person(reference, known.commitment)
    support = make_support(petition, vrf_input, Level.DESK, district, now)
    account = served.account
    found = lock_signature(Signature.petition_id == petition.id, Signature.pseudonym == support.pseudonym)
    if found is None:
        insert_support(support, account.id if account else None, None)
    elif found.state == SignatureState.WITHDRAWN:
        change_signature(petition, found, SignatureState.COUNTED, {"by": "desk"})
    elif found.state == SignatureState.INVALIDATED:
        raise refusals.SignatureInvalid
    else:
        raise refusals.AlreadySigned
    if account is not None and petition.rules.sign.level == 1:
        withdraw_of_address(petition, account.id, canonical_address(account.email))
    title = get_public_petition(reference).title
    # Nothing that names the signature; and what names the petition goes when that is archived.
    return Outcome({"petition": reference, "title": title}, _restore(reference), support.release_at)


def forget_desk_acts(reference: str) -> None:
    """Let nothing say any more for whom a desk signed a petition, in the caller's transaction."""
    forget_acts(KIND, _restore(reference))


def withdraw_at_desk(served: Served, record: DeskActRecord) -> None:
    """Withdraw what was signed at a desk, in the undoing's transaction. Raises NotUndoable."""
    reference = (record.restore or {}).get("petition", "")
    known = find_enrolment(served.person.id)
    if known is None:
        raise NotUndoable
    try:
        petition = get_facts(reference)
        pseudonym = proof_to_output(get_key(reference).prove(input_for_person(reference, known.commitment)))
        state, _ = lock_for_signing(petition.id)
        next_state(state, Act.UNSIGN, Actor.CLERK)
    except refusals.PetitionRefusal as refusal:
        # It is archived.
        raise NotUndoable from refusal
    found = lock_signature(Signature.petition_id == petition.id, Signature.pseudonym == pseudonym)
    if found is None or found.state != SignatureState.COUNTED:
        raise NotUndoable
    change_signature(petition, found, SignatureState.WITHDRAWN)


def _restore(reference: str) -> dict[str, str]:
    return {"petition": reference}
