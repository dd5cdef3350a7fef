"""A town with an open petition."""

import pytest
from flask import Flask

from app.accounts.models import Account
from app.accounts.services.roles import NewAccount, create_account
from app.extensions import db
from tests.petitions.kit import found_town, open_petition


@pytest.fixture
def town(app: Flask) -> "Town":
    """The town, and its people by name."""
    with app.app_context():
        found_town()
        open_petition()
    return Town(app)


class Town:
    """Makes people who sign."""

    reference = "library"

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.numbers: dict[str, int] = {}

    def settle(
        self, name: str, *, verified: bool = True, district: str | None = "hill", **options: object
    ) -> int:
        """A citizen's account; needs an application context."""
        claim = f"901314-{1_000_000 + len(self.numbers)}" if verified else None
        wanted = NewAccount(
            email=f"{name}@example.org",
            display_name=name.title(),
            password_hash="!",
            district=district,
            identity=claim,
            **options,
        )
        self.numbers[name] = create_account(wanted).id
        return self.numbers[name]

    def account(self, name: str) -> Account:
        """The account of somebody who has been settled."""
        return db.session.get_one(Account, self.numbers[name])
