"""The whole service of a small demo town, as `make run` starts it: supervisor, web server and worker."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from config import database_url
from tests.conftest import POSTGRESQL, make_schema

ROOT = Path(__file__).resolve().parents[2]
CITIZENS = 30
START_SECONDS = 120
# What the caller's shell says about its own instance must not reach this one.
OWN_SETTINGS = re.compile(
    r"DATABASE_URL|SECRET_KEY|REDIS_URL|MAIL_|BASE_URL|BIND|WEB_|TRUSTED_PROXIES|CLOCK_|FLASK_|HWABAEK_"
)


@dataclass(frozen=True)
class SignIn:
    """One of the demo sign-ins."""

    role: str
    email: str
    password: str
    passphrase: str = ""
    totp_secret: str = ""


def make_service(folder: Path) -> "Service":
    """A service with nothing in it, on the database that the test run is about."""
    folder.mkdir(parents=True)
    port = free_port()
    if not POSTGRESQL:
        return Service(folder, port)
    schema = f"hwabaek_e2e_{os.getpid()}_{port}"
    return Service(folder, port, make_schema(database_url(POSTGRESQL, folder), schema))


def seed_service(folder: Path) -> "Service":
    """A service with a small demo town in it."""
    service = make_service(folder)
    service.seed()
    return service


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """One instance with a data folder of its own; without `database_url` its database is there too."""

    data_dir: Path
    port: int
    database_url: str = ""
    # How far its clock is ahead, from its next start on.
    days_ahead: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not OWN_SETTINGS.match(name)}
        own = {
            "DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "RATE_LIMIT_SCALE": "100",
            "CLOCK_OFFSET_DAYS": str(self.days_ahead),
        }
        database = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return {**kept, **own, **database}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a Python command of the project on this instance's data."""
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )

    def seed(self) -> None:
        """Make the tables and a small town."""
        for arguments in (
            ("-m", "flask", "--app", "wsgi", "db", "upgrade"),
            ("-m", "flask", "--app", "wsgi", "demo", "seed", "--citizens", str(CITIZENS)),
        ):
            done = self.run(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr

    def start(self) -> None:
        """Start everything and return when it answers."""
        log = (self.data_dir / "service.log").open("wb")
        command = [sys.executable, "-m", "deploy.serve", "--with-parent"]
        supervisor = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        self.processes.append(supervisor)
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert supervisor.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.2)

    def jump(self, days: int) -> None:
        """Start again with a clock that is so many days ahead."""
        self.stop()
        self.days_ahead = days
        self.start()

    def stop(self) -> None:
        """Stop everything that was started."""
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            process.wait(30)
        self.processes.clear()

    def answers(self) -> bool:
        """Whether the health check is passed."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def log(self) -> str:
        """What the processes have said."""
        return (self.data_dir / "service.log").read_text("utf-8", errors="replace")

    def web_workers(self) -> list[int]:
        """The process ids of the web server's workers."""
        masters = [pid for pid in children(self.processes[0].pid) if b"gunicorn" in command_line(pid)]
        return [pid for master in masters for pid in children(master)]

    def sign_ins(self, role: str) -> list[SignIn]:
        """The demo sign-ins of a role."""
        rows = json.loads((self.data_dir / "demo-accounts.json").read_text("utf-8"))
        return [SignIn(**row) for row in rows if row["role"] == role]

    def letter_link(self, email: str) -> str:
        """The address in a citizen's letter, from its path on: the credential is its fragment."""
        for path in (self.data_dir / "mail").glob("voting-credential-*.eml"):
            message = message_from_bytes(path.read_bytes(), policy=default)
            if message["To"].addresses[0].addr_spec == email:
                found = re.search(r"http://127.0.0.1:\d+(/\S+/vote#credential=\S+)", message.get_content())
                assert found is not None
                return found[1]
        raise AssertionError(f"no letter for {email}")

    def find_mail(self, email: str, subject: str) -> str | None:
        """The text of the newest mail to somebody under a subject; None as long as there is none."""
        for path in sorted((self.data_dir / "mail").glob("*.eml"), key=lambda path: -path.stat().st_mtime_ns):
            message = message_from_bytes(path.read_bytes(), policy=default)
            if message["To"].addresses[0].addr_spec == email and subject in message["Subject"]:
                return str(message.get_content())
        return None

    def key_file(self, uuid: str, number: int) -> Path:
        """A demo trustee's key file."""
        return self.data_dir / "demo-trustees" / f"trustee-{uuid}-{number}.age"

    def copy_to(self, folder: Path) -> "Service":
        """The same town in another folder, where the database lies in the folder; it must not be running."""
        shutil.copytree(self.data_dir, folder)
        return Service(folder, free_port())


def children(pid: int) -> list[int]:
    """The child processes of a process."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def command_line(pid: int) -> bytes:
    """How a process was started."""
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False)
    return listed.stdout
