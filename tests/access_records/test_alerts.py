"""Alerts: what each rule notices, that a record raises one once, who explains and who judges."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.access_records.models import AccessAlert, AccessRecord, AgencyCase, SystemDatum
from app.access_records.queries.alerts import list_alerts_to_explain
from app.access_records.queries.held import list_held
from app.access_records.queries.timeline import Filters, list_entries
from app.access_records.rules import (
    Action,
    AlertAct,
    AlertActRefused,
    AlertNotFound,
    AlertRule,
    AlertState,
    Circumstances,
    OwnAlert,
    Thresholds,
    ThresholdsInvalid,
    are_neighbours,
    find_alerts,
    is_outlier,
    next_alert_state,
)
from app.access_records.rules.corrections import CorrectionKind
from app.access_records.services import alerts
from app.access_records.services.corrections import request_correction
from app.access_records.services.held_data import store_datum
from app.access_records.services.records import record_accesses
from app.accounts.models import Account
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.conftest import Sender
from tests.access_records.kit import Country, found_country
from tests.conftest import csrf_token

SEOUL = ZoneInfo("Asia/Seoul")
WEDNESDAY_NOON = datetime(2026, 11, 18, 12, tzinfo=SEOUL)
USUAL = Thresholds()


@pytest.fixture(autouse=True)
def _office_hours():
    clock.set_offset(WEDNESDAY_NOON - datetime.now(UTC))
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def country(people, db) -> Country:
    """An official, a privacy officer and an inspector of the agency; Mina, a citizen with an account."""
    made = found_country(12)
    roles = {
        "mina": [],
        "official": [Role.AGENCY_OFFICIAL],
        "colleague": [Role.AGENCY_OFFICIAL],
        "officer": [Role.PRIVACY_OFFICER],
        "inspector": [Role.INSPECTOR],
        "stranger": [Role.INSPECTOR],
    }
    ids = {name: people.create(name, *given) for name, given in roles.items()}
    with transaction():
        for name, person in (("mina", 0), ("official", 1), ("colleague", 2)):
            database.session.get_one(Account, ids[name]).person_id = made.person_ids[person]
        for name in ("official", "colleague", "officer", "inspector"):
            database.session.get_one(Account, ids[name]).agency_id = made.agency_id
    return made


def account(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email.startswith(f"{name}@"))).one()


def look(country: Country, *persons: int, **changes: object) -> list[AccessRecord]:
    """The official looks at these persons, on our own screens."""
    official = account("official")
    usual = {"official": f"account:{official.id}", "official_account_id": official.id}
    with transaction():
        return record_accesses(
            [country.access(country.person_ids[person], **(usual | changes)) for person in persons]
        )


def raised() -> list[str]:
    alerts.examine_new_records()
    return list(database.session.scalars(select(AccessAlert.rule).order_by(AccessAlert.id)))


def around(**changes: object) -> Circumstances:
    return Circumstances(**({"at": WEDNESDAY_NOON, "action": "view"} | changes))


@pytest.mark.parametrize(
    ("circumstances", "rule"),
    [
        (around(persons_in_hour=31), AlertRule.MANY_PEOPLE),
        (around(persons_in_day=40, peers=(3, 4, 5, 4, 6)), AlertRule.UNLIKE_PEERS),
        (around(is_oneself=True, is_colleague=True), AlertRule.ONESELF),
        (around(is_colleague=True), AlertRule.COLLEAGUE),
        (around(is_neighbour=True), AlertRule.NEIGHBOUR),
        (around(has_open_case=False), AlertRule.NO_OPEN_CASE),
        (around(at=WEDNESDAY_NOON.replace(hour=20)), AlertRule.OUT_OF_HOURS),
        (around(at=WEDNESDAY_NOON.replace(hour=6, minute=59)), AlertRule.OUT_OF_HOURS),
        (around(at=WEDNESDAY_NOON.replace(day=21)), AlertRule.OUT_OF_HOURS),
        (around(at=datetime(2026, 10, 9, 12, tzinfo=SEOUL)), AlertRule.OUT_OF_HOURS),
        (around(repeats=5, cases=frozenset({""})), AlertRule.REPEATED),
        (around(repeats=5, cases=frozenset({"1", "2"})), AlertRule.REPEATED),
        (around(emergencies=3), AlertRule.EMERGENCIES),
    ],
)
def test_each_rule_notices_its_own_thing(circumstances, rule) -> None:
    assert find_alerts(circumstances, USUAL) == [rule]


@pytest.mark.parametrize(
    "circumstances",
    [
        around(),
        around(persons_in_hour=30),
        around(at=WEDNESDAY_NOON.replace(hour=7)),
        around(at=WEDNESDAY_NOON.replace(hour=23), action=Action.MASS_QUERY.value),
        around(repeats=9, cases=frozenset({"2026-118"})),
        around(repeats=4, cases=frozenset({"1", "2"})),
        around(persons_in_day=40, peers=(38, 41, 44, 39, 40)),
        around(persons_in_day=40, peers=(1, 1, 1, 1)),
    ],
)
def test_what_is_usual_raises_nothing(circumstances) -> None:
    assert find_alerts(circumstances, USUAL) == []


def test_an_outlier_is_one_among_enough_peers() -> None:
    assert is_outlier(30, [5, 5, 5, 5, 5])
    assert not is_outlier(9, [1, 1, 1, 1, 1])
    assert not is_outlier(30, [5, 5, 5, 5])
    assert not is_outlier(14, [10, 12, 9, 11, 13])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("12 Riverside Street, Hanbit", "12  riverside street, Hanbit", True),
        ("12 Riverside Street, Hanbit", "14 Riverside Street, Hanbit", True),
        ("12 Riverside Street, Hanbit", "15 Riverside Street, Hanbit", False),
        ("12 Riverside Street, Hanbit", "12 Riverside Street, Saebit", False),
        ("한빛시 강변로 12, 101동 301호", "한빛시 강변로 14", True),
        ("한빛시 강변로 12", "한빛시 강변로 112", False),
        ("한빛시 강변로12길 3-1", "한빛시 강변로12길 3", True),
        ("한빛시 강변로12길 3", "한빛시 강변로14길 3", False),
        ("", "", False),
    ],
)
def test_neighbours_live_in_one_building_or_next_door(one, other, expected) -> None:
    assert are_neighbours(one, other) is expected


def test_a_usual_look_up_raises_nothing_and_is_examined_once(country) -> None:
    look(country, 0)
    assert raised() == []
    assert database.session.scalar(select(func.count()).where(AccessRecord.examined_at.is_(None))) == 0


def test_oneself_and_colleagues_are_noticed(country) -> None:
    look(country, 1)
    look(country, 2)
    look(country, 3)
    assert raised() == ["oneself", "colleague"]


def test_a_neighbour_is_noticed_and_no_address_is_told(country) -> None:
    with transaction():
        for person, street in ((1, "12 Mill Street"), (3, "14 Mill Street"), (4, "90 Mill Street")):
            database.session.add(
                SystemDatum(
                    system_id=country.system_id,
                    person_id=country.person_ids[person],
                    category="address",
                    value=f"{street}, Hanbit",
                    updated_at=clock.now(),
                )
            )
    look(country, 3, 4, 5)
    assert raised() == ["neighbour"]
    leaves = database.session.scalars(select(LedgerEntry.leaf))
    assert not any(b"Mill Street" in leaf for leaf in leaves)


def test_many_people_are_one_alert_and_a_threshold_can_be_changed(country) -> None:
    alerts.change_thresholds(account("inspector"), Thresholds(persons_an_hour=4))
    look(country, 3, 4, 5, 6)
    assert raised() == []
    look(country, 7, 8, 9)
    assert raised() == ["many-people"]
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:thresholds:change")
    ).one()
    assert entry.public["persons_an_hour"] == 4


def test_thresholds_that_would_silence_a_rule_are_refused(country) -> None:
    for wanted in (
        Thresholds(persons_an_hour=0),
        Thresholds(repeats_a_month=1_001),
        Thresholds(opening_hour=20, closing_hour=7),
        Thresholds(closing_hour=25),
    ):
        with pytest.raises(ThresholdsInvalid):
            alerts.change_thresholds(account("inspector"), wanted)
    with pytest.raises(PermissionDenied):
        alerts.change_thresholds(account("official"), USUAL)


def test_the_same_person_under_changing_cases(country) -> None:
    for number in range(6):
        look(country, 3, case_number=f"2026-{number}")
    assert raised() == ["repeated"]


def test_emergencies_are_counted(country) -> None:
    for person in (3, 4, 5):
        look(country, person, case_number="", break_glass=True)
    assert raised() == ["emergencies"]


def test_a_look_up_at_night_is_noticed_once_a_night(country) -> None:
    clock.set_offset(WEDNESDAY_NOON + timedelta(hours=10) - datetime.now(UTC))
    look(country, 3)
    look(country, 4)
    assert raised() == ["out-of-hours"]


def test_a_case_must_be_open_where_the_agency_reports_its_cases(country, app) -> None:
    look(country, 3, case_number="unknown")
    assert raised() == []
    cases = [
        {"number": "2026-1", "opened_on": "2026-11-01"},
        {"number": "2026-2", "opened_on": "2026-10-01", "closed_on": "2026-10-31"},
        {"number": "2026-3", "opened_on": "2026-11-01", "closed_on": "2026-11-18"},
    ]
    sent = report_cases(app, country, {"cases": cases})
    assert (sent.status_code, sent.get_json()) == (200, {"cases": 3})
    look(country, 4, case_number="2026-1")
    look(country, 5, case_number="2026-3")
    assert raised() == []
    look(country, 6, case_number="2026-2")
    look(country, 7, case_number="2026-9")
    assert raised() == ["no-open-case", "no-open-case"]


def test_what_the_gateway_passes_on_is_no_look_up_and_a_correction_is_a_case(country, app) -> None:
    report_cases(app, country, {"cases": [{"number": "2026-1", "opened_on": "2026-11-01"}]})
    person = country.person_ids[3]
    with transaction():
        store_datum(country.system_id, person, "address", "12 Riverside Street")
        account("mina").person_id = person
    look(country, 3, official="gateway", case_number="unknown")
    look(country, 3, official="own request", case_number="own-1")
    ((_, (datum,)),) = list_held(person)
    reference = request_correction(account("mina"), datum.id, CorrectionKind.DELETION, "Not mine.")
    look(country, 3, case_number=reference)
    assert raised() == []
    look(country, 4, case_number=reference)
    look(country, 5, official="gateway", sender_id="report-1", case_number="unknown")
    assert raised() == ["no-open-case", "no-open-case"]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"cases": []}',
        b'{"cases": [{"number": 7, "opened_on": "2026-11-01"}]}',
        b'{"cases": [{"number": "7", "opened_on": "yesterday"}]}',
        b'{"cases": [{"number": " ", "opened_on": "2026-11-01"}]}',
        b'{"cases": [{"number": "7", "opened_on": "2026-11-01", "closed_on": "2026-10-01"}]}',
    ],
)
def test_cases_that_cannot_be_read_are_refused_and_nothing_is_kept(country, app, body) -> None:
    assert report_cases(app, country, body).status_code == 422
    assert database.session.scalars(select(AgencyCase)).all() == []


def report_cases(app: Flask, country: Country, body: object) -> TestResponse:
    """The agency's system reports its cases; its own clock was not moved."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sender = Sender(app, country)
    clock.set_offset(timedelta())
    headers = sender.client.sign("POST", "http://localhost/api/v1/cases", raw)
    answer = sender.send("POST", "/api/v1/cases", raw, headers)
    clock.set_offset(WEDNESDAY_NOON - datetime.now(UTC))
    return answer


