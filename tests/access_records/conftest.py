"""A country of connected systems, and a way to send signed requests to the application."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.client.configuration import ClientConfig
from app.client.sending import Client
from app.platform import clock
from tests.access_records.kit import Country, claim, found_country

ORIGIN = "http://localhost"


@pytest.fixture
def country(app: Flask) -> Country:
    """One agency, one system, three persons with the claims of `kit.claim`."""
    with app.app_context():
        return found_country()


@pytest.fixture
def sender(app: Flask, country: Country) -> "Sender":
    """Sends what the system signs."""
    return Sender(app, country)


class Sender:
    """A connected system in front of the application."""

    def __init__(self, app: Flask, country: Country, key_id: str = "welfare-1") -> None:
        self.browser = app.test_client()
        self.country = country
        config = ClientConfig(ORIGIN, "welfare", key_id, country.private_key)
        self.client = Client(config)

    def post(self, body: object, **changes: Any) -> TestResponse:
        """Sign and send a report; `changes` replace headers, or the body behind the signature's back."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"{ORIGIN}/api/v1/access-records"
        headers = self.client.sign("POST", url, raw)
        headers |= changes.get("headers", {})
        return self.send("POST", "/api/v1/access-records", changes.get("sent", raw), headers)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> TestResponse:
        """Sign and send a question."""
        return self.send("GET", path, None, self.client.sign("GET", ORIGIN + path, None, headers))

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> TestResponse:
        """Send a request as it is."""
        return self.browser.open(path, method=method, data=body, headers=dict(headers), base_url=ORIGIN)


def record(number: int = 1, person: int | str | None = 0, **changes: Any) -> dict[str, Any]:
    """A record that is in order."""
    usual = {
        "id": f"case-{number}",
        "person": claim(person) if isinstance(person, int) else person,
        "official": "kim.7",
        "unit": "Welfare",
        "purpose": "welfare-benefit",
        "legal_basis": "Social Security Act, article 7",
        "case": "2026-118",
        "categories": ["address"],
        "action": "view",
        "accessed_at": clock.now().isoformat(timespec="seconds"),
    }
    merged = usual | changes
    return {name: value for name, value in merged.items() if value is not None}
