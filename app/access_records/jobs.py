"""What runs by itself: epochs, seals, alerts, drafts of reports, erasing, comparing, enrolling, telling."""

from huey import crontab

from app.access_records.services.alerts import examine_new_records
from app.access_records.services.epochs import close_epoch_if_due
from app.access_records.services.inspection import draft_reports
from app.access_records.services.labels import enrol_everybody
from app.access_records.services.notices import send_daily_notices
from app.access_records.services.retention import erase_expired
from app.access_records.services.sealed import open_expired
from app.access_records.services.sharing import compare_recent_days
from app.access_records.services.signatures import forget_nonces
from app.extensions import huey
from app.platform.transaction import transaction


@huey.periodic_task(crontab(hour="0", minute="40"))
def compare_sharing() -> None:
    """Once a day, after the days are over everywhere that counts."""
    compare_recent_days()


@huey.periodic_task(crontab(minute="7"))
def tidy_up() -> None:
    """Every hour."""
    enrol_everybody()
    with transaction():
        forget_nonces()


@huey.periodic_task(crontab(minute="*/5"))
def open_and_close() -> None:
    """Open the seals whose time is over, then close the day's epoch unless that was done."""
    open_expired()
    close_epoch_if_due()


@huey.periodic_task(crontab(minute="25"))
def tell_daily() -> None:
    """Send the summaries that are due."""
    send_daily_notices()


@huey.periodic_task(crontab(minute="*/2"))
def examine() -> None:
    """Let the rules of supervision look at what was recorded since."""
    examine_new_records()


@huey.periodic_task(crontab(hour="*/6", minute="50"))
def draft_and_erase() -> None:
    """Draft the reports of the month before, and erase what was kept long enough; both once is enough."""
    draft_reports()
    erase_expired()
