"""Who may not sign unverified, remembered for a few seconds."""

import hmac
from datetime import timedelta
from hashlib import sha256

from flask import current_app
from sqlalchemy import select

from app.extensions import db
from app.petitions.models import Block
from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.fraud import BlockKind, list_parents
from app.platform import clock, keys

REMEMBERED = timedelta(seconds=5)
HASH_BYTES = 16
_KEY = "petition_blocks"
_KEY_NAME = "petition-networks"


def hash_network(network: str) -> bytes:
    """The keyed hash under which a signature keeps the network it came from."""
    return _hash(f"network\0{network}")


def hash_subject(kind: BlockKind, subject: str) -> str:
    """As a block holds it: a domain in clear, addresses and networks as keyed hashes."""
    if kind is BlockKind.DOMAIN:
        return subject
    if kind is BlockKind.NETWORK:
        return hash_network(subject).hex()
    return _hash(f"address\0{subject}").hex()


def is_blocked(address: str, network: bytes | None) -> bool:
    """Whether a block stands for the address, its domain, or the network (as `hash_network` gives it)."""
    canonical = canonical_address(address)
    wanted = {(BlockKind.DOMAIN, parent) for parent in list_parents(canonical.rpartition("@")[2])}
    wanted.add((BlockKind.ADDRESS, hash_subject(BlockKind.ADDRESS, canonical)))
    if network is not None:
        wanted.add((BlockKind.NETWORK, network.hex()))
    return not wanted.isdisjoint(_subjects())


def forget_blocks() -> None:
    """Read again at the next question; for whoever has just changed one."""
    current_app.extensions.pop(_KEY, None)


def list_blocks() -> list[Block]:
    """Every block, newest first."""
    return list(db.session.scalars(select(Block).order_by(Block.id.desc())))


def _subjects() -> frozenset[tuple[str, str]]:
    read_at, subjects = current_app.extensions.get(_KEY, (None, frozenset()))
    now = clock.now()
    if read_at is None or not timedelta() <= now - read_at < REMEMBERED:
        subjects = frozenset((row.kind, row.subject) for row in db.session.execute(_SUBJECTS))
        current_app.extensions[_KEY] = (now, subjects)
    return subjects


def _hash(text: str) -> bytes:
    return hmac.new(keys.get(_KEY_NAME), text.encode(), sha256).digest()[:HASH_BYTES]


_SUBJECTS = select(Block.kind, Block.subject)
