"""What the documents name exists: files, anchors, commands, rooms, settings, checks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.auditor.cli import main
from app.core.errors import Check
from config import from_env

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md"), *ROOT.glob("app/**/*.md")]
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
MAKE = re.compile(r"(?:`|^|&& )make ([a-z-]+)", re.MULTILINE)
AUDITOR = re.compile(r"-m app\.auditor ([a-z]+)")
OPTION = re.compile(r"--[a-z-]+")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def links() -> Iterator[tuple[Path, str]]:
    for document in DOCUMENTS:
        for target in LINK.findall(CODE_FENCE.sub("", document.read_text(encoding="utf-8"))):
            if "://" not in target and not target.startswith("mailto:"):
                yield document, target


def anchors(document: Path) -> set[str]:
    """The anchors of a document's headings, as renderers make them."""
    headings = HEADING.findall(CODE_FENCE.sub("", document.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("document", "target"), list(links()), ids=lambda value: str(value).rpartition("/")[2]
)
def test_a_link_leads_somewhere(document: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    path = (document.parent / name).resolve() if name else document
    assert path.exists()
    if anchor:
        assert anchor in anchors(path)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_commands_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert set(MAKE.findall(text)) <= targets
    assert set(AUDITOR.findall(text)) <= {
        "election",
        "credentials",
        "trustee",
        "ledger",
        "receipt",
        "witness",
        "access",
        "oversight",
        "petition",
    }


def test_commands_and_options_of_the_auditor_exist(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for line in read("README.md").splitlines() if "-m app.auditor " in line]
    assert lines
    for line in lines:
        with pytest.raises(SystemExit) as left:
            main([AUDITOR.search(line)[1], "--help"])
        assert left.value.code == 0
        shown = capsys.readouterr().out
        assert all(option in shown for option in OPTION.findall(line))


def test_every_room_is_on_the_readmes_map() -> None:
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert rooms <= set(re.findall(r"^\| \[app/(\w+)\]", read("README.md"), re.MULTILINE))


def test_every_setting_is_documented() -> None:
    class Recorder(dict[str, str]):
        """An empty environment that remembers what it was asked."""

        asked: set[str] = set()  # noqa: RUF012 - one recorder, one test

        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            self.asked.add(name)
            return default

    environment = Recorder()
    from_env(environment)
    code = read("deploy/gunicorn.conf.py") + read("deploy/backup.py")
    asked = environment.asked | set(re.findall(r'environ\.get\("(\w+)"', code))
    asked |= set(re.findall(r"^(\w+)=", read("deploy/hwabaek.env.example"), re.MULTILINE))
    assert asked <= set(re.findall(r"`([A-Z_]+)`", read("README.md")))


def test_every_check_is_in_the_threat_model() -> None:
    named = re.findall(r"^\| `([a-z-]+:[a-z-]+)` \|", read("docs/threat-model.md"), re.MULTILINE)
    assert named == [check.value for check in Check]


def test_every_decision_is_listed() -> None:
    files = sorted(path.name for path in (ROOT / "docs" / "adr").glob("0*.md"))
    assert re.findall(r"\]\((0[\w-]+\.md)\)", read("docs/adr/README.md")) == files
    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
