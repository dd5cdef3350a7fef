"""docs/adding-a-room.md, followed to the letter in a copy of the sources, gives a room that works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "adding-a-room.md"
pytestmark = pytest.mark.slow

COPIED = ("app", "migrations", "config.py", "wsgi.py", "pyproject.toml", "tests/conftest.py")
BLOCK = re.compile(r"^`(?P<path>[\w/.]+)`\n\n```\w+\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(
    r"^\| `(?P<path>[^`]+)` \| (?P<how>below|right after) `(?P<anchor>[^`]+)` \| `(?P<text>.+)` \|$"
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    for name in COPIED:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__", "assets"))
        else:
            shutil.copy(ROOT / name, target)
    text = PAGE.read_text()
    for found in BLOCK.finditer(text):
        path = folder / found["path"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found["content"])
    rows = [found for line in text.splitlines() if (found := ROW.match(line))]
    assert len(rows) == 7
    for row in rows:
        add(folder / row["path"], row["how"], row["anchor"], row["text"].replace("\\|", "|"))
    return folder


def add(path: Path, how: str, anchor: str, text: str) -> None:
    """Make one edit of the table in step 7."""
    content = path.read_text()
    assert content.count(anchor) == 1, f"{path.name}: {anchor!r} stands there {content.count(anchor)} times"
    at = content.index(anchor) + len(anchor)
    if how == "below":
        at = content.index("\n", at)
        text = f"\n{text}"
    path.write_text(content[:at] + text + content[at:])


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "DATA_DIR": str(folder / "data"), "PYTHONPATH": str(folder)}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rooms_own_tests_pass(copy: Path) -> None:
    assert "3 passed" in run(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/suggestions")


def test_the_import_rule_holds(copy: Path) -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run(copy, "-c", command, "--no-cache")


def test_the_migration_is_written_and_runs(copy: Path) -> None:
    flask = ("-m", "flask", "--app", "wsgi", "db")
    run(copy, *flask, "upgrade")
    run(copy, *flask, "migrate", "-m", "suggestions", "--rev-id", "9999")
    (written,) = (copy / "migrations" / "versions").glob("9999*.py")
    assert "create_table('suggestion'" in written.read_text().replace('"', "'")
    run(copy, *flask, "upgrade")
    run(copy, *flask, "check")


def test_the_style_is_the_houses(copy: Path) -> None:
    run(copy, "-m", "ruff", "check", "--no-cache", "app/suggestions", "tests/suggestions")
    run(copy, "-m", "ruff", "format", "--no-cache", "--check", "app/suggestions", "tests/suggestions")
