"""Appending to an election's archive, in the caller's transaction and under the lock of its row."""

import json
from collections.abc import Sequence

from sqlalchemy import insert, select

from app.core.archive import Entry, Event, EventType, next_entry
from app.elections.models import Election, ElectionDatum, ElectionEvent
from app.elections.rules import ElectionNotFound
from app.extensions import db


def lock_election(uuid: str) -> Election:
    """The election's row, held until the transaction ends. Raises ElectionNotFound.

    SQLite holds its one write lock already; PostgreSQL locks the row.
    """
    wanted = select(Election).where(Election.uuid == uuid).with_for_update()
    election = db.session.scalar(wanted.execution_options(populate_existing=True))
    if election is None:
        raise ElectionNotFound
    return election


def append_event(
    election: Election,
    event_type: EventType,
    data: Sequence[bytes],
    *,
    tracker: str | None = None,
    credential: str | None = None,
) -> Entry:
    """Chain one event to the archive of a locked election."""
    entry = next_entry(_read_head(election), event_type, data)
    raw, height = entry.event.to_bytes(), entry.event.height
    db.session.execute(
        insert(ElectionEvent).values(
            election_id=election.id,
            height=height,
            type=str(event_type),
            event=raw,
            tracker=tracker,
            credential=credential,
        )
    )
    rows = [
        {"election_id": election.id, "height": height, "position": position, "body": body}
        for position, body in enumerate(entry.data)
    ]
    if rows:
        db.session.execute(insert(ElectionDatum), rows)
    election.head_event = raw
    return entry


def _read_head(election: Election) -> Event | None:
    if election.head_event is None:
        return None
    fields = json.loads(election.head_event)
    return Event(EventType(fields["type"]), fields["height"], fields.get("parent"), fields.get("payload"))
