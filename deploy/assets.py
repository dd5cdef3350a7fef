"""Builds the browser assets and the compiled translations, only when their sources changed.

`python -m deploy.assets` is what `make assets` runs; the supervisor calls `build()` before it starts.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from deploy.node import NodeError, find_node, install_packages

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "app" / "assets"
OUTPUT = ROOT / "app" / "static" / "build"
TRANSLATIONS = ROOT / "app" / "translations"
# Lies beside the manifest: the digest of the sources that it was built from.
STAMP = OUTPUT / "sources.sha256"
LOCK_FILE = OUTPUT.with_suffix(".lock")


class AssetsError(Exception):
    """The assets could not be built; the message says why."""


def build() -> None:
    """Bring the assets and translations up to date, raising AssetsError or NodeError."""
    # Two starts at once (tests do that) build one after the other; the second finds nothing to do.
    LOCK_FILE.parent.mkdir(parents=True, exist_ok=True)
    with LOCK_FILE.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        compile_translations()
        build_assets()


def build_assets() -> None:
    """Run build.mjs unless the present files were built from the present sources."""
    digest = digest_sources()
    if STAMP.is_file() and STAMP.read_text() == digest:
        return
    node = find_node()
    install_packages(node)
    done = subprocess.run([node.executable, str(SOURCES / "build.mjs")], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise AssetsError("The browser assets could not be built (see above).")
    STAMP.write_text(digest)


def digest_sources() -> str:
    """SHA-256 over the names and bytes of everything that the assets are built from."""
    digest = hashlib.sha256()
    files = sorted(path for path in SOURCES.rglob("*") if path.is_file())
    for path in [ROOT / "package-lock.json", *files]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def compile_translations() -> None:
    """Write each catalogue's .mo file where it is missing or older than its .po file."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as stream:
            catalog = read_po(stream, locale=source.parent.parent.name)
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as stream:
            write_mo(stream, catalog)
        fresh.replace(target)


def main() -> int:
    """Build, and say in one sentence what went wrong."""
    try:
        build()
    except (AssetsError, NodeError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
