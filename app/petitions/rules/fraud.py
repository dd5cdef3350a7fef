"""Blocks, what is unusual, and by what signatures are declared invalid. Pure."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from ipaddress import ip_network
from typing import Any

from app.petitions.rules.addresses import canonical_address
from app.petitions.rules.refusals import BlockInvalid, InvalidationStateRefused, NoCriteria

# Somebody with one address usually has its neighbours too: as the limits count them.
IPV4_PREFIX, IPV6_PREFIX = 24, 48
# An hour with fewer signatures from one place is never unusual.
NOTICED_FROM = 20
NOTICED_SHARE = 0.3
# Large providers have a large share always; unusual is a share so many times the usual one.
NOTICED_GROWTH = 3
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


class BlockKind(StrEnum):
    """What can be blocked, and what trends are looked for."""

    DOMAIN = "domain"
    ADDRESS = "address"
    NETWORK = "network"


def normalise_subject(kind: BlockKind, text: str) -> str:
    """The one way in which a domain, an address or a network is written. Raises BlockInvalid."""
    text = text.strip().lower()
    if kind is BlockKind.NETWORK:
        return _widen(text)
    if kind is BlockKind.DOMAIN:
        return _encode_domain(text.lstrip("@"))
    name, _, domain = text.rpartition("@")
    if not name:
        raise BlockInvalid
    return canonical_address(f"{name}@{_encode_domain(domain)}")


def mask(kind: BlockKind, subject: str) -> str:
    """What moderators see of it later: an address without its name."""
    return f"{subject[0]}…@{subject.rpartition('@')[2]}" if kind is BlockKind.ADDRESS else subject


def list_parents(domain: str) -> list[str]:
    """The domain and those above it: a block of example.org is one of mail.example.org."""
    parts = domain.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def is_unusual(count: int, total: int, usual_count: int, usual_total: int) -> bool:
    """Whether `count` of an hour's `total` signatures from one place is out of the ordinary.

    usual_count, usual_total: the same for the days before. A place that was never seen has no usual share.
    """
    if count < NOTICED_FROM or count < NOTICED_SHARE * total:
        return False
    usual = usual_count / usual_total if usual_total else 0
    return count / total >= NOTICED_GROWTH * usual


@dataclass(frozen=True)
class Criteria:
    """What signatures must match to be declared invalid together; None or empty matches all."""

    domain: str = ""
    network: str = ""
    district: str = ""
    level: str = ""
    postcode: str = ""
    from_day: date | None = None
    to_day: date | None = None

    def names(self) -> list[str]:
        """The criteria that are given."""
        return [field.name for field in fields(self) if getattr(self, field.name)]

    def as_json(self) -> dict[str, str]:
        """As it is stored."""
        return {name: str(getattr(self, name)) for name in self.names()}


def read_criteria(data: Mapping[str, Any]) -> Criteria:
    """Criteria as they are stored."""
    days = {name: date.fromisoformat(data[name]) for name in ("from_day", "to_day") if data.get(name)}
    return Criteria(**{**{k: v for k, v in data.items() if k not in days}, **days})


def ensure_criteria(criteria: Criteria) -> None:
    """Demand at least one: nobody declares a whole petition invalid by an empty form. Raises NoCriteria."""
    if not any(asdict(criteria).values()):
        raise NoCriteria


class InvalidationState(StrEnum):
    """How far an invalidation, or its undoing, has come."""

    PROPOSED = "proposed"
    REFUSED = "refused"
    RUNNING = "running"
    DONE = "done"
    UNDO_PROPOSED = "undo-proposed"
    UNDOING = "undoing"
    UNDONE = "undone"


class InvalidationAct(StrEnum):
    """What moves it on."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    FINISH = "finish"
    PROPOSE_UNDO = "propose-undo"


_S, _A = InvalidationState, InvalidationAct
_NEXT = {
    (_S.PROPOSED, _A.CONFIRM): _S.RUNNING,
    (_S.PROPOSED, _A.REFUSE): _S.REFUSED,
    (_S.RUNNING, _A.FINISH): _S.DONE,
    (_S.DONE, _A.PROPOSE_UNDO): _S.UNDO_PROPOSED,
    (_S.UNDO_PROPOSED, _A.CONFIRM): _S.UNDOING,
    (_S.UNDO_PROPOSED, _A.REFUSE): _S.DONE,
    (_S.UNDOING, _A.FINISH): _S.UNDONE,
}


def next_invalidation_state(state: str, act: InvalidationAct) -> InvalidationState:
    """The state after `act`. Raises InvalidationStateRefused for what the table does not list."""
    after = _NEXT.get((InvalidationState(state), act))
    if after is None:
        raise InvalidationStateRefused
    return after


def _widen(text: str) -> str:
    try:
        network = ip_network(text, strict=False)
    except ValueError as problem:
        raise BlockInvalid from problem
    prefix = IPV4_PREFIX if network.version == 4 else IPV6_PREFIX
    if network.prefixlen < prefix:
        # Half a country is not blocked by a slip of the hand.
        raise BlockInvalid
    return str(network.supernet(new_prefix=prefix))


def _encode_domain(domain: str) -> str:
    try:
        encoded = domain.encode("idna").decode("ascii")
    except UnicodeError as problem:
        raise BlockInvalid from problem
    if not _DOMAIN.fullmatch(encoded):
        raise BlockInvalid
    return encoded
