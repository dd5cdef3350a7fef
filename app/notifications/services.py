"""Writers of the outbox: queue a message in the act's transaction, send what is due, mail proofs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from app.extensions import db, huey
from app.ledger import queries as ledger
from app.ledger.entry_types import ANONYMOUS_ACTS
from app.ledger.queries import ReceiptState
from app.ledger.rules import ReceiptNotFound
from app.notifications import mail
from app.notifications.models import OutboxMessage, ProofWish
from app.notifications.rules import ACCOUNT, LEASE, MAXIMUM_ATTEMPTS, Attachment, NotByMail, wait_after
from app.platform import clock
from app.platform.rate_limit import Limit, count_attempt
from app.platform.transaction import after_commit, transaction

DELIVERY_JOB = "app.notifications.jobs.deliver_outbox"
PROOF_JOB = "app.notifications.jobs.mail_proofs"
BATCH_SIZE = 50
PROOFS_BY_ACCOUNT = Limit("proofs by account", 30, 3600)


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that this worker, and no other, is about to send."""

    id: int
    recipient_kind: str
    recipient_id: int
    template: str
    context: Mapping[str, Any]
    attempt_count: int
    attachment: Attachment | None = None


def queue(
    recipient_id: int,
    template: str,
    context: Mapping[str, object] | None = None,
    attachment: Attachment | None = None,
    *,
    kind: str = ACCOUNT,
) -> OutboxMessage:
    """Queue one e-mail in the caller's transaction; it is sent soon after the commit, or never.

    `recipient_id` is an account's number, or that of another `kind` of `recipient_finders` in app/rooms.py.
    `template` "<room>/<name>" means `<room>/mail/<name>.txt`; `context` holds JSON values only.
    """
    now = clock.now()
    message = OutboxMessage(
        recipient_kind=kind,
        recipient_id=recipient_id,
        template=template,
        context=dict(context or {}),
        attachment=attachment.text if attachment else None,
        attachment_name=attachment.name if attachment else None,
        queued_at=now,
        next_attempt_at=now,
    )
    db.session.add(message)
    after_commit(start_delivery)
    return message


def start_delivery() -> None:
    """Ask the worker to look into the outbox now."""
    huey.start(DELIVERY_JOB)


def deliver_due() -> int:
    """Send every message that is due; answers how many were sent. Sending happens outside transactions."""
    sent_count = 0
    while messages := _claim():
        sent = [message.id for message in messages if _send(message)]
        with transaction():
            db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(sent)))
        sent_count += len(sent)
    return sent_count


def ask_for_proof(account_id: int, leaf_hash: str) -> None:
    """Keep the wish for a ledger entry's proof; it is mailed as soon as a checkpoint covers the entry.

    Raises ReceiptNotFound, NotByMail, TooManyRequests.
    """
    entry = ledger.find_entry(leaf_hash)
    if entry is None:
        raise ReceiptNotFound
    if entry.type in ANONYMOUS_ACTS:
        raise NotByMail
    with transaction():
        count_attempt(PROOFS_BY_ACCOUNT, str(account_id))
        if db.session.get(ProofWish, (account_id, leaf_hash)) is None:
            db.session.add(ProofWish(account_id=account_id, leaf_hash=leaf_hash, asked_at=clock.now()))
        after_commit(start_proofs)


def start_proofs() -> None:
    """Ask the worker to look for proofs that have come."""
    huey.start(PROOF_JOB)


def mail_due_proofs() -> int:
    """Queue the mail of every wish whose entry is proved by now; how many."""
    wanted = select(ProofWish.account_id, ProofWish.leaf_hash).order_by(ProofWish.asked_at)
    wishes = db.session.execute(wanted).all()
    return sum(_mail_proof(account_id, leaf_hash) for account_id, leaf_hash in wishes)


def _mail_proof(account_id: int, leaf_hash: str) -> bool:
    receipt = ledger.get_receipt(leaf_hash)
    if receipt.state is not ReceiptState.PROVED:
        return False
    wish = (ProofWish.account_id == account_id, ProofWish.leaf_hash == leaf_hash)
    with transaction():
        # Whoever deletes the wish mails the proof: another worker finds nothing.
        taken = db.session.scalar(delete(ProofWish).where(*wish).returning(ProofWish.leaf_hash))
        if taken is not None:
            attachment = Attachment(f"proof-{leaf_hash[:8]}.txt", receipt.text)
            queue(account_id, "notifications/proof", {"leaf_hash": leaf_hash}, attachment)
    return taken is not None


def _claim() -> Sequence[ClaimedMessage]:
    """Lease the oldest due messages to this worker."""
    with transaction():
        now = clock.now()
        wanted = (
            select(OutboxMessage)
            .where(OutboxMessage.next_attempt_at <= now, OutboxMessage.attempt_count < MAXIMUM_ATTEMPTS)
            .order_by(OutboxMessage.id)
            .limit(BATCH_SIZE)
            .with_for_update(skip_locked=True)
        )
        rows = list(db.session.scalars(wanted))
        for row in rows:
            row.attempt_count += 1
            row.next_attempt_at = now + LEASE
        return [
            ClaimedMessage(
                row.id,
                row.recipient_kind,
                row.recipient_id,
                row.template,
                row.context,
                row.attempt_count,
                _attachment(row),
            )
            for row in rows
        ]


def _attachment(row: OutboxMessage) -> Attachment | None:
    if row.attachment is None or row.attachment_name is None:
        return None
    return Attachment(row.attachment_name, row.attachment)


def _send(message: ClaimedMessage) -> bool:
    find_recipient = current_app.extensions["recipient_finders"][message.recipient_kind]
    recipient = find_recipient(message.recipient_id)
    if recipient is None:
        # The account is gone; so is the reason to write.
        return True
    try:
        mail.send(mail.render(recipient, message.template, message.context, message.attachment))
    except Exception as problem:
        # Whatever happens to one message, the others still go. A mail server's refusal repeats the address,
        # which is not for the log.
        current_app.logger.error(
            "message %s (%s) was not sent: %s",
            message.id,
            message.template,
            type(problem).__name__,
            exc_info=not isinstance(problem, SMTPException),
        )
        _postpone(message)
        return False
    return True


def _postpone(message: ClaimedMessage) -> None:
    with transaction():
        db.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message.id)
            .values(next_attempt_at=clock.now() + wait_after(message.attempt_count))
        )