def test_each_alert_has_one_entry_that_names_the_record_by_its_commitment(country) -> None:
    (record,) = look(country, 2)
    raised()
    entry = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "access-records:alert:raise")
    ).one()
    assert entry.public == {"agency": "Ministry of Welfare", "rule": "colleague", "record": record.commitment}


def test_a_batch_that_was_interrupted_is_taken_up_again_and_nothing_is_raised_twice(
    country, monkeypatch
) -> None:
    look(country, 2)
    look(country, 1)
    real, calls = alerts._raise, iter(range(9))

    def stop_at_the_second(record, rules):
        if next(calls) == 1:
            raise KeyboardInterrupt
        return real(record, rules)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(alerts, "_raise", stop_at_the_second)
        alerts.examine_new_records()
    database.session.rollback()
    assert database.session.scalars(select(AccessAlert)).all() == []
    assert raised() == ["colleague", "oneself"]
    assert raised() == ["colleague", "oneself"]


def the_alert() -> int:
    return database.session.scalars(select(AccessAlert.id)).one()


def test_the_official_explains_and_the_inspector_judges(country) -> None:
    look(country, 2)
    raised()
    for name in ("colleague", "inspector", "mina"):
        with pytest.raises((AlertNotFound, PermissionDenied)):
            alerts.explain_alert(account(name), the_alert(), "Because")
    assert [alert.rule for alert in list_alerts_to_explain(account("official"))] == ["colleague"]
    assert list_alerts_to_explain(account("colleague")) == []
    assert len(list_alerts_to_explain(account("officer"))) == 1
    alerts.explain_alert(account("official"), the_alert(), "Her own application")
    with pytest.raises(AlertActRefused):
        alerts.explain_alert(account("officer"), the_alert(), "Again")
    with pytest.raises(AlertNotFound):
        alerts.judge_alert(account("stranger"), the_alert(), justified=True, finding="Fine")
    with pytest.raises(PermissionDenied):
        alerts.judge_alert(account("official"), the_alert(), justified=True, finding="Fine")
    alerts.judge_alert(account("inspector"), the_alert(), justified=True, finding="The case shows it")
    alert = database.session.get_one(AccessAlert, the_alert())
    assert (alert.state, alert.explanation, alert.finding) == (
        "justified",
        "Her own application",
        "The case shows it",
    )


