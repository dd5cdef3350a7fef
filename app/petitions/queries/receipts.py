"""The receipt of a signature, for whoever gave it."""

from app.access_records.queries.labels import find_enrolment
from app.accounts.models import Account
from app.core.pseudonyms import input_for_address, input_for_person
from app.core.signature_receipts import ADDRESS, PERSON, SignatureReceipt
from app.core.vrf import VrfProofRefused, verify_proof
from app.extensions import db
from app.ledger.queries.receipts import get_receipt
from app.petitions.models import EmailSigner, Petition, Signature
from app.petitions.queries.petitions import get_public_petition
from app.petitions.queries.signatures import get_signature_of
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.refusals import NotSigned
from app.petitions.rules.signing import Level


def get_signature_receipt(account: Account, reference: str) -> SignatureReceipt:
    """The receipt of the account holder's own signature. Raises PetitionNotFound, NotSigned."""
    petition = get_public_petition(reference)
    signature = get_signature_of(account, petition.id)
    if signature.level in (Level.VERIFIED, Level.DESK):
        enrolment = find_enrolment(account.person_id) if account.person_id else None
        return make_receipt(petition, signature, PERSON, enrolment.commitment if enrolment else "")
    if signature.email_signer_id is not None:
        return get_email_receipt(petition, signature)
    return make_receipt(petition, signature, ADDRESS, canonical_address(account.email))


def get_email_receipt(petition: Petition, signature: Signature) -> SignatureReceipt:
    """The receipt of somebody who signed by e-mail, for whoever has the link that was mailed to them."""
    signer = db.session.get_one(EmailSigner, signature.email_signer_id)
    return make_receipt(petition, signature, ADDRESS, signer.canonical_email)


def make_receipt(petition: Petition, signature: Signature, kind: str, made_from: str) -> SignatureReceipt:
    """The receipt, with the ledger's promise or, once the entry is in the tree, the proof.

    What the pseudonym is no longer known to be made from stays out: an account's address may have changed
    since. Its holder knows the old one, and can write it in. Raises NotSigned once the petition is archived.
    """
    if signature.proof is None:
        raise NotSigned
    public_key = petition.public_key or b""
    if not _gives(public_key, petition.reference, kind, made_from, signature.proof, signature.pseudonym):
        made_from = ""
    return SignatureReceipt(
        petition=petition.reference,
        public_key=public_key,
        kind=kind,
        made_from=made_from,
        proof=bytes(signature.proof),
        pseudonym=bytes(signature.pseudonym),
        leaf=signature.ledger_entry.leaf,
        ledger_receipt=get_receipt(signature.ledger_entry.leaf_hash).text,
    )


def _gives(
    public_key: bytes, reference: str, kind: str, made_from: str, proof: bytes, pseudonym: bytes
) -> bool:
    make_input = input_for_person if kind == PERSON else input_for_address
    try:
        return verify_proof(public_key, make_input(reference, made_from), proof) == pseudonym
    except (VrfProofRefused, ValueError):
        return False
