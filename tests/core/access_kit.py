"""A town in memory: a ledger, a log of maps, epochs of many people, and proof files of one of them."""

import hashlib
import random
from dataclasses import dataclass, field, replace

from app.core import checkpoints as c
from app.core import merkle
from app.core.access_chain import AccessContent, chain_head, make_label
from app.core.access_proofs import (
    ACCESS_SEAL,
    AccessProof,
    Consistency,
    EpochLeaf,
    LedgerProof,
    ProvedEntry,
    commit_to_sealed,
    enrolment_of,
    map_value,
)
from app.core.commitments import Content
from app.core.prefix_map import PrefixMap

LEDGER_KEY = c.SigningKey("hanbit.test/ledger", bytes(range(32)))
MAP_KEY = c.SigningKey("hanbit.test/map", bytes(range(2, 34)))
WITNESS = c.SigningKey("witness.test/w1", bytes(range(1, 33)), c.COSIGNATURE_TYPE)
START = 1_790_000_000


def digest(text: str) -> bytes:
    """32 bytes for a name."""
    return hashlib.sha256(text.encode()).digest()


@dataclass
class Log:
    """Leaves and what a log says about them."""

    key: c.SigningKey
    leaves: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> int:
        """The new leaf's index."""
        self.leaves.append(merkle.leaf_hash(leaf))
        return len(self.leaves) - 1

    def read(self, level: int, index: int) -> bytes:
        """A full subtree's hash."""
        part = self.leaves[index << level : (index + 1) << level]
        while len(part) > 1:
            part = [merkle.node_hash(part[i], part[i + 1]) for i in range(0, len(part), 2)]
        return part[0]

    def checkpoint(self) -> c.Note:
        """Signed, and cosigned by the witness."""
        size = len(self.leaves)
        text = c.Checkpoint(self.key.name, size, merkle.root_hash(size, self.read)).to_text()
        note = c.sign_note(text, [self.key])
        return c.Note(note.text, (*note.signatures, c.cosign(note, WITNESS, START)))

    def prove(self, index: int, cosigned: bool = True) -> c.ProofFile:
        """The proof file of one leaf."""
        note = self.checkpoint() if cosigned else c.without_cosignatures(self.checkpoint())
        return c.ProofFile(index, tuple(merkle.inclusion_proof(index, len(self.leaves), self.read)), note)

    def consistency(self, size: int) -> Consistency:
        """From `size` to now."""
        return Consistency(size, tuple(merkle.consistency_proof(size, len(self.leaves), self.read)))


def make_entry(number: int, **changes: object) -> ProvedEntry:
    """A record as the service commits to it."""
    values: dict[str, object] = {
        "number": number,
        "system": "vehicles",
        "agency": "Hanbit City",
        "unit": "Transport",
        "official": "7f3a21c0",
        "purpose": "parking-objection",
        "legal_basis": "Motor Vehicle Management Act Art. 7",
        "case": f"2026-{number}",
        "categories": ("address", "vehicle"),
        "action": "view",
        "accessed_at": START + number,
        "recorded_at": START + number,
        **changes,
    }
    return ProvedEntry(AccessContent(**values).content(), digest(f"nonce {number}"))  # type: ignore[arg-type]


class Town:
    """`people` persons; the first has the entries, and is enrolled a third of the way into the ledger."""

    def __init__(self, people: int = 300, entries: int = 5, ledger: int = 20, epochs: int = 0) -> None:
        self.keys = [digest(f"label key {number}") for number in range(people)]
        self.ledger, self.maps = Log(LEDGER_KEY), Log(MAP_KEY)
        self.entries = tuple(make_entry(number) for number in range(1, entries + 1))
        self.sealed: dict[str, int] = {}
        enrolment = enrolment_of(self.keys[0], digest("enrolment"), START)
        leaves = [f"entry {filler}".encode() for filler in range(ledger)]
        leaves[ledger // 3] = enrolment.leaf
        for leaf in leaves:
            self.ledger.append(leaf)
        for filler in range(epochs):
            self.maps.append(f"epoch {filler}".encode())
        self.enrolment = replace(enrolment, proof=self.ledger.prove(ledger // 3, cosigned=False))

    def seal(self, content: Content) -> LedgerProof:
        """Seal an access and put it in the ledger."""
        sealed = LedgerProof(ACCESS_SEAL, START, {"agency": "Prosecution"}, content, digest("seal"))
        return replace(sealed, proof=self.ledger.prove(self.ledger.append(sealed.leaf), cosigned=False))

    def close_epoch(self, shuffle: int = 0) -> AccessProof:
        """Build the map of everybody, append its root, and make the first person's proof."""
        number = len(self.maps.leaves)
        rest = random.Random(f"{number} {shuffle}")
        values = {make_label(key): rest.randbytes(32) for key in self.keys[1:]}
        commitment = commit_to_sealed(self.sealed, digest(f"sealed nonce {number}"))
        head = chain_head(entry.commitment for entry in self.entries)
        label = make_label(self.keys[0])
        values[label] = map_value(len(self.entries), head, commitment)
        built = PrefixMap(values)
        epoch = EpochLeaf(number, built.root, START + number * 86_400, len(values))
        self.maps.append(epoch.to_bytes())
        return AccessProof(
            enrolment=self.enrolment,
            count=len(self.entries),
            head=head,
            entries=self.entries,
            sealed_commitment=commitment,
            epoch=epoch,
            siblings=built.prove(label).siblings,
            map_proof=self.maps.prove(number),
            consistency=(self.maps.consistency(number),) if number else (),
        )
