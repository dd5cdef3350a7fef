"""What happens to elections by itself: opening and closing on time, adding up, publishing."""

from collections.abc import Callable

from flask import current_app
from huey import crontab
from sqlalchemy import select

from app.elections.models import Election
from app.elections.rules import ActNotAllowed, ElectionState
from app.elections.services.setup import open_election
from app.elections.services.tallies import close_election, compute_tally, publish_result
from app.extensions import db, huey
from app.platform import clock


@huey.periodic_task(crontab(minute="*"))
def advance_elections() -> None:
    """Do whatever is due for any election; harmless to run at any time, and twice."""
    now = clock.now()
    _each(_due(ElectionState.READY, Election.opens_at <= now), lambda uuid: open_election(None, uuid, ""))
    _each(_due(ElectionState.OPEN, Election.closes_at <= now), lambda uuid: close_election(None, uuid, ""))
    _each(_due(ElectionState.CLOSED), compute_tally)
    _each(_due(ElectionState.DECRYPTING), publish_result)


def _due(state: ElectionState, *conditions: object) -> list[str]:
    wanted = select(Election.uuid).where(Election.state == state, *conditions)  # type: ignore[arg-type]
    return list(db.session.scalars(wanted))


def _each(uuids: list[str], act: Callable[[str], None]) -> None:
    for uuid in uuids:
        try:
            act(uuid)
        except ActNotAllowed:
            # Another process, or an official, was faster.
            current_app.logger.info("election %s has moved on", uuid)
