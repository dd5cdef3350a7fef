"""Starts and stops everything of one machine together: the web server, the worker of background
jobs, and the sequencer of the ledger.

`make run` ends in `python -m deploy.serve`: it checks the port, builds the assets whose sources changed,
migrates, makes the demo town in an empty database, starts the processes, waits until the service answers
and says where to go. Ctrl-C or SIGTERM stops all; when one dies, so do the others. With --reload
(`make dev`) all start again whenever a source changes.
"""

import argparse
import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deploy import state, welcome

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
LOCK_FILE = "serve.lock"
READY_SECONDS = 120
STOP_SECONDS = 15
POLL_SECONDS = 0.1
RELOAD_SECONDS = 1.0
BUILT = ROOT / "app" / "static" / "build"
WATCHED_FOLDERS = ("app", "deploy", "migrations")
WATCHED_SUFFIXES = {".py", ".html", ".js", ".scss", ".po", ".txt"}
PR_SET_PDEATHSIG = 1
PREPARE = [sys.executable, "-m", "deploy.prepare"]
WEB_SERVER = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "wsgi:application"]
# One worker thread: jobs are small, and SQLite has one writer anyway. SIGTERM lets a job under way finish.
WORKER = [sys.executable, "-m", "huey.bin.huey_consumer", "app.worker.huey", "--quiet",
          "--workers", "1", "--max-delay", "2", "--graceful-signal", "TERM"]  # fmt: skip
SEQUENCER = [sys.executable, "-m", "flask", "--app", "wsgi", "ledger", "sequence"]


class StartError(Exception):
    """The service cannot start; the message says why and what to do."""


class Stopped(Exception):
    """Somebody asked to stop, before or after the service was ready."""


@dataclass(frozen=True)
class Settings:
    """What the environment says about this start."""

    port: int
    data_dir: Path
    demo: bool
    reload: bool

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def read_settings(reload: bool) -> Settings:
    """Read PORT, DATA_DIR and HWABAEK_ENV, raising StartError for a port that is none."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StartError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    data_dir = Path(os.environ.get("DATA_DIR") or "instance").resolve()
    demo = (os.environ.get("HWABAEK_ENV") or "development") == "development"
    return Settings(int(text), data_dir, demo, reload)


def check_port(port: int) -> None:
    """Raise StartError if another program listens on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the web server will: a port whose last connections are only closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except PermissionError:
            raise StartError(
                f"Port {port} needs more rights than this user has. Choose one above 1023: PORT=8001 make run"
            ) from None
        except OSError:
            raise StartError(
                f"Port {port} is taken by another program. "
                f"Stop that program, or choose another port: PORT={port + 1} make run"
            ) from None


