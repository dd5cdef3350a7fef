"""The agencies' speed, what is overdue and the published answers, as JSON and as CSV."""

import csv
import io
from datetime import timedelta

from flask.testing import FlaskClient

from app.civil_requests.services import handling, publishing
from app.platform import clock
from tests.civil_requests.conftest import Town


def read_csv(client: FlaskClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_speed_and_what_is_overdue_are_there_in_both_forms(town: Town, client: FlaskClient) -> None:
    late = town.ask(agency="Parks")
    handling.answer_request(town.account("roadman"), town.ask(), "We filled it.")
    clock.set_offset(timedelta(days=60))
    shown = client.get("/civil-requests/agencies.json").get_json()
    rows = read_csv(client, "/civil-requests/agencies.csv")
    assert [(row["agency"], row["open"], row["answered"]) for row in rows] == [
        ("Parks", "1", "0"),
        ("Roads", "0", "1"),
    ]
    assert set(rows[0]) == set(shown["agencies"][0])
    # Where nothing was answered there is no mean.
    assert rows[0]["mean_days"] == ""
    (overdue,) = read_csv(client, "/civil-requests/overdue.csv")
    assert overdue == shown["overdue"][0]
    assert overdue["request"] == late
    page = client.get("/civil-requests/agencies").text
    for path in ("agencies.json", "agencies.csv", "overdue.csv"):
        assert f'href="/civil-requests/{path}"' in page


def test_published_answers_are_listed_and_no_others(town: Town, client: FlaskClient) -> None:
    reference = town.ask(publishable=True)
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    assert read_csv(client, "/civil-requests/answers.csv") == []
    publishing.publish_answer(
        town.account("roadman"), reference, "=A hole", "There is a hole.", "We fill them."
    )
    (row,) = read_csv(client, "/civil-requests/answers.csv")
    assert (row["request"], row["title"], row["answer"]) == (reference, "'=A hole", "We fill them.")
    (item,) = client.get("/civil-requests/answers.json").get_json()["answers"]
    assert item["title"] == "=A hole"
    assert 'href="/civil-requests/answers.csv"' in client.get("/civil-requests/").text
