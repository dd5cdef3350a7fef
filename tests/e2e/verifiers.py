"""The two verifiers that judge a story's archive: ours by its command line, and one that we did not write."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.service import Service

SHARED = Path(os.environ.get("SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
PEER = SHARED / "tools" / "belenios-verify"

needs_peer = pytest.mark.skipif(not PEER.exists(), reason=f"the peer verifier is not at {PEER}")


def verify(town: Service, archive: Path, *options: str) -> dict[str, Any]:
    """What our command says of a valid archive."""
    report = town.run("-m", "app.auditor", "election", str(archive), "--json", *options)
    assert report.returncode == 0, report.stdout + report.stderr
    stated = json.loads(report.stdout)
    assert stated["valid"]
    return stated


def accept_by_peer(archive: Path) -> None:
    """Have the other verifier accept the archive."""
    assert archive.exists(), "the story before this one makes the archive"
    peer = subprocess.run([str(PEER), str(archive)], capture_output=True, text=True, check=False)
    assert peer.returncode == 0, peer.stdout + peer.stderr
    assert "accepted" in peer.stdout
