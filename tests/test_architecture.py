"""The house rules that a machine can check: sizes, imports, names, one way to write, default deny."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP = ROOT / "app"
SOURCES = sorted([*APP.rglob("*.py"), *(ROOT / "deploy").rglob("*.py"), ROOT / "config.py", ROOT / "wsgi.py"])
TEMPLATES = sorted(APP.rglob("templates/**/*.html"))
LONGEST_FILE, USUAL_FILE = 600, 400
LONGEST_FUNCTION, USUAL_FUNCTION, MEDIAN_FUNCTION = 80, 40, 10
LONGEST_ROUTE = 25
COMMITTERS = {"app/platform/database.py", "app/platform/commit_group.py", "app/platform/transaction.py"}
BLEACH_IMPORTER = "app/platform/sanitize.py"
ROOM_FILES = {
    *("__init__", "routes", "forms", "rules", "policy"),
    *("services", "queries", "models", "events", "jobs", "cli"),
}
# Rooms' further files, each with its reason.
FURTHER_FILES = {
    "notifications/mail": "rendering and sending, which is neither a service's writing nor a query",
    "ledger/entry_types": "the one enum of acts, which every room imports",
}
# Templates that print markup of their own making.
UNESCAPED = {"app/templates/components/status.html"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(parsed(path)) if isinstance(node, Function))


def length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_route(function: Function) -> bool:
    """Whether a decorator is a blueprint's."""
    texts = [ast.unparse(decorator) for decorator in function.decorator_list]
    return any(re.match(r"blueprint\.(get|post|put|delete|route)\(", text) for text in texts)


def rooms() -> list[Path]:
    """The packages that are rooms: those with a policy, routes, services or models."""
    markers = ("routes", "services", "models")
    return [
        folder
        for folder in sorted(APP.iterdir())
        if (folder / "__init__.py").exists()
        and folder.name != "platform"
        and any((folder / marker).exists() or (folder / f"{marker}.py").exists() for marker in markers)
    ]


def test_files_are_short() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FILE} == {}
    assert quantiles(lengths.values(), n=20)[-1] <= USUAL_FILE


def test_functions_are_short() -> None:
    lengths = {f"{name_of(path)}:{node.name}": length(node) for path in SOURCES for node in functions(path)}
    assert {name: count for name, count in lengths.items() if count > LONGEST_FUNCTION} == {}
    assert quantiles(lengths.values(), n=20)[-1] <= USUAL_FUNCTION
    assert median(lengths.values()) <= MEDIAN_FUNCTION


def test_routes_are_thin() -> None:
    routes = {
        f"{name_of(path)}:{node.name}": length(node)
        for path in APP.rglob("routes/*.py")
        for node in functions(path)
        if is_route(node)
    }
    assert routes
    assert {name: count for name, count in routes.items() if count > LONGEST_ROUTE} == {}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    if name_of(path) == "app/__init__.py":
        return
    inside = [
        f"{node.name}: line {inner.lineno}"
        for node in functions(path)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_nothing_is_named_utils_or_helpers() -> None:
    names = {path.stem for path in SOURCES} | {path.parent.name for path in SOURCES}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}


def test_only_transaction_commits() -> None:
    pattern = re.compile(r"session\.commit\(|finish_writing\(")
    found = {name_of(path) for path in SOURCES if pattern.search(path.read_text("utf-8"))}
    assert found <= COMMITTERS


def test_routes_and_queries_do_not_write() -> None:
    pattern = re.compile(r"session\.(add|delete|merge)\(|with transaction\(")
    places = [path for room in rooms() for kind in ("routes", "queries", "rules", "policy", "models", "forms")
              for path in [room / f"{kind}.py", *(room / kind).glob("*.py")] if path.exists()]  # fmt: skip
    assert [name_of(path) for path in places if pattern.search(path.read_text("utf-8"))] == []


def test_only_the_sanitizer_imports_bleach() -> None:
    importers = [
        name_of(path)
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if (
            isinstance(node, ast.Import)
            and any(alias.name.partition(".")[0] == "bleach" for alias in node.names)
        )
        or (isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "bleach")
    ]
    assert set(importers) <= {BLEACH_IMPORTER}


def test_only_the_clock_asks_for_the_time() -> None:
    pattern = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|time\.time\(")
    found = {name_of(path) for path in APP.rglob("*.py") if pattern.search(path.read_text("utf-8"))}
    # Auditor and client run without the application, and so without its clock; the demo moves that clock.
    without = ("app/auditor/", "app/client/", "app/demo/")
    elsewhere = {name for name in found if not name.startswith(without)}
    assert elsewhere <= {"app/platform/clock.py"}


def test_every_room_says_what_it_owns() -> None:
    assert rooms()
    for room in rooms():
        assert (ast.get_docstring(parsed(room / "__init__.py")) or "").strip(), room.name


def test_rooms_invent_no_file_names() -> None:
    strange = [
        f"{room.name}/{path.stem}"
        for room in rooms()
        for path in room.iterdir()
        if path.suffix == ".py"
        and path.stem not in ROOM_FILES
        and f"{room.name}/{path.stem}" not in FURTHER_FILES
    ]
    assert strange == []


def test_every_endpoint_in_the_sources_declares_access() -> None:
    pattern = re.compile(r"^(public|login_required|requires\()")
    bare = [
        f"{name_of(path)}:{node.name}"
        for path in [*APP.rglob("routes/*.py"), *APP.rglob("routes.py")]
        for node in functions(path)
        if is_route(node) and sum(bool(pattern.match(ast.unparse(mark))) for mark in node.decorator_list) != 1
    ]
    assert bare == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_hold_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert name_of(path) in UNESCAPED or not re.search(r"\|\s*safe\b", text)


def test_core_reads_no_clock_environment_or_file() -> None:
    pattern = re.compile(
        r"^(?:import|from) (?:os|time|pathlib|socket|subprocess|flask|sqlalchemy)\b"
        r"|\.(?:now|today|utcnow)\(",
        re.M,
    )
    assert [
        name_of(path) for path in (APP / "core").rglob("*.py") if pattern.search(path.read_text("utf-8"))
    ] == []
