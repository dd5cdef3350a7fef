"""Settings: what is unsafe is refused, not warned about."""

from pathlib import Path

import pytest

from config import ConfigurationError, Development, Production, from_env

GOOD = {
    "HWABAEK_ENV": "production",
    "SECRET_KEY": "8f3a1c9b7d2e4f60a5b8c7d9e1f20314a6b5c8d7",
    "BASE_URL": "https://hwabaek.example",
    "MAIL_URL": "smtp://mail.example",
}


def test_defaults_are_for_one_machine() -> None:
    settings = from_env({})
    assert isinstance(settings, Development)
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.data_dir == Path("instance").resolve()
    assert settings.database_url == f"sqlite:///{settings.data_dir / 'hwabaek.sqlite3'}"
    assert not settings.tls


def test_production_starts_with_everything_set() -> None:
    settings = from_env(GOOD)
    assert isinstance(settings, Production)
    assert settings.tls


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing"),
        ({"SECRET_KEY": "short"}, "too weak"),
        ({"SECRET_KEY": "ab" * 30}, "too weak"),
        ({"SECRET_KEY": "please-changeme-0123456789-abcdefghijk"}, "placeholder"),
        ({"BASE_URL": "http://hwabaek.example"}, "Plain http"),
        ({"BASE_URL": "hwabaek.example"}, "http or https"),
        ({"FLASK_DEBUG": "1"}, "Debug"),
        ({"MAIL_URL": ""}, "MAIL_URL"),
        ({"CLOCK_OFFSET_DAYS": "1"}, "CLOCK_OFFSET_DAYS"),
        ({"TRUSTED_PROXIES": "many"}, "TRUSTED_PROXIES must be a number"),
        ({"WRITE_TIMEOUT": "-1"}, "negative"),
        ({"HWABAEK_ENV": "prod"}, "HWABAEK_ENV"),
    ],
)
def test_what_is_unsafe_is_refused(changed: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        from_env(GOOD | changed)


def test_plain_http_is_for_loopback_even_in_development() -> None:
    with pytest.raises(ConfigurationError, match="loopback"):
        from_env({"BASE_URL": "http://10.0.0.5:8000"})
    assert from_env({"BASE_URL": "http://[::1]:8000"}).host == "::1"


def test_postgresql_gets_our_driver() -> None:
    assert from_env({"DATABASE_URL": "postgres://u@h/d"}).database_url == "postgresql+psycopg://u@h/d"
