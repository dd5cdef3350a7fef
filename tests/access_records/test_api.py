"""The interface of connected systems: what is recorded, what is refused and counted."""

import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import select

from app.access_records.models import AccessRecord, InformationSystem, RefusalCount
from app.access_records.rules import MAXIMUM_REPORT_BYTES
from app.access_records.services.systems import replace_key, set_active
from app.client.configuration import ClientConfig
from app.client.sending import Client
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from tests.access_records.conftest import ORIGIN, Sender, record
from tests.access_records.kit import Country, claim


def records(app: Flask) -> list[AccessRecord]:
    with app.app_context():
        return list(database.session.scalars(select(AccessRecord).order_by(AccessRecord.id)))


def refusals(app: Flask) -> dict[tuple[int, str], int]:
    with app.app_context():
        return {
            (row.system_id, row.code): row.count for row in database.session.scalars(select(RefusalCount))
        }


def test_one_access_is_recorded_and_answered_with_its_leaf(app: Flask, sender: Sender) -> None:
    answer = sender.post(record())
    assert answer.status_code == 201, answer.text
    body = answer.get_json()
    assert (body["id"], body["status"]) == ("case-1", "recorded")
    (receipt,) = body["receipts"]
    with app.app_context():
        entry = database.session.scalars(
            select(LedgerEntry).where(LedgerEntry.leaf_hash == receipt["leaf_hash"])
        ).one()
        assert entry.type == "access-records:access:record"
    (kept,) = records(app)
    assert kept.person_id == sender.country.person_ids[0]
    assert kept.official_tag != "kim.7"
    assert kept.categories == ["address"]


def test_the_same_again_is_answered_and_not_recorded_again(app: Flask, sender: Sender) -> None:
    same = record()
    first, second = sender.post(same), sender.post(same)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json()["status"] == "known"
    assert second.get_json()["receipts"] == first.get_json()["receipts"]
    assert len(records(app)) == 1


def test_another_record_under_the_same_id_is_refused(app: Flask, sender: Sender) -> None:
    sender.post(record())
    answer = sender.post(record(case="2026-119"))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "sender-id-reused")
    assert len(records(app)) == 1


def test_a_mass_query_stands_with_every_person_it_touched(app: Flask, sender: Sender) -> None:
    everybody = [claim(number) for number in (2, 0, 1, 0)]
    answer = sender.post(record(person=None, persons=everybody, action="mass-query"))
    assert answer.status_code == 201, answer.text
    assert len(answer.get_json()["receipts"]) == 3
    assert sorted(kept.person_id for kept in records(app)) == sender.country.person_ids
    assert len({kept.query_id for kept in records(app)}) == 1


def test_a_batch_is_all_or_nothing(app: Flask, sender: Sender) -> None:
    batch = [record(1), record(2, purpose="curiosity"), record(3, person=99), record(4)]
    answer = sender.post({"records": batch})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "purpose-unknown")
    assert [(item["index"], item["id"], item["code"]) for item in answer.get_json()["refused"]] == [
        (1, "case-2", "purpose-unknown"),
        (2, "case-3", "person-unknown"),
    ]
    assert records(app) == []
    system = sender.country.system_id
    assert refusals(app) == {(system, "purpose-unknown"): 1, (system, "person-unknown"): 1}


def test_a_partial_batch_says_which_were_refused(app: Flask, sender: Sender) -> None:
    batch = [record(1), record(2, purpose="curiosity"), record(3, person=1)]
    answer = sender.post({"records": batch, "partial": True})
    assert answer.status_code == 201
    told = answer.get_json()["records"]
    assert [item["status"] for item in told] == ["recorded", "refused", "recorded"]
    assert told[1]["problem"]["code"] == "purpose-unknown"
    assert len(records(app)) == 2
    assert refusals(app) == {(sender.country.system_id, "purpose-unknown"): 1}


def test_a_thousand_records_in_one_request(app: Flask, sender: Sender) -> None:
    batch = [record(number, person=number % 3) for number in range(1_000)]
    answer = sender.post({"records": batch})
    assert answer.status_code == 201, answer.text
    assert len(records(app)) == 1_000
    answer = sender.post({"records": [*batch, record(1_000)]})
    assert (answer.status_code, answer.get_json()["code"]) == (413, "report-oversized")


