"""What a petition's pseudonyms are made from: the input of the VRF, one for each way of signing.

A pseudonym is the output of `app.core.vrf` under the petition's own key. The same signer gives the same
input, so one petition cannot have two pseudonyms of one signer; another petition has another key, so
nobody can link the two. The signer's receipt holds the input's parts and the proof.
"""

_TAG = b"hwabaek/petition-pseudonym/v1"


class InputNotUsable(ValueError):
    """A part of the input is empty or contains the separator."""


def input_for_person(petition: str, enrolment_commitment: str) -> bytes:
    """For a verified person: the commitment of their label's enrolment in the ledger (64 hex digits)."""
    return _join("person", petition, enrolment_commitment)


def input_for_address(petition: str, canonical_email: str) -> bytes:
    """For somebody of whom only an e-mail address is known, in its canonical form."""
    return _join("address", petition, canonical_email)


def input_for_paper(petition: str, name: str, postcode: str) -> bytes:
    """For a line on paper: name and postcode, lower case, without spaces."""
    return _join("paper", petition, _squeeze(name), _squeeze(postcode))


def _squeeze(text: str) -> str:
    return "".join(text.lower().split())


def _join(*parts: str) -> bytes:
    raw = [part.encode() for part in parts]
    if not all(raw) or any(b"\x00" in part for part in raw):
        raise InputNotUsable("every part has text, and none a zero byte")
    return b"\x00".join([_TAG, *raw])
