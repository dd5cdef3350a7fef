"""The client's settings: a TOML file with url, system, key_id and key_file (beside it unless absolute)."""

import base64
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


class ConfigProblem(Exception):
    """The settings or the key cannot be used; the message says which."""


@dataclass(frozen=True)
class ClientConfig:
    """Where to report, as which system, with which key."""

    url: str
    system: str
    key_id: str
    private_key: Ed25519PrivateKey


def read_config(path: Path, url: str | None = None) -> ClientConfig:
    """Read the settings of a file; `url` replaces the one that stands there. Raises ConfigProblem."""
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
        key_file = path.parent / str(settings["key_file"])
        key = load_pem_private_key(key_file.read_bytes(), None)
        address = url or str(settings["url"])
        config = ClientConfig(address.rstrip("/"), str(settings["system"]), str(settings["key_id"]), key)  # type: ignore[arg-type]
    except KeyError as problem:
        raise ConfigProblem(f"{path}: {problem.args[0]} is missing") from problem
    except (OSError, ValueError, TypeError) as problem:
        raise ConfigProblem(f"{path}: {problem}") from problem
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigProblem(f"{key_file}: not an Ed25519 key")
    return config


def make_key(path: Path) -> str:
    """Write a new private key, readable by its owner only, and return the public one in base64."""
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def write_config(path: Path, *, url: str, system: str, key_id: str, key_file: str) -> None:
    """Write a settings file."""
    lines = {"url": url, "system": system, "key_id": key_id, "key_file": key_file}
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in lines.items()), "utf-8")
