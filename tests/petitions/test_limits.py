"""How much one network can send for one petition, however fast."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db as database
from app.petitions.models import SignatureRequest
from app.petitions.rules.email import FORMS_WITHOUT
from app.petitions.services.email_signing import Wish, request_signature
from app.platform.errors import TooManyRequests
from tests.petitions.conftest import Town

NET = "203.0.113.0/24"


def count_requests(app: Flask) -> int:
    with app.app_context():
        return database.session.scalar(select(func.count()).select_from(SignatureRequest)) or 0


def test_forms_that_come_at_the_same_time_stay_within_the_limit(town: Town, app: Flask) -> None:
    def ask(number: int) -> str:
        wish = Wish("Sora Kim", "10123", f"signer{number}@example.org", "en")
        with app.app_context():
            try:
                request_signature(town.reference, wish, NET)
            except TooManyRequests:
                return "refused"
            return "taken"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(40)))
    assert answers.count("taken") == FORMS_WITHOUT
    assert count_requests(app) == FORMS_WITHOUT
