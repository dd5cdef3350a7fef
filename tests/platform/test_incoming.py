"""What no database keeps is refused everywhere: zero bytes, huge numbers, half characters are never a 500."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from wtforms.fields.core import UnboundField

from app.accounts.policy import ROLE_PERMISSIONS, Role
from app.platform.forms import HwabaekForm
from app.platform.incoming import LARGEST_NUMBER, is_readable
from app.platform.permissions import Permission
from tests.conftest import POSTGRESQL, People, csrf_token
from tests.petitions.kit import found_town, open_petition
from tests.test_architecture import APP

ODD = {
    "zero byte": "a\0b",
    "huge": "9" * 20,
    "negative": "-" + "9" * 20,
    "beyond a column": str(LARGEST_NUMBER + 1),
    "long": "x" * 400,
    "signs": "%' OR \"1\"='٣\u202e가🗳",
}
# PostgreSQL differs in what it can hold, not in how a page is made.
if POSTGRESQL:
    ODD = {name: ODD[name] for name in ("zero byte", "huge", "beyond a column")}
PARAMETER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?\w+>")
ARGUMENT = re.compile(r"""request\.args(?:\.get)?[(\[]["'](\w+)""")
ASKED = {"title": "More\0 trees", "text": "Plant them", "shared": "yes"}
DAY_PARTS = ("day", "month", "year", "time")


def field_names() -> set[str]:
    """The name of every field of every form, and of every argument that an address may have."""
    names = {name for path in APP.rglob("*.py") for name in ARGUMENT.findall(path.read_text("utf-8"))}
    waiting = [HwabaekForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        names |= {name for name in dir(form) if isinstance(getattr(form, name), UnboundField)}
    return names | {f"{name}-{part}" for name in names for part in DAY_PARTS if name.endswith(("_on", "_at"))}


def addresses(app: Flask, method: str, odd: str) -> Iterator[tuple[str, bool]]:
    """Every address that takes `method`, with `odd` in place of each parameter in turn; and a plain one."""
    # Whoever signs out is a stranger from then on.
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint == "accounts.sign_out"):
        if method not in (rule.methods or ()):
            continue
        places = list(PARAMETER.finditer(rule.rule))
        for chosen in places:
            written = [quote(odd, safe="") if place is chosen else "1" for place in places]
            yield PARAMETER.sub("{}", rule.rule).format(*written), False
        yield PARAMETER.sub("1", rule.rule), True


@pytest.fixture
def official(app: Flask, people: People, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """Somebody to whom every door is open."""
    with app.app_context():
        found_town()
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.CITIZEN, frozenset(Permission))
    people.create("mina", district="hill", identity="901314-1000001")
    return people.sign_in("mina")


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_no_address_and_no_question_is_a_failure(app: Flask, official: FlaskClient, odd: str) -> None:
    question = dict.fromkeys(field_names(), odd)
    failed = []
    for address, is_plain in addresses(app, "GET", odd):
        for asked in [{}, question] if is_plain else [{}]:
            answer = official.get(address, query_string=asked)
            failed += [f"{address} {asked and 'asked'}"] if answer.status_code >= 500 else []
            answer.close()
    assert failed == []


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_no_form_is_a_failure(app: Flask, official: FlaskClient, odd: str) -> None:
    form = dict.fromkeys(field_names() | {"autosave"}, odd) | {"csrf_token": csrf_token(official)}
    failed = []
    for address, _ in addresses(app, "POST", odd):
        answer = official.post(address, data=form)
        assert "csrf-token-invalid" not in answer.text
        failed += [address] if answer.status_code >= 500 else []
    assert failed == []


def test_no_document_is_a_failure(app: Flask, official: FlaskClient) -> None:
    headers = {"X-CSRFToken": csrf_token(official)}
    documents = [5, ["\0"], {"form": "/\0"}, {"form": "/", "fields": {"\0": ["\ud800"]}, "rawId": "\ud800"}]
    failed = []
    for address, is_plain in addresses(app, "POST", "1"):
        for document in documents if is_plain else []:
            answer = official.post(address, json=document, headers=headers)
            failed += [f"{address} {document}"] if answer.status_code >= 500 else []
    assert failed == []


@pytest.mark.parametrize(
    "address", ["/petitions/a%00b", "/elections/a%00b", "/civil-requests/answers/a%00b", "/static/a%00b"]
)
def test_a_zero_byte_in_a_path_is_no_address(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 404


def test_a_zero_byte_in_a_question_is_named(client: FlaskClient) -> None:
    answer = client.get("/petitions/?q=a%00b", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "unreadable-address")
    assert (
        "이 주소는 읽을 수 없어요" in client.get("/petitions/?q=%00", headers={"Accept-Language": "ko"}).text
    )


@pytest.mark.parametrize("number", [str(LARGEST_NUMBER + 1), "9" * 19, "9" * 2_000, "9" * 5_000])
def test_a_number_that_no_column_holds_is_no_address(client: FlaskClient, number: str) -> None:
    assert client.get(f"/data/reports/{number}").status_code == 404


def test_a_page_beyond_the_last_is_the_last(client: FlaskClient) -> None:
    for page in ("99999999999999999999", "-99999999999999999999", "x", ""):
        assert client.get(f"/petitions/?page={page}").status_code == 200


def test_numbers_of_addresses_are_read_in_one_place() -> None:
    readers = {path.name for path in APP.rglob("*.py") if "type=int)" in path.read_text("utf-8")}
    assert readers == {"incoming.py"}


@pytest.mark.parametrize("document", ["a\0", ["\ud800"], {"a": [{"\0": 1}]}, {"a": "\udfff"}])
def test_texts_that_cannot_be_kept_are_found(document: object) -> None:
    assert not is_readable(document)


def test_texts_that_can_be_kept_pass() -> None:
    deep: object = "🗳 가"
    for _ in range(100_000):
        deep = [deep]
    assert is_readable({"a": [1, None, 2.5, True, "\n"], "b": deep})


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (
            "/petitions/library/sign/email",
            {"name": "Sora\0 Kim", "postcode": "10123", "email": "a@example.org"},
        ),
        (
            "/petitions/new/local-council",
            {"title": "More\0 trees", "demand": "Plant them", "reasons": "Shade"},
        ),
        ("/ask", {"title": "More\0 trees", "text": "Plant them", "shared": "yes"}),
        (
            "/ask/petition",
            {"title": "More\0 trees", "demand": "Plant them", "reasons": "", "type": "local-council"},
        ),
    ],
)
def test_a_zero_byte_in_a_form_is_said_beside_its_field(
    app: Flask, official: FlaskClient, address: str, fields: dict[str, str]
) -> None:
    with app.app_context():
        open_petition()
    client = app.test_client() if "email" in fields else official
    client.get("/language/ko")
    answer = client.post(address, data=fields | {"csrf_token": csrf_token(client)})
    assert answer.status_code == 422
    assert "저장할 수 없는 문자가 들어 있어 뺐어요" in answer.text
    # Nothing is lost, and what comes back can be sent again.
    kept = {name: text.replace("\0", "") for name, text in fields.items()}
    assert "\0" not in answer.text
    assert all(text in answer.text for text in kept.values())
    again = client.post(address, data=kept | {"csrf_token": csrf_token(client)})
    assert again.status_code in (200, 303, 409)


def test_a_field_that_is_sent_twice_is_judged_by_what_counts(app: Flask, official: FlaskClient) -> None:
    fields = {"title": ["", "A title"], "demand": ["Plant them"], "csrf_token": [csrf_token(official)]}
    answer = official.post("/petitions/new/local-council", data=fields)
    assert answer.status_code == 422
