"""Seeds an empty database with the town, in one transaction, and writes the handouts."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from sqlalchemy import delete, select

from app.access_records.services.epochs import close_epoch
from app.demo import handouts
from app.demo.elections import (
    Advance,
    PreparedElection,
    cast_ballots,
    days_from_now,
    decrypt,
    make_draft,
    morning,
    prepare_election,
)
from app.demo.people import MOST_CITIZENS, make_citizen
from app.demo.petitions import petition_town
from app.demo.requests import ask_agencies
from app.demo.sharings import agree_to_sharing, ask_for_corrections
from app.demo.systems import SYSTEMS, connect_systems
from app.demo.texts import BICYCLE_LANE, CAR_FREE_STREET, LIBRARY, PLAYGROUND
from app.demo.town import PLAYED_CITIZENS, Town, found_town
from app.elections.services import setup, tallies
from app.extensions import db
from app.ledger.services.sequencer import sequence_batch
from app.notifications.models import OutboxMessage
from app.petitions.queries.around import MAP_FILE
from app.platform.transaction import transaction

CITIZENS = 300
FEWEST_CITIZENS = 20
# So many of them are looked up by the tour of the connected systems.
TOUR_PERSONS = 20
# So many of the closed election's ballots replace an earlier one of the same voter.
REVOTES_PER_BALLOT = 20
# So many times fewer ballots than citizens lie in the open election's box.
OPEN_SHARE = 5
FEWEST_OPEN_BALLOTS = 12
VERSION_TABLE = "alembic_version"
# Lies in DATA_DIR while the town is being made.
SEEDING_MARK = "demo-is-being-made"


class SeedRefused(Exception):
    """There will be no demo town here; the message says why and what to do."""


def seed_town(citizen_count: int, start: Callable[[str, int], Advance]) -> None:
    """Make the whole town, calling `start(what, how_many)` for each part and its answer for each step.

    Raises SeedRefused as `ensure_may_seed` does.
    """
    ensure_may_seed(citizen_count)
    data_dir = Path(current_app.config["DATA_DIR"])
    mark = data_dir / SEEDING_MARK
    mark.touch()
    shutil.copyfile(Path(__file__).with_name("hanbit.geojson"), data_dir / MAP_FILE)
    with transaction():
        with days_from_now(-90):
            town = found_town(citizen_count, start("Citizens", citizen_count))
        identities = [make_citizen(number).identity for number in range(min(citizen_count, TOUR_PERSONS))]
        connect_systems(town, identities, start("Information systems", len(SYSTEMS)))
        agree_to_sharing(town)
        ask_for_corrections(town)
        _hold_playground(town, start)
        library = _open_library(town, start)
        with days_from_now(-2):
            bicycle_lane = prepare_election(town, BICYCLE_LANE, morning(10), morning(24))
        with days_from_now(-1):
            make_draft(town, CAR_FREE_STREET)
        # So that a citizen has a proof to download on the first day.
        close_epoch()
        # Nobody waits for this mail: it tells of acts that the newcomer did not see.
        db.session.execute(delete(OutboxMessage))
    # The ledger has everybody's enrolment before the first signature, however far back that is dated.
    while sequence_batch():
        pass
    # Signing has transactions of its own; each signature is durable, as in real life.
    petition_town(town)
    with transaction():
        ask_agencies(town)
        db.session.execute(delete(OutboxMessage))
    _write_handouts(data_dir, town, library, bicycle_lane, start("Letters and key files", 1))
    mark.unlink(missing_ok=True)


def ensure_may_seed(citizen_count: int) -> None:
    """Raise SeedRefused in production, on a database that is not empty, for too few or too many citizens."""
    if os.environ.get("HWABAEK_ENV") == "production":
        raise SeedRefused("This is a production instance: it never gets a demo town.")
    if not FEWEST_CITIZENS <= citizen_count <= MOST_CITIZENS:
        raise SeedRefused(f"The town has from {FEWEST_CITIZENS} to {MOST_CITIZENS} citizens.")
    if is_empty():
        return
    if (Path(current_app.config["DATA_DIR"]) / SEEDING_MARK).exists():
        raise SeedRefused("The demo town is half made: its seeding was interrupted. Start afresh: make reset")
    raise SeedRefused("The database is not empty; nothing was changed. To start afresh: make reset")


def count_ballots(citizen_count: int) -> tuple[int, int]:
    """How many ballots the closed election has, and how many the open one."""
    return citizen_count, max(citizen_count // OPEN_SHARE, FEWEST_OPEN_BALLOTS)


def is_empty() -> bool:
    """Whether no table but the migrations' own holds a row."""
    tables = (table for name, table in db.metadata.tables.items() if name != VERSION_TABLE)
    return all(db.session.execute(select(1).select_from(table).limit(1)).first() is None for table in tables)


def _hold_playground(town: Town, start: Callable[[str, int], Advance]) -> None:
    """The closed and tallied election: as many ballots as citizens, one in twenty of them a second one."""
    ballot_count, _ = count_ballots(len(town.citizens))
    revote_count = ballot_count // REVOTES_PER_BALLOT
    voters = town.citizens[: ballot_count - revote_count]
    with days_from_now(-40):
        election = prepare_election(town, PLAYGROUND, morning(-30), morning(-16))
    with days_from_now(-30):
        setup.open_election(None, election.uuid, "")
    advance = start("Ballots of the closed election", ballot_count)
    # A whole day before it closes on a morning: whatever hour it is now, that is not too late.
    cast_ballots(election, voters + voters[:revote_count], (-29.9, -17.0), advance)
    with days_from_now(-16):
        tallies.close_election(None, election.uuid, "")
        tallies.compute_tally(election.uuid)
    with days_from_now(-15):
        decrypt(town, election)


def _open_library(town: Town, start: Callable[[str, int], Advance]) -> PreparedElection:
    """The election to vote in; the played citizens have not voted yet."""
    _, ballot_count = count_ballots(len(town.citizens))
    with days_from_now(-10):
        election = prepare_election(town, LIBRARY, morning(-4), morning(9))
    with days_from_now(-4):
        setup.open_election(None, election.uuid, "")
    voters = town.citizens[PLAYED_CITIZENS : PLAYED_CITIZENS + ballot_count]
    cast_ballots(election, voters, (-3.9, -0.1), start("Ballots of the open election", ballot_count))
    return election


def _write_handouts(
    data_dir: Path, town: Town, library: PreparedElection, bicycle_lane: PreparedElection, advance: Advance
) -> None:
    handouts.write_letters(data_dir, current_app.config["BASE_URL"], town, library)
    handouts.write_key_files(data_dir, town, (library, bicycle_lane))
    handouts.write_sign_ins(data_dir, town.sign_ins)
    advance()