def test_an_inspector_does_not_judge_their_own_look_up_or_explanation(country) -> None:
    inspector = account("inspector")
    look(country, 2, official=f"account:{inspector.id}", official_account_id=inspector.id)
    raised()
    with pytest.raises(OwnAlert):
        alerts.judge_alert(inspector, the_alert(), justified=True, finding="Fine")


def test_a_wrong_look_up_is_told_to_its_person(country, app) -> None:
    (record,) = look(country, 0, case_number="", break_glass=True)
    with transaction():
        database.session.add(
            AccessAlert(
                record_id=record.id,
                agency_id=country.agency_id,
                rule=AlertRule.OUT_OF_HOURS.value,
                state=AlertState.OPEN.value,
                raised_at=clock.now(),
            )
        )
    alerts.judge_alert(account("inspector"), the_alert(), justified=False, finding="No emergency")
    entries, _count = list_entries(country.person_ids[0], Filters())
    assert [entry.found_wrong for entry in entries] == [True]
    mails = sorted((app.config["DATA_DIR"] / "mail").glob("*.eml"))
    assert "should not have happened" in mails[-1].read_text()


def test_only_the_listed_steps_are_possible() -> None:
    listed = {
        ("open", "explain"): "explained",
        ("open", "find-justified"): "justified",
        ("open", "find-wrong"): "wrong",
        ("explained", "find-justified"): "justified",
        ("explained", "find-wrong"): "wrong",
    }
    for state in AlertState:
        for act in AlertAct:
            if (state, act) in listed:
                assert next_alert_state(state, act) == listed[state, act]
            else:
                with pytest.raises(AlertActRefused):
                    next_alert_state(state, act)


