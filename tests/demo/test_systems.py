"""The demo's connected systems: eight of them, filled, each with a key that its client can use."""

import random
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from app.access_records.models import (
    AccessAlert,
    AccessRecord,
    InformationSystem,
    InspectionReport,
    SystemDatum,
)
from app.accounts.services.persons import find_person
from app.client import Client
from app.demo import systems
from app.demo.people import make_citizen
from app.demo.systems import CONFIG_FILE, FOLDER, OTHERS_PER_CITIZEN, PERSONS_FILE, SYSTEMS, connect_systems
from app.demo.town import found_town
from app.extensions import db as database
from app.platform.transaction import transaction

CITIZENS = 20


def test_eight_systems_are_connected_and_filled(app: Flask, db) -> None:
    identities = [make_citizen(number).identity for number in range(3)]
    with transaction():
        town = found_town(CITIZENS, lambda: None)
        connect_systems(town, identities, lambda: None)
    folder = Path(app.config["DATA_DIR"]) / FOLDER
    registered = database.session.scalars(select(InformationSystem)).all()
    assert len(registered) == len(SYSTEMS) == 8
    for system in registered:
        client = Client.from_file(folder / system.code / CONFIG_FILE)
        assert client.config.key_id == system.key_id
        persons = select(func.count(SystemDatum.person_id.distinct())).where(
            SystemDatum.system_id == system.id
        )
        assert (database.session.scalar(persons) or 0) >= CITIZENS * (OTHERS_PER_CITIZEN + 1)
    assert database.session.scalar(select(func.count(AccessRecord.id))) > CITIZENS
    lines = (folder / PERSONS_FILE).read_text("utf-8").split()
    assert lines == identities
    assert all(find_person(line) is not None for line in lines)


def test_supervision_has_something_to_show(app: Flask, db) -> None:
    with transaction():
        town = found_town(CITIZENS, lambda: None)
        connect_systems(town, [], lambda: None)
    states = database.session.execute(select(AccessAlert.rule, AccessAlert.state)).all()
    assert {("colleague", "open"), ("out-of-hours", "explained"), ("repeated", "wrong")} <= set(states)
    reports = database.session.scalars(select(InspectionReport).order_by(InspectionReport.month)).all()
    assert reports[0].signed_at is not None
    own = [report for report in reports[1:] if report.agency_id == reports[0].agency_id]
    assert all(report.signed_at is None for report in own)


def test_every_category_has_a_made_up_value() -> None:
    dice = random.Random(1)
    for kind in SYSTEMS:
        for category in kind.categories:
            assert systems.make_value(category, 7, dice)
