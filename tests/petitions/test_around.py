"""What stands around a petition: numbers by day and place, the map, trending, feeds, the badge."""

import json
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.accounts.models import Agency
from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, append
from app.ledger.services.sequencer import sequence_batch
from app.petitions.models import Petition, PetitionTotal
from app.petitions.queries import recorded
from app.petitions.queries.around import MAP_FILE, describe_around, list_trending
from app.petitions.routes.answering import STEPS
from app.petitions.routes.moderation import DECISIONS
from app.petitions.rules.life import PetitionState
from app.petitions.rules.map import WIDTH, draw_map
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch
from app.petitions.services.counting import fold_totals
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.petitions.services.switches import add_lost_days, switch_off
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People
from tests.petitions.conftest import Town
from tests.petitions.kit import count_signatures, open_petition

ATOM = "{http://www.w3.org/2005/Atom}"
HANBIT = Path(__file__).parents[2] / "app" / "demo" / "hanbit.geojson"
SQUARES = {
    "type": "FeatureCollection",
    "features": [
        {
            "properties": {"code": code},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[x, 0], [x + 1, 0], [x + 1, 1], [x, 1]]],
            },
        }
        for code, x in (("hill", 0), ("river", 1))
    ],
}


def today() -> date:
    return clock.now().astimezone(LOCAL).date()


@pytest.fixture
def counted(town: Town, db: object) -> Town:
    """Signatures of three days, one of them empty, from a region and a district."""
    count_signatures("region:north", 3, 20)
    count_signatures("district:hill", 1, 7)
    count_signatures("elsewhere", 0, 2)
    return town


def test_days_have_no_gaps_and_places_are_those_of_the_entries(counted: Town) -> None:
    petition = database.session.scalar(select(Petition.id))
    around = describe_around(petition)
    assert [number for _, number in around.days] == [20, 0, 7, 2]
    assert around.places == [("region:north", 20), ("district:hill", 7), ("elsewhere", 2)]
    assert around.picture is None


def test_tables_do_not_follow_the_totals(counted: Town, client: FlaskClient) -> None:
    """What the folding job keeps is in no ledger: whoever moves numbers there moves none on the page."""
    petition = database.session.scalar(select(Petition.id))
    before = describe_around(petition)
    with transaction():
        moved = update(PetitionTotal).where(PetitionTotal.place == "region:north")
        database.session.execute(moved.values(place="district:river"))
    counted.app.extensions.pop("petition_recorded", None)
    assert describe_around(petition) == before
    assert "River" not in client.get("/petitions/library").text


def test_tables_change_with_the_batch_only(counted: Town, client: FlaskClient) -> None:
    """Else the moment of a signature could be told, and midnight's batch says whose pseudonym it is."""
    petition = database.session.scalar(select(Petition.id))
    before = describe_around(petition)
    for number in range(3):
        counted.settle(f"signer{number}", district="river")
        sign_petition(counted.account(f"signer{number}"), "library")
    withdraw_signature(counted.account("signer0"), "library")
    fold_totals()
    sequence_batch()
    after = describe_around(petition)
    assert (after.days, after.places) == (before.days, before.places)
    assert client.get("/petitions/library/count.json").get_json()["count"] == 31
    assert "29 are in the ledger as of" in client.get("/petitions/library").text
    try:
        clock.set_offset(timedelta(days=1))
        sequence_batch()
        counted.app.extensions.pop("petition_audits", None)
        assert dict(describe_around(petition).places) == {**dict(before.places), "region:south": 2}
    finally:
        clock.set_offset(timedelta())


