"""Sends what is in the outbox: right after each commit that queued something, and every minute.

Proofs that somebody waits for are looked for as often.
"""

from huey import crontab

from app.extensions import huey
from app.notifications.services import deliver_due, mail_due_proofs


@huey.task()
def deliver_outbox() -> None:
    """Send every message that is due."""
    deliver_due()


@huey.periodic_task(crontab(minute="*"))
def sweep_outbox() -> None:
    """Find what no commit announced: messages of a worker that died, or that are due again."""
    deliver_due()


@huey.task()
def mail_proofs() -> None:
    """Mail the proofs that are there already when they are asked for."""
    mail_due_proofs()


@huey.periodic_task(crontab(minute="*"))
def sweep_proofs() -> None:
    """Mail the proofs whose checkpoint has come since."""
    mail_due_proofs()