@contextmanager
def sole_user(data_dir: Path) -> Iterator[None]:
    """Hold a lock on the data folder: two workers on one folder would do every job twice."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError(
                f"Hwabaek is already running with the data in {data_dir}. "
                "Stop it, or choose another folder: DATA_DIR=... make run"
            ) from None
        yield


def die_with_parent() -> None:
    """On Linux, be told to stop (SIGTERM) when the parent process is gone, even if it was killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """Owns the child processes; each leads a process group of its own, so that Ctrl-C reaches only us."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stop_asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop_asked.set())

    def start(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        """Start one child."""
        child = subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=die_with_parent)  # noqa: PLW1509
        self.children[name] = child
        return child

    def pause(self, seconds: float) -> None:
        """Wait; raise Stopped as soon as somebody asks to stop."""
        if self.stop_asked.wait(seconds):
            raise Stopped

    def run(self, name: str, command: list[str]) -> None:
        """Run one child to its end, raising StartError if it fails."""
        child = self.start(name, command)
        while child.poll() is None:
            self.pause(POLL_SECONDS / 5)
        del self.children[name]
        if child.returncode != 0:
            raise StartError(f"Not started: {name} failed (see above).")

    def check(self) -> None:
        """Raise StartError if a child is gone."""
        for name, child in self.children.items():
            if child.poll() is not None:
                raise StartError(
                    f"The {name} stopped by itself (exit code {child.returncode}); everything is stopped."
                )

    def stop(self) -> None:
        """Ask every child to finish, then make sure that nothing of its group is left."""
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self.children.clear()


def is_healthy(port: int) -> bool:
    """Whether GET /healthz answers 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def start_service(supervisor: Supervisor, settings: Settings) -> None:
    """Prepare assets and data, start web server and worker, return when the service answers."""
    supervisor.run("building the browser assets", [sys.executable, "-m", "deploy.assets"])
    if os.environ.get("DATABASE_URL") or not state.is_prepared(settings.data_dir, settings.demo):
        supervisor.run("preparing the database", [*PREPARE, "--demo"] if settings.demo else PREPARE)
    supervisor.start("web server", WEB_SERVER)
    deadline = time.monotonic() + READY_SECONDS
    while not is_healthy(settings.port):
        supervisor.check()
        if time.monotonic() > deadline:
            raise StartError(
                f"The service does not answer at {settings.url}/healthz; see the messages above."
            )
        supervisor.pause(POLL_SECONDS)
    # Jobs wait in their queue; starting the others second lets the first page come sooner.
    supervisor.start("worker", WORKER)
    supervisor.start("sequencer", SEQUENCER)


def watch(supervisor: Supervisor, settings: Settings) -> None:
    """Stay until somebody stops us or a child dies; with --reload start again on every change."""
    seen = snapshot() if settings.reload else {}
    while True:
        supervisor.pause(RELOAD_SECONDS)
        supervisor.check()
        if not settings.reload or (now := snapshot()) == seen:
            continue
        changed = sorted(str(path.relative_to(ROOT)) for path, _ in set(now.items()) ^ set(seen.items()))
        seen = now
        print(f"Changed: {', '.join(dict.fromkeys(changed))}. Starting again ...", flush=True)
        restart(supervisor, settings)


def restart(supervisor: Supervisor, settings: Settings) -> None:
    """Start again after a change; a mistake in the source is shown and the next change tried."""
    supervisor.stop()
    try:
        start_service(supervisor, settings)
        print(f"Ready at {settings.url}", flush=True)
    except StartError as problem:
        supervisor.stop()
        print(f"{problem}\nWaiting for the next change ...", file=sys.stderr, flush=True)


def snapshot() -> dict[Path, int]:
    """The time of the last change of every source."""
    files = (path for folder in WATCHED_FOLDERS for path in (ROOT / folder).rglob("*"))
    kept = [path for path in files if path.suffix in WATCHED_SUFFIXES and BUILT not in path.parents]
    found = {}
    for path in [ROOT / "config.py", *kept]:
        with suppress(FileNotFoundError):
            found[path] = path.stat().st_mtime_ns
    return found


def serve(settings: Settings) -> None:
    """Everything, from the check of the port to the end; raises StartError or Stopped."""
    begun = time.monotonic()
    check_port(settings.port)
    with sole_user(settings.data_dir):
        supervisor = Supervisor()
        try:
            start_service(supervisor, settings)
            print(welcome.text(settings.url, settings.data_dir, time.monotonic() - begun), flush=True)
            watch(supervisor, settings)
        finally:
            supervisor.stop()


def main() -> int:
    """Parse, serve, and answer the exit code: 0 when asked to stop, 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.serve", description="Run web server, worker and sequencer together."
    )
    parser.add_argument("--reload", action="store_true", help="start again whenever a source changes")
    parser.add_argument("--with-parent", action="store_true", help="stop when the calling process is gone")
    options = parser.parse_args()
    if options.with_parent:
        die_with_parent()
    try:
        serve(read_settings(options.reload))
    except Stopped:
        print("\nStopped.", flush=True)
    except StartError as problem:
        print(problem, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
