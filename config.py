"""Settings of one running instance, read from the environment once and never changed afterwards.

`from_env()` is the only way in for a server: it refuses what would be unsafe instead of warning about it.
Tests build `Testing(...)` themselves.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

MINIMUM_SECRET_LENGTH = 32
MINIMUM_SECRET_VARIETY = 10
WEAK_SECRET_WORDS = ("secret", "changeme", "change-me", "password", "hwabaek", "default", "example")


class ConfigurationError(Exception):
    """A setting is missing or unsafe; the message tells the operator what to set."""


@dataclass(frozen=True, kw_only=True)
class Base:
    """What every instance has; subclasses change defaults and what they refuse."""

    data_dir: Path
    database_url: str
    base_url: str = "http://127.0.0.1:8000"
    # None: made at the first start and kept in data_dir/keys, outside the database.
    secret_key: str | None = None
    redis_url: str | None = None
    # None: mail is kept as .eml files in data_dir/mail.
    mail_url: str | None = None
    # An OpenID Connect provider that people can sign in with; None: passwords only.
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = None
    # Which of the provider's claims names a person once and for all; None: its people stay at level 1.
    oidc_identity_claim: str | None = None
    # The connected system whose record of an address counts: a person's change of address goes there.
    residents_system: str = "g4c"
    mail_from: str = "Hwabaek <no-reply@hwabaek.invalid>"
    trusted_proxies: int = 0
    # Seconds that a commit group waits for more members; 0 commits as soon as nobody waits.
    commit_group_delay: float = 0.0
    # Seconds a writer waits for its turn before the request is answered 503.
    write_timeout: float = 10.0
    # Days by which the clock is ahead, to see what happens by itself; never on a public instance.
    clock_offset_days: float = 0.0
    # Multiplies every sign-in limit; load tests raise it.
    rate_limit_scale: int = 1
    password_memory_kib: int = 47_104
    debug: bool = False
    testing: bool = False
    immediate_jobs: bool = False
    # A public instance: nothing of the demo town may show.
    production: bool = False

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Refuse plain http anywhere but on a loopback address, whatever the environment."""
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(f"BASE_URL must be an http or https address, not {self.base_url!r}.")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ConfigurationError(
                "Plain http is allowed on a loopback address only; set BASE_URL to https://..."
            )

        self._check_provider()

    def _check_provider(self) -> None:
        if not self.oidc_issuer:
            return
        parts = urlsplit(self.oidc_issuer)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
            raise ConfigurationError("OIDC_ISSUER must be an https address, as its provider publishes it.")
        if not (self.oidc_client_id and self.oidc_client_secret):
            raise ConfigurationError("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.")

    @property
    def tls(self) -> bool:
        """Whether visitors reach this instance over TLS."""
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        """The host name visitors use."""
        return urlsplit(self.base_url).hostname or "127.0.0.1"

    def as_mapping(self) -> dict[str, object]:
        """The same settings under Flask's upper-case names."""
        return {field.name.upper(): getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, kw_only=True)
class Development(Base):
    """One machine, one person trying the system: the default of `make run` and `make dev`."""


@dataclass(frozen=True, kw_only=True)
class Testing(Base):
    """The test suite: jobs run at once, passwords hash fast; everything else as in production."""

    # Not a class of tests, whatever its name says to pytest.
    __test__: ClassVar[bool] = False

    secret_key: str | None = "testing-only-0123456789-abcdefghijklmnop"  # noqa: S105 - opens nothing
    testing: bool = True
    immediate_jobs: bool = True
    password_memory_kib: int = 64


@dataclass(frozen=True, kw_only=True)
class Production(Base):
    """A public instance: starts only with a strong secret, TLS and a way to send mail."""

    production: bool = True

    def check(self) -> None:
        """Refuse a weak secret, debug mode, plain http off loopback and mail that nobody would get."""
        super().check()
        check_secret(self.secret_key)
        if self.debug:
            raise ConfigurationError("Debug mode must be off in production; unset FLASK_DEBUG.")
        if self.clock_offset_days:
            raise ConfigurationError("The clock must be right in production; unset CLOCK_OFFSET_DAYS.")
        if not self.mail_url:
            raise ConfigurationError(
                "MAIL_URL is missing; set smtp://user:password@host:587 (or smtps://...)."
            )


TEXT_SETTINGS = (
    *("secret_key", "redis_url", "mail_url", "mail_from", "residents_system"),
    *("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_identity_claim"),
)
CLASSES: Mapping[str, type[Base]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def check_secret(secret: str | None) -> None:
    """Refuse a secret key that is missing, short, monotonous or a well-known placeholder."""
    if not secret:
        raise ConfigurationError(
            "SECRET_KEY is missing; `python -c 'import secrets; print(secrets.token_hex(32))'` makes one."
        )
    if len(secret) < MINIMUM_SECRET_LENGTH or len(set(secret)) < MINIMUM_SECRET_VARIETY:
        raise ConfigurationError(
            f"SECRET_KEY is too weak; use at least {MINIMUM_SECRET_LENGTH} random characters."
        )
    if any(word in secret.lower() for word in WEAK_SECRET_WORDS):
        raise ConfigurationError("SECRET_KEY looks like a placeholder; use random characters.")


def is_loopback(host: str) -> bool:
    """Whether the name or address can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def from_env(environ: Mapping[str, str] | None = None) -> Base:
    """Read the settings of this process, raising ConfigurationError for what is unsafe or unreadable."""
    env = os.environ if environ is None else environ
    name = env.get("HWABAEK_ENV", "development")
    if name not in CLASSES:
        raise ConfigurationError(f"HWABAEK_ENV must be one of {', '.join(CLASSES)}, not {name!r}.")
    data_dir = Path(env.get("DATA_DIR") or "instance").resolve()
    chosen: dict[str, object] = {
        "data_dir": data_dir,
        "database_url": database_url(env.get("DATABASE_URL"), data_dir),
        "base_url": env.get("BASE_URL") or f"http://127.0.0.1:{env.get('PORT') or 8000}",
        "debug": env.get("FLASK_DEBUG", "") not in ("", "0"),
    }
    chosen.update(_optional_settings(env))
    return CLASSES[name](**chosen)  # type: ignore[arg-type]


def _optional_settings(env: Mapping[str, str]) -> dict[str, object]:
    texts = {name: env[name.upper()] for name in TEXT_SETTINGS if env.get(name.upper())}
    numbers: dict[str, object] = {}
    for name, kind in (
        ("trusted_proxies", int),
        ("commit_group_delay", float),
        ("write_timeout", float),
        ("rate_limit_scale", int),
        ("clock_offset_days", float),
    ):
        if env.get(name.upper()):
            numbers[name] = _number(name.upper(), env[name.upper()], kind)
    return {**texts, **numbers}


def _number(name: str, text: str, kind: type[int] | type[float]) -> int | float:
    try:
        value = kind(text)
    except ValueError:
        raise ConfigurationError(f"{name} must be a number, not {text!r}.") from None
    if value < 0:
        raise ConfigurationError(f"{name} must not be negative.")
    return value


def database_url(given: str | None, data_dir: Path) -> str:
    """The SQLAlchemy address: the given one, with our PostgreSQL driver, else SQLite in `data_dir`."""
    if not given:
        return f"sqlite:///{data_dir / 'hwabaek.sqlite3'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    return given
