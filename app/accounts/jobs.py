"""Forgets what is over."""

from huey import crontab

from app.accounts.services.sign_in import forget_expired
from app.extensions import huey


@huey.periodic_task(crontab(minute="17"))
def forget_expired_sessions() -> None:
    """Delete sessions, links and attempt counts whose time is over."""
    forget_expired()
