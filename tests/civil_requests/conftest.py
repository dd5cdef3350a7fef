"""A town with three agencies, their officials, and people who ask."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.civil_requests.models import Assignment, CivilRequest
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.services import filing
from app.civil_requests.services.filing import Filing, RequestText
from app.extensions import db as database
from app.platform import clock

POTHOLE = RequestText("A hole in Riverside Street", "There is a deep hole in the road before number 12.")


@pytest.fixture(autouse=True)
def _own_time():
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def town(people, db) -> "Town":
    """Agencies and people by name."""
    made = Town()
    for name, name_ko in (("Roads", "도로과"), ("Parks", "공원과"), ("Water", "수도과")):
        made.agencies[name] = create_agency(name, name_ko).id
    for name in ("mina", "joon", "sora"):
        people.create(name)
    officials = {"roadman": "Roads", "colleague": "Roads", "gardener": "Parks", "plumber": "Water"}
    for name, agency in officials.items():
        people.create(name, Role.AGENCY_OFFICIAL, agency_id=made.agencies[agency])
    return made


class Town:
    """Who asks, who answers, and on which day it is."""

    def __init__(self) -> None:
        self.agencies: dict[str, int] = {}

    def account(self, name: str) -> Account:
        """Somebody of the town."""
        database.session.rollback()
        return database.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()

    def ask(self, name: str = "mina", agency: str = "Roads", **options: object) -> str:
        """A request that has been sent."""
        kind = options.pop("kind", RequestKind.GRIEVANCE)
        text = options.pop("text", POTHOLE)
        reference = filing.draft_request(self.account(name), text)
        wanted = Filing(kind, self.agencies[agency], **options)
        filing.file_request(self.account(name), reference, text, wanted)
        return reference

    def request(self, reference: str) -> CivilRequest:
        """A request as it is stored."""
        database.session.rollback()
        return database.session.scalars(select(CivilRequest).where(CivilRequest.reference == reference)).one()

    def part(self, reference: str, agency: str = "Roads") -> Assignment:
        """One agency's part of a request."""
        wanted = select(Assignment).where(
            Assignment.request_id == self.request(reference).id,
            Assignment.agency_id == self.agencies[agency],
        )
        return database.session.scalars(wanted).one()

    def set_day(self, day: date) -> None:
        """Let it be ten in the morning of a day in the town."""
        wanted = datetime(day.year, day.month, day.day, 10, tzinfo=clock.TOWN_ZONE)
        clock.set_offset(timedelta())
        clock.set_offset(wanted - clock.now())