WRONG_RECORDS = {
    "no-case": ({"case": None}, "report-malformed"),
    "blank-unit": ({"unit": " "}, "report-malformed"),
    "long-official": ({"official": "x" * 101}, "report-malformed"),
    "line-break": ({"case": "1\n2"}, "report-malformed"),
    "no-person": ({"person": None}, "report-malformed"),
    "two-ways-to-name-persons": ({"persons": ["1"]}, "report-malformed"),
    "person-unknown": ({"person": "800101-1234567"}, "person-unknown"),
    "person-too-short": ({"person": "1"}, "person-unknown"),
    "unknown-purpose": ({"purpose": "curiosity"}, "purpose-unknown"),
    "purpose-of-others": ({"purpose": "tax-assessment"}, "purpose-unknown"),
    "unknown-category": ({"categories": ["name", "dreams"]}, "category-unknown"),
    "no-category": ({"categories": []}, "report-malformed"),
    "unknown-action": ({"action": "steal"}, "report-malformed"),
    "without-zone": ({"accessed_at": "2026-11-22T10:00:00"}, "report-malformed"),
    "no-time": ({"accessed_at": 5}, "report-malformed"),
    "future": ({"accessed_at": "2099-01-01T00:00:00Z"}, "future-dated"),
    "unknown-field": ({"name": "Kim"}, "report-malformed"),
    "share-with-nobody": ({"action": "share"}, "counterpart-unknown"),
    "share-with-itself": ({"action": "share", "counterpart": "welfare"}, "counterpart-unknown"),
    "counterpart-without-sharing": ({"counterpart": "tax"}, "counterpart-unknown"),
}


@pytest.mark.parametrize(("changes", "code"), WRONG_RECORDS.values(), ids=WRONG_RECORDS)
def test_a_wrong_record_is_refused_by_name(app: Flask, sender: Sender, changes, code) -> None:
    answer = sender.post(record(**changes))
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, answer.get_json()["code"]) == (422, code)
    assert records(app) == []
    assert refusals(app) == {(sender.country.system_id, code): 1}


WRONG_BODIES = {
    "not-json": b"{",
    "deep": b"[" * 100_000,
    "a-list": b"[]",
    "no-records": b'{"records":[]}',
    "partial-is-no-boolean": b'{"records":[{}],"partial":"yes"}',
    "a-number-for-a-record": b'{"records":[5]}',
    "an-id-twice": b'{"records":[{"id":"1"},{"id":"1"}]}',
}


@pytest.mark.parametrize("body", WRONG_BODIES.values(), ids=WRONG_BODIES)
def test_a_wrong_body_is_refused_by_name(app: Flask, sender: Sender, body: bytes) -> None:
    answer = sender.post(body)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "report-malformed")


def test_an_unsigned_request_is_refused(app: Flask, sender: Sender) -> None:
    answer = sender.send("POST", "/api/v1/access-records", json.dumps(record()).encode(), {})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "request-unsigned")
    assert refusals(app) == {(0, "request-unsigned"): 1}


def test_a_body_that_was_changed_is_refused(app: Flask, sender: Sender) -> None:
    answer = sender.post(record(), sent=json.dumps(record(case="2026-119")).encode())
    assert (answer.status_code, answer.get_json()["code"]) == (401, "signature-wrong")
    assert refusals(app) == {(sender.country.system_id, "signature-wrong"): 1}


def test_the_key_of_another_is_refused(app: Flask, sender: Sender) -> None:
    config = ClientConfig(ORIGIN, "welfare", "welfare-1", Ed25519PrivateKey.generate())
    sender.client = Client(config)
    answer = sender.post(record())
    assert (answer.status_code, answer.get_json()["code"]) == (401, "signature-wrong")


def test_a_key_that_nobody_has_is_refused(app: Flask, country: Country) -> None:
    answer = Sender(app, country, key_id="nobody-1").post(record())
    assert (answer.status_code, answer.get_json()["code"]) == (401, "system-unknown")
    assert refusals(app) == {(0, "system-unknown"): 1}


def test_a_stopped_system_is_refused_until_it_is_started(app: Flask, sender: Sender) -> None:
    with app.app_context():
        set_active(None, "welfare", False)
    assert sender.post(record()).get_json()["code"] == "system-unknown"
    with app.app_context():
        set_active(None, "welfare", True)
    assert sender.post(record()).status_code == 201


def test_a_replaced_key_is_refused(app: Flask, sender: Sender) -> None:
    with app.app_context():
        other = database.session.scalars(select(InformationSystem)).one().public_key
        assert replace_key(None, "welfare", other).key_id == "welfare-2"
    assert sender.post(record()).get_json()["code"] == "system-unknown"


def test_a_request_sent_twice_is_refused(app: Flask, sender: Sender) -> None:
    body = json.dumps(record()).encode()
    headers = sender.client.sign("POST", f"{ORIGIN}/api/v1/access-records", body)
    assert sender.send("POST", "/api/v1/access-records", body, headers).status_code == 201
    again = sender.send("POST", "/api/v1/access-records", body, headers)
    assert (again.status_code, again.get_json()["code"]) == (409, "request-replayed")
    assert refusals(app) == {(sender.country.system_id, "request-replayed"): 1}


