"""Everything public as JSON and as CSV: lists, refusals, days, places, trending; no cell is a formula."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.petitions.rules.life import PetitionState
from app.platform import clock
from app.platform.tables import neutralise
from tests.petitions.conftest import Town
from tests.petitions.kit import count_signatures, open_petition

FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture
def counted(town: Town, db: Any) -> None:
    """Signatures of two places, three days apart; two refused petitions, one with its text hidden."""
    count_signatures("district:hill", 3, 2)
    count_signatures("region:south", 0, 5)
    refused = {"moderated_at": clock.now(), "reason_code": "spam", "opened_at": None}
    open_petition("shout", state=PetitionState.REJECTED, title=FORMULA, **refused)
    open_petition("secret", state=PetitionState.HIDDEN, title="Mina Kim cheats", **refused)


def read_csv(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def read_json(client: FlaskClient, path: str, name: str) -> list[dict[str, Any]]:
    return client.get(path).get_json()[name]


def test_the_list_is_there_in_both_forms(counted: None, client: FlaskClient) -> None:
    rows = read_csv(client, "/petitions/data.csv")
    shown = read_json(client, "/petitions/data.json", "petitions")
    assert [row["petition"] for row in rows] == [item["petition"] for item in shown]
    assert set(rows[0]) == set(shown[0])
    for path in ("/petitions/", "/petitions/refused", "/petitions/library"):
        page = client.get(path).text
        assert ">JSON</a>" in page
        assert ">CSV</a>" in page


def test_the_refused_ones_keep_a_hidden_text_hidden(counted: None, client: FlaskClient) -> None:
    rows = {row["petition"]: row for row in read_csv(client, "/petitions/refused.csv")}
    assert {name: row["reason"] for name, row in rows.items()} == {"shout": "spam", "secret": "spam"}
    assert rows["secret"]["title"] == ""
    shown = {item["petition"]: item for item in read_json(client, "/petitions/refused.json", "refused")}
    assert shown["secret"]["title"] is None
    assert shown["shout"]["title"] == FORMULA
    for path in ("/petitions/refused.csv", "/petitions/refused.json", "/petitions/data.csv"):
        assert "Mina Kim" not in client.get(path).text


def test_no_cell_is_a_formula(counted: None, client: FlaskClient) -> None:
    for path in ("/petitions/refused.csv", "/petitions/data.csv"):
        (row,) = (row for row in read_csv(client, path) if row["petition"] == "shout")
        assert row["title"] == f"'{FORMULA}"
    guarded = [neutralise(text) for text in ("+1", "-1", "@x", "\tx", "＝1", "1=1", "")]
    assert guarded == ["'+1", "'-1", "'@x", "'\tx", "'＝1", "1=1", ""]
    assert neutralise(-1) == -1


def test_days_have_no_gaps_and_places_are_those_of_the_entries(counted: None, client: FlaskClient) -> None:
    days = read_csv(client, "/petitions/library/days.csv")
    assert [row["count"] for row in days] == ["2", "0", "0", "5"]
    shown = read_json(client, "/petitions/library/days.json", "days")
    assert [(row["day"], row["count"]) for row in shown] == [(row["day"], int(row["count"])) for row in days]
    places = [{"place": "region:south", "count": 5}, {"place": "district:hill", "count": 2}]
    assert read_json(client, "/petitions/library/places.json", "places") == places
    assert [row["place"] for row in read_csv(client, "/petitions/library/places.csv")] == [
        "region:south",
        "district:hill",
    ]
    for path in ("days.csv", "places.json"):
        assert client.get(f"/petitions/nowhere/{path}").status_code == 404


def test_trending_is_a_table_too(counted: None, client: FlaskClient) -> None:
    (row,) = read_csv(client, "/petitions/trending.csv")
    assert (row["petition"], row["since_yesterday"]) == ("library", "5")
    shown = client.get("/petitions/trending.json").get_json()
    assert shown["switched_off"] is False
    assert set(shown["petitions"][0]) == set(row)
    assert client.get("/petitions/trending.xml").status_code == 404
