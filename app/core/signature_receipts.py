"""A signer's receipt: shows that a pseudonym in the ledger is theirs, and that nobody chose it.

It holds what the pseudonym was made from (the commitment of the person's enrolment, or an address), the
VRF's proof under the petition's key, the entry's exact bytes and the ledger's promise or proof about it.
Whoever has the receipt can see that its holder signed: it is the signer's own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.access_proofs import parse_access_proof
from app.core.commitments import commit_to
from app.core.ledger_errors import LedgerError
from app.core.petition_count import COUNT, CountCheck, Difference, PetitionLedger
from app.core.pseudonyms import InputNotUsable, input_for_address, input_for_person
from app.core.vrf import VrfProofRefused, verify_proof

FORMAT = "hwabaek/petition-signature/v1"
# From the release of an entry until the ledger has it, as its promise says.
PROMISED_SECONDS = 60
PERSON, ADDRESS = "person", "address"


class SignatureReceiptError(LedgerError):
    """The receipt is malformed, or does not show what it should; the message says what."""


@dataclass(frozen=True)
class SignatureReceipt:
    """The file, read; nothing is verified yet."""

    petition: str
    public_key: bytes
    kind: str
    made_from: str
    proof: bytes
    pseudonym: bytes
    leaf: bytes
    ledger_receipt: str

    def to_json(self) -> dict[str, object]:
        """The file's content."""
        return {
            "format": FORMAT,
            "petition": self.petition,
            "public_key": self.public_key.hex(),
            "input": {"kind": self.kind, "value": self.made_from},
            "proof": self.proof.hex(),
            "pseudonym": self.pseudonym.hex(),
            "leaf": self.leaf.decode(),
            "receipt": self.ledger_receipt,
        }


def parse_signature_receipt(raw: bytes) -> SignatureReceipt:
    """Read a signer's receipt. Raises SignatureReceiptError."""
    try:
        data = json.loads(raw)
        if data["format"] != FORMAT:
            raise SignatureReceiptError(f"not a receipt of the format {FORMAT}")
        return SignatureReceipt(
            petition=_text(data, "petition"),
            public_key=bytes.fromhex(_text(data, "public_key")),
            kind=_text(data["input"], "kind"),
            made_from=str(data["input"]["value"]),
            proof=bytes.fromhex(_text(data, "proof")),
            pseudonym=bytes.fromhex(_text(data, "pseudonym")),
            leaf=_text(data, "leaf").encode(),
            ledger_receipt=_text(data, "receipt"),
        )
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise SignatureReceiptError(f"not a signer's receipt: {problem}") from problem


def verify_signature_receipt(receipt: SignatureReceipt) -> None:
    """Demand that the pseudonym is the one that the petition's key gives, and that the entry carries it.

    The ledger's promise or proof is verified apart, under the ledger's keys. Raises SignatureReceiptError.
    """
    try:
        output = verify_proof(receipt.public_key, _input_of(receipt), receipt.proof)
    except (VrfProofRefused, InputNotUsable) as problem:
        raise SignatureReceiptError(
            f"the pseudonym is not made from what the receipt says: {problem}"
        ) from None
    if output != receipt.pseudonym:
        raise SignatureReceiptError("the proof gives another pseudonym")
    try:
        entry = json.loads(receipt.leaf)
        public = entry["public"]
        agrees = entry["type"] == COUNT and public["petition"] == receipt.petition
        agrees = agrees and public["pseudonym"] == receipt.pseudonym.hex()
    except (LookupError, TypeError, ValueError, RecursionError):
        agrees = False
    if not agrees:
        raise SignatureReceiptError("the entry is not that of this pseudonym's signature")


def verify_enrolment(receipt: SignatureReceipt, access_proof: bytes) -> None:
    """Demand that the pseudonym was made from the label of a proof of access records.

    So the signer and the person whose accesses the file lists are one. Raises SignatureReceiptError,
    AccessProofError for a file that is no such proof.
    """
    enrolment = parse_access_proof(access_proof).enrolment
    if receipt.kind != PERSON or commit_to(enrolment.content, enrolment.nonce) != receipt.made_from:
        raise SignatureReceiptError("the proof of access records is of another label")


def find_in_ledger(receipt: SignatureReceipt, ledger: PetitionLedger) -> tuple[list[Difference], bool | None]:
    """What a ledger that was read to its end has against a receipt; and whether the signature counts.

    None instead of that: it is not in the ledger, where it may still be waiting for its batch.
    """

    def differ(text: str) -> list[Difference]:
        return [Difference(CountCheck.RECEIPT, receipt.petition, text)]

    petition = ledger.petitions.get(receipt.petition)
    if petition is None:
        return differ("the receipt is of a petition that the ledger has not opened"), None
    if petition.public_key != receipt.public_key.hex():
        return differ("the receipt's key is not the one that the petition was opened with"), None
    found = petition.signatures.get(receipt.pseudonym)
    if found is None and json.loads(receipt.leaf)["at"] + PROMISED_SECONDS < ledger.newest_at:
        return differ("the receipt's signature should be in the ledger by now, and is not"), None
    if found is not None and receipt.kind == PERSON and receipt.made_from not in ledger.seen:
        return differ("the receipt's pseudonym is made from a label that was never enrolled"), None
    return [], found[1] if found else None


def _input_of(receipt: SignatureReceipt) -> bytes:
    if receipt.kind == PERSON:
        return input_for_person(receipt.petition, receipt.made_from)
    if receipt.kind == ADDRESS:
        return input_for_address(receipt.petition, receipt.made_from)
    raise SignatureReceiptError("a signature is made from a person's enrolment or an address")


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value