@pytest.mark.parametrize(
    ("offset", "status", "code"),
    [(timedelta(minutes=-2), 422, "future-dated"), (timedelta(minutes=6), 401, "request-stale")],
)
def test_a_signature_of_another_time_is_refused(app: Flask, sender: Sender, offset, status, code) -> None:
    body = record()
    clock.set_offset(offset)
    try:
        answer = sender.post(body)
    finally:
        clock.set_offset(timedelta())
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_an_oversized_body_is_refused_unread(app: Flask, sender: Sender) -> None:
    answer = sender.post(b" " * (MAXIMUM_REPORT_BYTES + 1))
    assert (answer.status_code, answer.get_json()["code"]) == (413, "report-oversized")
    assert refusals(app) == {(sender.country.system_id, "report-oversized"): 1}


def test_a_signature_that_covers_too_little_is_refused(app: Flask, sender: Sender, monkeypatch) -> None:
    monkeypatch.setattr("app.client.sending.COVERED", ("@method",))
    assert sender.post(record()).get_json()["code"] == "signature-wrong"


def test_no_identity_claim_is_kept(app: Flask, sender: Sender, config) -> None:
    sender.post(record())
    sender.post(record(2, person=99))
    with app.app_context():
        for table in database.metadata.sorted_tables:
            for row in database.session.execute(select(table)):
                assert "991301" not in str(row)


def test_estonias_questions_are_answered(app: Flask, sender: Sender) -> None:
    sender.post(record(1))
    sender.post(record(2, person=1))
    asking = {"X-Road-UserId": "EE1"}
    answer = sender.get(f"/api/v1/compat/v2/findUsage?userCode={claim(0)}&limit=5", asking)
    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert found["totalUsages"] == 1
    (usage,) = found["usages"]
    assert set(usage) == {"logtime", "action", "receiverCode", "receiverName", "receiverSystem"}
    assert usage["receiverSystem"] == "welfare"
    assert "kim.7" not in answer.text
    past = f"/api/v1/compat/v2/findUsage?userCode={claim(0)}&periodEnd=2020-01-01T00:00:00Z"
    assert sender.get(past, asking).get_json() == {"totalUsages": 0, "usages": []}
    assert sender.get("/api/v1/compat/v2/heartbeat").get_json() == {"status": "OK"}
    period = sender.get("/api/v1/compat/v2/usagePeriod").get_json()
    assert period["periodStart"] <= period["periodEnd"]


def test_estonias_questions_are_refused_by_name(app: Flask, sender: Sender) -> None:
    asking = {"X-Road-UserId": "EE1"}
    base = "/api/v1/compat/v2/findUsage"
    assert sender.get(f"{base}?userCode={claim(0)}").get_json()["code"] == "report-malformed"
    assert sender.get(base, asking).get_json()["code"] == "report-malformed"
    assert sender.get(f"{base}?userCode={claim(77)}", asking).get_json()["code"] == "person-unknown"
    assert sender.get(f"{base}?userCode={claim(0)}&limit=-1", asking).get_json()["code"] == "report-malformed"
    unsigned = sender.browser.get(f"{base}?userCode={claim(0)}", headers=asking)
    assert (unsigned.status_code, unsigned.get_json()["code"]) == (401, "request-unsigned")


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_a_text_that_cannot_be_kept_is_named(app: Flask, sender: Sender, text: str) -> None:
    for name in ("id", "case", "person", "purpose", "counterpart", "action", text):
        answer = sender.post(record(1, **{name: text}))
        assert (answer.status_code, answer.get_json()["code"]) == (422, "report-malformed")
    # Only the record that has it is refused of those that may be refused one by one.
    answer = sender.post({"records": [record(1), record(2, id=text)], "partial": True})
    assert [item["status"] for item in answer.get_json()["records"]] == ["recorded", "refused"]
    body = json.dumps({"cases": [{"number": text, "opened_on": "2026-01-01"}]}).encode()
    headers = sender.client.sign("POST", f"{ORIGIN}/api/v1/cases", body)
    answer = sender.send("POST", "/api/v1/cases", body, headers)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "report-malformed")


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00%2B09:00", "9999-12-31T23:59:59-09:00", "a%00b"])
def test_a_time_outside_the_calendar_is_refused(sender: Sender, at: str) -> None:
    path = f"/api/v1/compat/v2/findUsage?userCode={claim(0)}&periodStart={at}"
    assert sender.get(path, {"X-Road-UserId": "EE1"}).status_code in (400, 422)