def test_signatures_are_not_counted_again_while_the_ledger_has_no_more(
    counted: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition = database.session.scalar(select(Petition.id))
    before = describe_around(petition)
    with transaction():
        append(Entry(EntryType.PETITION_SPONSOR, public={}))
    sequence_batch()
    monkeypatch.setattr(recorded, "read_audit", lambda _: pytest.fail("counted again"))
    clock.set_offset(timedelta(seconds=30))
    after = describe_around(petition)
    clock.set_offset(timedelta())
    assert (after.days, after.places) == (before.days, before.places)
    assert after.as_of > before.as_of


def test_signatures_are_not_counted_at_all_before_the_ledger_has_a_checkpoint(
    town: Town, db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.settle("first")
    sign_petition(town.account("first"), "library")
    monkeypatch.setattr(recorded, "read_audit", lambda _: pytest.fail("counted"))
    around = describe_around(database.session.scalar(select(Petition.id)))
    assert (around.as_of, around.days, around.places) == (None, [], [])


def test_before_the_first_batch_the_page_says_when_it_comes(
    town: Town, client: FlaskClient, db: object
) -> None:
    town.settle("first")
    sign_petition(town.account("first"), "library")
    fold_totals()
    page = client.get("/petitions/library").text
    assert "come with the first batch" in page
    assert "Signatures by place" not in page


def test_the_map_is_drawn_from_the_instances_file(counted: Town, client: FlaskClient) -> None:
    folder = Path(counted.app.config["DATA_DIR"])
    (folder / MAP_FILE).write_text(json.dumps(SQUARES), "utf-8")
    page = client.get("/petitions/library").text
    assert "<title>Hill: 7</title>" in page
    assert "<title>River: counted in its region, if at all</title>" in page
    (folder / MAP_FILE).write_text("no json", "utf-8")
    counted.app.extensions.pop("pages", None)
    page = client.get("/petitions/library").text
    assert "hw-map" not in page
    assert "Signatures by place" in page


def test_a_map_on_which_no_district_is_named_is_left_out(town: Town, client: FlaskClient, db: object) -> None:
    count_signatures("region:north", 1, 19)
    (Path(town.app.config["DATA_DIR"]) / MAP_FILE).write_text(json.dumps(SQUARES), "utf-8")
    page = client.get("/petitions/library").text
    assert "hw-map" not in page
    assert "Signatures by place" in page


def test_a_map_is_as_wide_as_it_says_with_north_above() -> None:
    picture = draw_map(SQUARES, {"hill": 8, "river": 2})
    hill, river = picture.areas
    assert hill.path.startswith(f"M0.0 {WIDTH / 2:.1f}")
    assert f"L{WIDTH:.1f} 0.0" in river.path
    assert (hill.shade, river.shade) == (4, 1)
    assert draw_map({"features": []}, {}) is None


def test_the_demo_towns_map_has_its_districts() -> None:
    picture = draw_map(json.loads(HANBIT.read_text("utf-8")), {})
    assert {area.code for area in picture.areas} == {"eastgate", "hillside", "market", "oldtown", "riverside"}
    assert {area.shade for area in picture.areas} == {0}


def test_trending_are_the_open_ones_with_most_signatures_since_yesterday(
    counted: Town, client: FlaskClient
) -> None:
    for number, reference in enumerate(("bridge", "park", "pool", "closed")):
        open_petition(reference, state=PetitionState.CLOSED if reference == "closed" else PetitionState.OPEN)
        count_signatures("region:south", 0, 5 * number + 1, reference)
    assert [(item.petition.reference, item.count) for item in list_trending()] == [
        ("pool", 11),
        ("library", 9),
        ("park", 6),
    ]
    answer = client.get("/petitions/trending.json").get_json()
    assert [item["since_yesterday"] for item in answer["petitions"]] == [11, 9, 6]
    assert "Trending since yesterday" in client.get("/petitions/").text


def test_trending_can_be_switched_off(counted: Town, client: FlaskClient) -> None:
    counted.settle("boss")
    switch_off(counted.account("boss"), Switch.TRENDING, "It is gamed")
    assert client.get("/petitions/trending.json").get_json() == {"switched_off": True, "petitions": []}
    assert "Trending since yesterday" not in client.get("/petitions/").text


def entries_of(client: FlaskClient, path: str) -> list[str | None]:
    answer = client.get(path)
    assert answer.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(answer.data)
    for name in ("id", "title", "updated"):
        assert feed.find(f"{ATOM}{name}").text
    return [entry.find(f"{ATOM}title").text for entry in feed.findall(f"{ATOM}entry")]


def test_feeds_are_atom_and_escape_what_people_write(town: Town, client: FlaskClient, db: object) -> None:
    open_petition("sharp", title='<Trees> & "parks"')
    assert entries_of(client, "/petitions/feed.atom") == ['<Trees> & "parks"', "Open the library on Sundays"]
    town.settle("boss")
    switch_off(town.account("boss"), Switch.SIGNING, "Test")
    assert add_lost_days() == 2
    assert entries_of(client, "/petitions/library/feed.atom") == ["One day added"]


def test_the_badge_alone_may_be_embedded(counted: Town, client: FlaskClient) -> None:
    with transaction():
        database.session.execute(update(Petition).values(signature_count=29, title="A & B"))
    badge = client.get("/petitions/library/badge.svg")
    assert badge.mimetype == "image/svg+xml"
    assert badge.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert ">29</text>" in badge.text
    title = ElementTree.fromstring(badge.data).find("{http://www.w3.org/2000/svg}title")
    assert title.text == "A & B: 29 signatures"
    for path in ("/petitions/library", "/petitions/trending.json", "/petitions/feed.atom"):
        assert client.get(path).headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_nothing_of_a_hidden_petition_is_shown(town: Town, client: FlaskClient, db: object) -> None:
    with transaction():
        database.session.execute(update(Petition).values(state=PetitionState.HIDDEN))
    for path in ("badge.svg", "feed.atom"):
        assert client.get(f"/petitions/library/{path}").status_code == 404
    assert "library" not in client.get("/petitions/feed.atom").text


def addresses_of_petitions(app: Flask) -> list[str]:
    """Every page of the room about one petition, as the map of addresses has it."""
    others = {"decision": [*DECISIONS], "step": [*STEPS]}
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("petitions.") or "GET" not in (rule.methods or ()):
            continue
        if "reference" in rule.arguments:
            (name,) = rule.arguments - {"reference"} or {""}
            for value in others.get(name, [""]):
                found.append(rule.rule.replace("<reference>", "library").replace(f"<{name}>", value))
    return found


def test_no_page_shows_the_title_of_a_hidden_petition(app: Flask, town: Town, people: People) -> None:
    with app.app_context():
        agency = database.session.scalar(select(Agency.id))
        with transaction():
            hidden = {"state": PetitionState.HIDDEN, "reason_code": "defamatory", "agency_id": agency}
            database.session.execute(update(Petition).values(**hidden))
    people.create("mina", district="hill", identity="901314-1000000")
    people.create("mod", Role.MODERATOR, Role.CLERK, Role.AGENCY_OFFICIAL, agency_id=agency)
    paths = addresses_of_petitions(app)
    assert {"/petitions/library/sign", "/petitions/library/objection", "/petitions/library"} < {*paths}
    assert len(paths) > 30
    for browser in (app.test_client(), people.sign_in("mina"), people.sign_in("mod")):
        for path in paths:
            answer = browser.get(path)
            assert answer.status_code < 500, path
            assert "Open the library on Sundays" not in answer.text, path
            assert "Many work all week" not in answer.text, path
