"""Sends what is in the outbox: right after each commit that queued something, and every minute."""

from huey import crontab

from app.extensions import huey
from app.notifications.services import deliver_due


@huey.task()
def deliver_outbox() -> None:
    """Send every message that is due."""
    deliver_due()


@huey.periodic_task(crontab(minute="*"))
def sweep_outbox() -> None:
    """Find what no commit announced: messages of a worker that died, or that are due again."""
    deliver_due()
