"""What our verifier says of a story's archive, by its command line."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.service import Service


def verify(town: Service, archive: Path, *options: str) -> dict[str, Any]:
    """What our command says of a valid archive."""
    report = town.run("-m", "app.auditor", "election", str(archive), "--json", *options)
    assert report.returncode == 0, report.stdout + report.stderr
    stated = json.loads(report.stdout)
    assert stated["valid"]
    return stated
