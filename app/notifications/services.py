"""Writers of the outbox."""

from collections.abc import Mapping

from app.extensions import db
from app.notifications.jobs import deliver_outbox
from app.notifications.models import OutboxMessage
from app.platform import clock
from app.platform.transaction import after_commit


def queue(
    recipient_account_id: int, template: str, context: Mapping[str, object] | None = None
) -> OutboxMessage:
    """Queue one e-mail in the caller's transaction; it is sent soon after the commit, or never.

    `template` names `<room>/mail/<name>.txt` as "<room>/<name>"; `context` holds JSON values only.
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
    after_commit(deliver_outbox)
    return message
