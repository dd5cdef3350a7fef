"""Sends what is in the outbox."""

from app.extensions import huey


@huey.task()
def deliver_outbox() -> None:
    """Send every message that is due."""
