"""Forgets what is over."""

from huey import crontab

from app.accounts.services.saved_texts import forget_old_texts
from app.accounts.services.sign_in import forget_expired
from app.extensions import huey


@huey.periodic_task(crontab(minute="17"))
def forget_expired_sessions() -> None:
    """Delete sessions, links, attempt counts and unsent texts whose time is over."""
    forget_expired()
    forget_old_texts()
