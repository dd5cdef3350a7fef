"""The client that agencies use: settings, signatures, retries, and the command line against a real server."""

import json
import os
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from app.access_records.models import AccessRecord, InformationSystem
from app.client import Client, ConfigProblem, Refused, Unreachable, make_key
from app.client.__main__ import main
from app.client.configuration import write_config
from app.client.sending import ATTEMPTS
from app.demo.people import make_citizen
from app.demo.systems import CONFIG_FILE, FOLDER, connect_systems
from app.demo.town import found_town
from app.extensions import db as database
from app.platform.transaction import transaction

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(app: Flask) -> Path:
    """The demo's systems, each with its settings."""
    with app.app_context(), transaction():
        identities = [make_citizen(number).identity for number in range(3)]
        connect_systems(found_town(20, lambda: None), identities, lambda: None)
    return Path(app.config["DATA_DIR"]) / FOLDER


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The application behind a real socket."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def record_of(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": f"row-{number}",
        "person": make_citizen(0).identity,
        "official": "kim",
        "unit": "Civil affairs",
        "purpose": "certificate",
        "legal_basis": "Resident Registration Act, article 30",
        "case": "2026-1",
        "categories": ["address"],
        "accessed_at": "2026-01-02T10:00:00+09:00",
    } | changes


def recorded(app: Flask) -> list[str]:
    with app.app_context():
        wanted = (
            select(InformationSystem.code)
            .join(AccessRecord, AccessRecord.system_id == InformationSystem.id)
            .where(AccessRecord.sender_id.is_not(None))
            .order_by(AccessRecord.id)
        )
        return list(database.session.scalars(wanted))


def test_reports_batches_and_questions_over_http(app, folder, address, capsys, tmp_path) -> None:
    client = Client.from_file(folder / "g4c" / CONFIG_FILE, address)
    (answer,) = client.report([record_of(1)])
    assert answer["status"] == "recorded"
    (usage, *_) = client.find_usages(make_citizen(0).identity, "EE1")
    assert usage["receiverSystem"] == "g4c"
    assert client.check_heartbeat()
    with pytest.raises(Refused, match="purpose-unknown"):
        client.report([record_of(2, purpose="curiosity")])

    lines = tmp_path / "records.jsonl"
    lines.write_text("".join(json.dumps(record_of(number)) + "\n" for number in range(1, 4)))
    settings = ["--config", str(folder / "g4c" / CONFIG_FILE), "--url", address]
    assert main(["batch", *settings, str(lines)]) == 0
    told = [json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()]
    assert told == ["known", "recorded", "recorded"]
    # The whole file again changes nothing.
    assert main(["batch", *settings, str(lines)]) == 0
    assert main(["heartbeat", *settings]) == 0
    assert len(recorded(app)) == 3


def test_the_tour_reports_from_all_eight_systems(app: Flask, folder: Path, address: str) -> None:
    environment = os.environ | {"DATA_DIR": str(folder.parent)}
    done = subprocess.run(
        [ROOT / "deploy" / "demo-tour", address], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    codes = ["g4c", "hts", "geps", "nafis", "medical", "pension", "employment", "accident", "accident"]
    assert recorded(app) == codes


def test_what_is_wrong_is_said_and_counted_in_the_exit_code(folder, address, capsys, tmp_path) -> None:
    settings = ["--config", str(folder / "g4c" / CONFIG_FILE), "--url", address]
    report = [
        "report",
        *settings,
        "--person",
        "991301-9999999",
        "--purpose",
        "certificate",
        "--official",
        "k",
    ]
    report += ["--unit", "u", "--legal-basis", "l", "--case", "c", "--category", "address"]
    assert main(report) == 1
    assert json.loads(capsys.readouterr().err)["code"] == "person-unknown"
    assert main(["heartbeat", "--config", str(tmp_path / "nothing.toml")]) == 2


def test_it_tries_again_with_a_fresh_nonce(tmp_path, monkeypatch) -> None:
    make_key(tmp_path / "k.pem")
    write_config(tmp_path / "c.toml", url="http://127.0.0.1:1", system="a", key_id="a-1", key_file="k.pem")
    seen, pauses = [], []

    def fail(request, timeout):
        seen.append(request.headers["Signature-input"])
        raise urllib.error.URLError("away")

    monkeypatch.setattr("urllib.request.urlopen", fail)
    client = Client.from_file(tmp_path / "c.toml")
    client.pause = pauses.append
    with pytest.raises(Unreachable):
        client.report([record_of(1)])
    assert len(set(seen)) == len(seen) == ATTEMPTS
    assert pauses == [1, 2, 4]


def test_a_key_is_private_and_never_overwritten(tmp_path, capsys) -> None:
    assert main(["make-key", str(tmp_path / "k.pem")]) == 0
    assert len(capsys.readouterr().out.strip()) == 44
    assert (tmp_path / "k.pem").stat().st_mode & 0o077 == 0
    assert main(["make-key", str(tmp_path / "k.pem")]) == 2


def test_settings_that_cannot_be_used_are_named(tmp_path) -> None:
    (tmp_path / "c.toml").write_text('url = "http://x"\n')
    with pytest.raises(ConfigProblem, match="key_file"):
        Client.from_file(tmp_path / "c.toml")


def test_it_needs_nothing_of_ours() -> None:
    code = "import sys, app.client; print([name for name in ('flask', 'sqlalchemy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    sources = [path.read_text() for path in (ROOT / "app" / "client").glob("*.py")]
    assert not any(
        f"from app.{room}" in text for text in sources for room in ("core", "platform", "accounts")
    )
