"""What happens to petitions by itself."""

from huey import crontab
from sqlalchemy import select

from app.extensions import db, huey
from app.petitions.models import Petition, Sponsor
from app.petitions.queries.switches import is_off
from app.petitions.rules.life import PetitionState
from app.petitions.rules.switches import Switch
from app.petitions.services import (
    closing,
    delays,
    email_signing,
    followers,
    fraud,
    invalidation,
    obligations,
    sponsors,
    switches,
)


@huey.periodic_task(crontab(minute="*"))
def advance_petitions() -> None:
    """Do whatever is due for any petition; harmless to run at any time, and twice."""
    sponsors.lapse_petitions()
    delays.tell_delays()
    # Before any is closed: a lost day may be what keeps it open.
    switches.add_lost_days()
    obligations.reach_thresholds()
    closing.close_petitions()
    sign_for_all_sponsors.run()
    write_to_followers.run()
    carry_out_invalidations.run()


@huey.periodic_task(crontab(minute="20", hour="3"))
def archive_petitions() -> None:
    """Archive what ended long ago, and make sure that archived petitions have no key."""
    closing.archive_petitions()
    closing.destroy_old_keys()
    closing.forget_old_signers()


@huey.periodic_task(crontab(minute="5"))
def notice_trends() -> None:
    """Look for unusual shares in the hour before."""
    fraud.notice_trends()


@huey.task()
def carry_out_invalidations() -> None:
    """Change the signatures that two moderators have agreed about."""
    invalidation.carry_out_invalidations()


@huey.periodic_task(crontab(minute="41"))
def forget_requests() -> None:
    """Delete what signing by e-mail keeps for a while only."""
    email_signing.forget_requests()


@huey.task()
def sign_for_all_sponsors() -> None:
    """Let the sponsors of newly opened petitions sign."""
    waiting = (
        select(Petition.reference)
        .join(Sponsor, Sponsor.petition_id == Petition.id)
        .where(Petition.state == PetitionState.OPEN, ~Sponsor.signed)
        .distinct()
    )
    if is_off(Switch.SIGNING):
        return
    for reference in list(db.session.scalars(waiting)):
        sponsors.sign_for_sponsors(reference)


@huey.task()
def write_to_followers() -> None:
    """Queue the mails about what has happened."""
    followers.write_to_followers()
