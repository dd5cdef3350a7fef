"""What every response carries and every request must bring."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from app import create_app
from app.extensions import db as database
from app.platform import access
from app.platform.errors import HwabaekError
from app.platform.security import HEADERS
from config import Testing
from tests.conftest import People, csrf_token

# Connected systems sign each request with their own key; no cookie of a browser counts there.
SIGNED_ENDPOINTS = {"access_records.api_report", "access_records.api_cases"}
# What a mail program posts on one click (RFC 8058): the link itself is the token.
LINK_ENDPOINTS = {"petitions.unsubscribe"}

ADDRESSES = {
    "page": ("/sign-in", 200),
    "redirect": ("/account/", 303),
    "not found": ("/no-such-page", 404),
    "failure": ("/broken", 500),
    "unavailable": ("/locked", 503),
    "refusal": ("/refused", 418),
    "file": ("/static/favicon.svg", 200),
    "no such file": ("/static/nothing.js", 404),
    "method": ("/sign-out", 405),
    "health": ("/healthz", 200),
}


class Teapot(HwabaekError):
    """A refusal of its own kind."""

    status = 418
    code = "teapot"
    title = "This is a teapot"


@pytest.fixture
def app(app: Flask) -> Flask:
    """The application with three pages that fail in different ways."""

    @app.get("/broken")
    @access.public
    def broken() -> str:
        raise ZeroDivisionError

    @app.get("/locked")
    @access.public
    def locked() -> str:
        from_driver = __import__("sqlite3").OperationalError("database is locked")
        from_driver.sqlite_errorcode = 5
        raise OperationalError("SELECT 1", {}, from_driver)

    @app.get("/refused")
    @access.public
    def refused() -> str:
        raise Teapot("short and stout", handle="left")

    return app


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_response_carries_the_protecting_headers(client: FlaskClient, name: str) -> None:
    address, status = ADDRESSES[name]
    response = client.get(address)
    assert response.status_code == status
    for header, value in HEADERS.items():
        assert response.headers[header] == value
    assert "Server" not in response.headers
    assert "X-Powered-By" not in response.headers
    assert "Strict-Transport-Security" not in response.headers
    response.close()


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_failures_say_when_to_come_back_and_nothing_about_us(client: FlaskClient) -> None:
    unavailable = client.get("/locked")
    assert unavailable.headers["Retry-After"] == "2"
    broken = client.get("/broken")
    assert "ZeroDivisionError" not in broken.text
    assert "Traceback" not in broken.text


def test_programs_get_problem_documents(client: FlaskClient) -> None:
    response = client.get("/refused", headers={"Accept": "application/json"})
    assert response.mimetype == "application/problem+json"
    assert response.get_json() == {
        "type": "/problems/teapot",
        "title": "This is a teapot",
        "status": 418,
        "code": "teapot",
        "detail": "short and stout",
        "advice": "Go back and try again.",
        "handle": "left",
    }
    assert client.get("/api/no-such-thing").mimetype == "application/problem+json"
    assert client.post("/no-such-thing", json={}).mimetype == "application/problem+json"


def test_what_takes_no_token_takes_a_signature_and_no_cookie(app: Flask, people: People) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    for rule in app.url_map.iter_rules():
        if rule.endpoint in SIGNED_ENDPOINTS:
            answer = client.post(rule.rule, json={})
            assert (answer.status_code, answer.get_json()["code"]) == (401, "request-unsigned")


def test_what_a_mail_program_posts_takes_the_link_of_the_mail_alone(client: FlaskClient) -> None:
    assert client.post("/petitions/unsubscribe/1/wrong").status_code == 404


def test_every_form_endpoint_refuses_a_missing_or_foreign_token(app: Flask, people: People) -> None:
    people.create("mina")
    client = people.sign_in("mina")
    foreign = csrf_token(app.test_client())
    rules = [rule for rule in app.url_map.iter_rules() if rule.methods and "POST" in rule.methods]
    rules = [rule for rule in rules if rule.endpoint not in SIGNED_ENDPOINTS | LINK_ENDPOINTS]
    assert rules
    for rule in rules:
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for form in ({}, {"csrf_token": "x"}, {"csrf_token": foreign}):
            response = client.post(address, data=form)
            assert response.status_code == 400, rule.endpoint
            assert "csrf-token-invalid" in response.text
        assert (
            client.post(address, json={}, headers={"X-CSRFToken": foreign}).get_json()["code"]
            == "csrf-token-invalid"
        )
    assert client.get("/account/").status_code == 200


def test_a_token_in_the_header_serves_json(app: Flask, client: FlaskClient) -> None:
    response = client.post("/sign-out", json={}, headers={"X-CSRFToken": csrf_token(client)})
    assert response.status_code == 303


def test_cookies_on_loopback(client: FlaskClient) -> None:
    cookie = client.get("/account/session.json").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_cookies_and_headers_under_tls(tmp_path: Path) -> None:
    settings = Testing(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'tls.sqlite3'}",
        base_url="https://hwabaek.example",
    )
    app = create_app(settings)
    response = app.test_client().get("/account/session.json", base_url="https://hwabaek.example")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert response.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    with app.app_context():
        database.engine.dispose()


def test_a_foreign_host_name_is_refused(client: FlaskClient) -> None:
    assert client.get("/sign-in", base_url="http://evil.example").status_code == 400
    assert client.get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200


def test_health_needs_the_database(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/healthz").status_code == 200
    with app.app_context():
        database.engine.dispose()
        address = database.engine.url.database
    if database_file := Path(address or ""):
        if not database_file.is_file():
            pytest.skip("the database is a server")
        database_file.rename(tmp_path / "gone")
        database_file.mkdir()
        assert client.get("/healthz").status_code == 503


def test_no_session_is_started_for_a_visitor_who_only_reads(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/").headers


def test_built_files_may_be_kept_for_a_year_and_others_are_asked_for_again(
    app: Flask, client: FlaskClient
) -> None:
    built = next((Path(app.static_folder or "") / "build").glob("site-*.css"))
    with client.get(f"/static/build/{built.name}") as kept, client.get("/static/favicon.svg") as asked:
        assert kept.headers["Cache-Control"] == "max-age=31536000, public, immutable"
        assert asked.headers["Cache-Control"] == "no-cache"
