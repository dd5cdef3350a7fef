"""Declarations: exactly one on each endpoint, or the application does not start."""

import pytest
from flask import Flask

from app import rooms
from app.platform import access
from app.platform.permissions import Permission


def test_two_declarations_are_refused() -> None:
    def view() -> str:
        return ""

    access.public(view)
    with pytest.raises(access.AccessNotDeclared, match="two"):
        access.login_required(view)


def test_an_undeclared_endpoint_stops_the_start(app: Flask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(access.AccessNotDeclared, match="bare"):
        access.check_declarations(app)


def test_an_undeclared_endpoint_is_refused_even_if_it_slipped_through(app: Flask) -> None:
    app.add_url_rule("/bare", "bare", lambda: "")
    assert app.test_client().get("/bare").status_code == 403


def test_all_rooms_are_declared(app: Flask) -> None:
    access.check_declarations(app)
    assert rooms.BLUEPRINTS


def test_permissions_follow_the_grammar() -> None:
    for permission in Permission:
        scope, resource, action = permission.value.split(":")
        assert all(part.replace("-", "_").isidentifier() for part in (scope, resource, action))
