"""Writers of the outbox: queue a message in the act's transaction, send what is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from flask import current_app
from sqlalchemy import delete, select, update

from app.extensions import db, huey
from app.notifications import mail
from app.notifications.models import OutboxMessage
from app.notifications.rules import LEASE, MAXIMUM_ATTEMPTS, wait_after
from app.platform import clock
from app.platform.transaction import after_commit, transaction

DELIVERY_JOB = "app.notifications.jobs.deliver_outbox"
BATCH_SIZE = 50


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that this worker, and no other, is about to send."""

    id: int
    recipient_id: int
    template: str
    context: Mapping[str, Any]
    attempt_count: int


def queue(
    recipient_account_id: int, template: str, context: Mapping[str, object] | None = None
) -> OutboxMessage:
    """Queue one e-mail in the caller's transaction; it is sent soon after the commit, or never.

    `template` "<room>/<name>" means `<room>/mail/<name>.txt`; `context` holds JSON values only.
    """
    now = clock.now()
    message = OutboxMessage(
        recipient_id=recipient_account_id,
        template=template,
        context=dict(context or {}),
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
            ClaimedMessage(row.id, row.recipient_id, row.template, row.context, row.attempt_count)
            for row in rows
        ]


def _send(message: ClaimedMessage) -> bool:
    recipient = current_app.extensions["find_recipient"](message.recipient_id)
    if recipient is None:
        # The account is gone; so is the reason to write.
        return True
    try:
        mail.send(mail.render(recipient, message.template, message.context))
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
