"""Block lists and trend alerts."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.petitions.models import Block, Petition, TrendAlert
from app.petitions.queries.blocks import forget_blocks, hash_subject, is_blocked
from app.petitions.queries.fraud import count_subjects
from app.petitions.rules.fraud import BlockKind, is_unusual, mask, normalise_subject
from app.petitions.rules.refusals import Blocked, BlockUnchanged
from app.platform import clock
from app.platform.errors import NotFound
from app.platform.transaction import after_commit, transaction

HOUR = timedelta(hours=1)
# With which days an hour is compared.
USUAL = timedelta(days=14)


def ensure_not_blocked(address: str, network: bytes | None = None) -> None:
    """Demand that an unverified signer may sign from there; `network` as `hash_network` gives it.

    Verified persons are never asked: they count once wherever they come from. Raises Blocked.
    """
    if is_blocked(address, network):
        raise Blocked


def add_block(moderator: Account, kind: BlockKind, text: str, reason: str) -> None:
    """Let nobody sign unverified from a domain, an address or a network.

    Raises BlockInvalid, BlockUnchanged.
    """
    subject = normalise_subject(kind, text)
    _insert(moderator, kind, hash_subject(kind, subject), mask(kind, subject), reason)


def block_noticed(moderator: Account, alert_id: int, reason: str) -> None:
    """Block what an alert has noticed, of which only the hash is known. Raises NotFound, BlockUnchanged."""
    alert = db.session.get(TrendAlert, alert_id)
    if alert is None:
        raise NotFound
    _insert(moderator, BlockKind(alert.kind), alert.subject, name_subject(alert.kind, alert.subject), reason)


def remove_block(moderator: Account, block_id: int, reason: str) -> None:
    """Take a block from the list. Raises BlockUnchanged if it is not there any more."""
    with transaction():
        block = db.session.scalar(select(Block).where(Block.id == block_id).with_for_update())
        if block is None:
            raise BlockUnchanged
        db.session.delete(block)
        _append(moderator, "remove", block, reason)
        after_commit(forget_blocks)


def notice_trends(now: datetime | None = None) -> int:
    """Look at the last full hour of every petition, and raise an alert for what is unusual. Idempotent."""
    end = (now or clock.now()).replace(minute=0, second=0, microsecond=0)
    return sum(_notice(kind, end - HOUR, end) for kind in (BlockKind.NETWORK, BlockKind.DOMAIN))


def close_alert(moderator: Account, alert_id: int) -> None:
    """Say that an alert is seen to; doing so twice changes nothing."""
    with transaction():
        alert = db.session.scalar(select(TrendAlert).where(TrendAlert.id == alert_id).with_for_update())
        if alert is None or alert.closed_at is not None:
            return
        alert.closed_at = clock.now()
        public = {"alert": alert.id}
        personal = [Personal({"moderator": moderator.id}, moderator.id)]
        ledger.append(Entry(EntryType.TREND_CLOSE, public=public, personal=personal))


def name_subject(kind: str, subject: str) -> str:
    """What moderators see: a domain, or the beginning of a network's hash."""
    return subject if kind == BlockKind.DOMAIN else subject[:8]


def _notice(kind: BlockKind, start: datetime, end: datetime) -> int:
    counts = count_subjects(kind, start, end)
    totals: dict[int, int] = {}
    for (petition_id, _), count in counts.items():
        totals[petition_id] = totals.get(petition_id, 0) + count
    usual = count_subjects(kind, start - USUAL, start) if counts else {}
    raised = 0
    for (petition_id, subject), count in counts.items():
        # A network is compared with the same petition's other days, a domain with all petitions'.
        known = {
            key: value for key, value in usual.items() if kind is BlockKind.DOMAIN or key[0] == petition_id
        }
        usual_count = sum(value for key, value in known.items() if key[1] == subject)
        if is_unusual(count, totals[petition_id], usual_count, sum(known.values())):
            raised += _raise(petition_id, start, kind, subject, count, totals[petition_id])
    return raised


def _raise(petition_id: int, hour: datetime, kind: BlockKind, subject: str, count: int, total: int) -> bool:
    same = (
        TrendAlert.petition_id == petition_id,
        TrendAlert.hour == hour,
        TrendAlert.kind == kind,
        TrendAlert.subject == subject,
    )
    with transaction():
        # Locked, so that two runs at once raise nothing twice.
        petition = db.session.get_one(Petition, petition_id, with_for_update=True)
        if db.session.scalar(select(TrendAlert.id).where(*same)) is not None:
            return False
        alert = TrendAlert(
            petition_id=petition_id, hour=hour, kind=kind, subject=subject, count=count, total=total
        )
        db.session.add(alert)
        db.session.flush()
        public = {"alert": alert.id, "petition": petition.reference, "kind": kind.value, "count": count}
        ledger.append(Entry(EntryType.TREND_NOTICE, public={**public, "total": total}))
    return True


def _insert(moderator: Account, kind: BlockKind, subject: str, label: str, reason: str) -> None:
    block = Block(kind=kind, subject=subject, label=label, reason=reason, added_at=clock.now())
    try:
        with transaction():
            db.session.add(block)
            db.session.flush()
            _append(moderator, "add", block, reason)
            after_commit(forget_blocks)
    except IntegrityError as problem:
        raise BlockUnchanged from problem


def _append(moderator: Account, change: str, block: Block, reason: str) -> None:
    """A domain is public; an address or a network may be somebody's, and is committed to apart."""
    public = {"block": block.id, "change": change, "kind": block.kind, "reason": reason}
    personal = [Personal({"moderator": moderator.id}, moderator.id)]
    if block.kind == BlockKind.DOMAIN:
        public["domain"] = block.subject
    else:
        personal.append(Personal({"subject": block.subject}))
    ledger.append(Entry(EntryType.BLOCK_CHANGE, public=public, personal=personal))
