"""The supervisor: a start that works, stops that leave nothing, and sentences for what goes wrong."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.serve import ROOT, is_healthy

READY = "Hwabaek is ready"


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(data_dir: Path, port: int) -> subprocess.Popen[str]:
    environment = {**os.environ, "DATA_DIR": str(data_dir), "PORT": str(port), "HWABAEK_ENV": "testing"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "deploy.serve"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    said = []
    for line in process.stdout:
        said.append(line)
        if READY in line:
            return
    pytest.fail("not ready: " + "".join(said))


def list_descendants(pid: int) -> set[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child) for child in children} | {
        found for child in children for found in list_descendants(int(child))
    }


def find_child(pid: int, word: str) -> int:
    (found,) = [
        child
        for child in list_descendants(pid)
        if word.encode() in Path(f"/proc/{child}/cmdline").read_bytes()
        and Path(f"/proc/{child}/stat").read_text().split()[3] == str(pid)
    ]
    return found


def assert_all_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 20
    while left := {pid for pid in pids if is_alive(pid)}:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def port() -> int:
    return find_free_port()


@pytest.fixture
def service(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    process = start(tmp_path, port)
    try:
        wait_until_ready(process)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_nothing_behind(service: subprocess.Popen[str], port: int, number: int) -> None:
    assert is_healthy(port)
    started = list_descendants(service.pid)
    assert len(started) >= 3
    service.send_signal(number)
    assert service.wait(30) == 0
    assert_all_gone(started)
    assert not is_healthy(port)


@pytest.mark.parametrize("word", ["huey_consumer", "gunicorn", "sequence"])
def test_when_one_dies_everything_stops(service: subprocess.Popen[str], word: str) -> None:
    started = list_descendants(service.pid)
    os.kill(find_child(service.pid, word), signal.SIGKILL)
    assert service.wait(30) == 1
    assert "stopped by itself" in service.stdout.read()
    assert_all_gone(started)


def test_a_killed_supervisor_takes_everything_along(service: subprocess.Popen[str]) -> None:
    started = list_descendants(service.pid)
    service.kill()
    assert_all_gone(started)


def test_a_second_start_on_the_same_data_is_refused(service: subprocess.Popen[str], tmp_path: Path) -> None:
    second = start(tmp_path, find_free_port())
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "already running with the data in" in said


def test_a_taken_port_gets_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = start(tmp_path, other.getsockname()[1])
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said.count("\n") == 1
    assert "is taken by another program" in said


@pytest.mark.parametrize("value", ["http", "0", "70000"])
def test_a_port_that_is_none_gets_a_sentence(tmp_path: Path, value: str) -> None:
    process = start(tmp_path, value)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "PORT must be a number" in said
