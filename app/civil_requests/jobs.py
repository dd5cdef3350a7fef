"""What happens to requests by itself."""

from huey import crontab

from app.civil_requests.services.filing import delete_old_drafts
from app.civil_requests.services.handling import tell_late
from app.extensions import huey


@huey.periodic_task(crontab(minute="35"))
def watch_requests() -> None:
    """Every hour: say what is late, forget old drafts."""
    tell_late()
    delete_old_drafts()
