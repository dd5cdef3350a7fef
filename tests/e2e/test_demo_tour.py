"""The tour of the demo's connected systems, as a newcomer runs it: each of the eight reports an access."""

import json
import re
import subprocess
import urllib.request

import pytest

from app.demo.systems import SYSTEMS
from tests.e2e.service import ROOT, Service

pytestmark = pytest.mark.slow


def run_tour(town: Service) -> subprocess.CompletedProcess[str]:
    command = [str(ROOT / "deploy" / "demo-tour"), town.url]
    return subprocess.run(command, env=town.environment, capture_output=True, text=True, check=False)


def test_every_system_reports_and_gets_its_receipt(town: Service) -> None:
    done = run_tour(town)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.findall(r"^([a-z0-9]+):$", done.stdout, re.MULTILINE) == [kind.code for kind in SYSTEMS]
    receipts = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    # The last one's query touched two people.
    assert len(set(receipts)) == len(SYSTEMS) + 1
    for leaf_hash in receipts:
        with urllib.request.urlopen(f"{town.url}/ledger/receipts/{leaf_hash}.json", timeout=10) as answer:
            assert json.load(answer)["leaf_hash"] == leaf_hash


def test_without_a_town_the_tour_says_what_to_do(tmp_path) -> None:
    done = run_tour(Service(tmp_path, 1))
    assert done.returncode == 1
    assert "make run" in done.stderr
