"""Addresses and integrity hashes of the built browser assets, from the manifest that the build writes."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, url_for
from markupsafe import Markup

BUILD_FOLDER = "build"
MANIFEST_NAME = "manifest.json"


class AssetMissing(Exception):
    """The build has not run, or does not make a file of this name."""


@dataclass(frozen=True)
class Asset:
    """One built file: its name with a content hash, and the hash that the browser checks."""

    file: str
    integrity: str


def init_app(app: Flask) -> None:
    """Give templates `asset(name)` and `integrity(name)`."""
    app.jinja_env.globals.update(asset=asset, integrity=integrity, asset_integrity=asset_integrity)


def asset(name: str) -> str:
    """Return the address of a built file; raises AssetMissing."""
    return url_for("static", filename=f"{BUILD_FOLDER}/{_find(name).file}")


def asset_integrity(name: str) -> str:
    """Return the subresource integrity value of a built file; raises AssetMissing."""
    return _find(name).integrity


def integrity(name: str) -> Markup:
    """Return the attributes that make a browser refuse the file if a single byte differs."""
    return Markup(' integrity="{}"').format(asset_integrity(name))


def _find(name: str) -> Asset:
    folder = Path(current_app.static_folder or "") / BUILD_FOLDER
    manifest = folder / MANIFEST_NAME
    try:
        changed_at = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        raise AssetMissing(f"{manifest} is missing: run `make assets`") from None
    try:
        return _read(manifest, changed_at)[name]
    except KeyError:
        raise AssetMissing(f"the asset build makes no {name}") from None


@lru_cache(maxsize=4)
def _read(manifest: Path, _changed_at: int) -> dict[str, Asset]:
    """Read the manifest once for each time it was written, so that a rebuild shows without a restart."""
    entries = json.loads(manifest.read_text(encoding="utf-8"))
    return {name: Asset(entry["file"], entry["integrity"]) for name, entry in entries.items()}
