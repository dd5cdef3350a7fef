"""A minimum age: by the year of birth alone, and what to do where no year is known."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Person
from app.petitions.rules.admission import Applicant, ensure_admitted
from app.petitions.rules.refusals import BirthYearUnknown, TooYoung
from app.petitions.rules.types import Admission
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.kit import found_town, open_petition

ADULTS = {"level": 2, "minimum_age": 18, "districts": []}


def admit(birth_year: int | None) -> None:
    ensure_admitted(Admission(1, 18, ()), Applicant(2, None, birth_year), date(2026, 1, 1))


def test_the_age_is_the_one_reached_in_the_calendar_year() -> None:
    admit(2008)
    with pytest.raises(TooYoung):
        admit(2009)
    with pytest.raises(BirthYearUnknown):
        admit(None)


def test_who_has_no_year_is_told_where_to_get_one_and_signs_then(app: Flask, people: People, db: Any) -> None:
    found_town()
    open_petition("driving", rules={"sign": ADULTS})
    people.create("mina", identity="900101-2345678")
    mina = people.sign_in("mina")
    page = mina.get("/petitions/driving/sign").text
    assert "your year of birth is not known here" in page
    assert "at a desk of the town hall" in page
    assert "identity provider" in page
    assert 'href="/account/"' in page
    headers = {"X-CSRFToken": csrf_token(mina), "Accept": "application/json"}
    refused = mina.post("/petitions/driving/signatures", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "birth-year-unknown")
    this_year = clock.now().year
    for year, status in ((this_year - 10, 403), (this_year - 40, 201)):
        with transaction():
            db.session.query(Person).update({"birth_year": year})
        assert mina.post("/petitions/driving/signatures", headers=headers).status_code == status