def test_the_pages_from_the_explanation_to_the_finding(country, people) -> None:
    look(country, 2)
    raised()
    number = the_alert()
    database.session.rollback()
    official = people.sign_in("official")
    page = official.get("/data/alerts").text
    assert "Somebody of the same agency" in page
    form = {"csrf_token": csrf_token(official), "text": ""}
    assert official.post(f"/data/alerts/{number}", data=form).status_code == 422
    form["text"] = "Her own application"
    assert official.post(f"/data/alerts/{number}", data=form).status_code == 303
    inspector = people.sign_in("inspector")
    assert "1 alert of your agency waits" in inspector.get("/data/supervision/").text
    assert "Her own application" in inspector.get(f"/data/supervision/alerts/{number}").text
    form = {"csrf_token": csrf_token(inspector), "justified": "no", "text": "Nothing shows it"}
    assert inspector.post(f"/data/supervision/alerts/{number}", data=form).status_code == 303
    assert "Found wrong" in inspector.get("/data/supervision/").text
    assert people.sign_in("stranger").get(f"/data/supervision/alerts/{number}").status_code == 404


def test_thresholds_are_changed_on_their_page(country, people) -> None:
    inspector = people.sign_in("inspector")
    assert 'value="30"' in inspector.get("/data/supervision/thresholds").text
    form = {
        "csrf_token": csrf_token(inspector),
        "persons_an_hour": "12",
        "repeats_a_month": "4",
        "emergencies_a_month": "2",
        "opening_hour": "0",
        "closing_hour": "24",
    }
    assert inspector.post("/data/supervision/thresholds", data=form).status_code == 303
    assert 'value="12"' in inspector.get("/data/supervision/thresholds").text
    form["persons_an_hour"] = "0"
    assert inspector.post("/data/supervision/thresholds", data=form).status_code == 422
