"""Our verifier and belenios-tool 3 on the same archives: whole processes, same cores, medians.

Makes one archive for each group (kept in DATA_DIR/bench, or in the system's temporary folder), then runs
`python -m app.auditor election` and `belenios-tool election verify` in turn. BELENIOS_TOOL names the other
tool's command; by default it is looked for in the folder SHARED.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.core.archive import Archive, Entry, EventType, next_entry, write_archive, write_owned, write_setup
from app.core.ballots import encrypt_ballot
from app.core.credentials import derive_public, generate_credential, write_public_credentials
from app.core.election import parse_election, write_election
from app.core.groups import get_group
from app.core.questions.homomorphic import HomomorphicQuestion
from app.core.tally import compute_result, decrypt_partially, write_result, write_sized_tally, write_tally
from app.core.trustees import combine_keys, generate_trustee, write_trustees
from app.core.verify import BallotBatch, verify_batch

GROUPS = {"Ed25519": "ed25519", "BELENIOS-2048": "2048"}
QUESTION = HomomorphicQuestion("Where should the new library go?", ("North", "South", "East"), 1, 1)
CORES = 2


@dataclass(frozen=True)
class Run:
    """Seconds of one whole process and its children."""

    wall: float
    cpu: float


def make_archive(group_name: str, count: int) -> bytes:
    """An election of `count` ballots and two trustees, as our own core makes it."""
    group, uuid = get_group(group_name), "BenchmarkVerify"
    pairs = [generate_trustee(group, f"Trustee {number}") for number in (1, 2)]
    trustees = [trustee for _, trustee in pairs]
    raw = write_election(
        uuid=uuid, name="Benchmark", description="", key=combine_keys(group, trustees), questions=(QUESTION,)
    )
    election = parse_election(raw)
    privates = [generate_credential() for _ in range(count)]
    with ProcessPoolExecutor() as pool:
        publics = list(pool.map(_derive, [(group_name, uuid, private) for private in privates], chunksize=50))
        tasks = [(raw, private, number) for number, private in enumerate(privates)]
        made = pool.map(_encrypt, tasks, chunksize=20)
        ballots = list(track(made, f"making {count} ballots for {group_name}", total=count))
    listed = write_public_credentials(group, [(public, 1) for public in publics])
    entries = [next_entry(None, EventType.SETUP, write_setup(raw, write_trustees(group, trustees), listed))]
    _append(entries, *((EventType.BALLOT, (ballot,)) for ballot in ballots))
    tally = verify_batch(BallotBatch(raw, tuple(ballots), (1,) * count, frozenset(publics))).tally
    tally_raw = write_tally(group, tally)
    _append(entries, (EventType.END_BALLOTS, ()))
    _append(entries, (EventType.ENCRYPTED_TALLY, (tally_raw, write_sized_tally(tally_raw, count, count))))
    parts = [decrypt_partially(election, tally, secret, trustee.element) for secret, trustee in pairs]
    for owner, part in enumerate(parts, 1):
        _append(entries, (EventType.PARTIAL_DECRYPTION, write_owned(owner, part.to_bytes(group))))
    _append(entries, (EventType.RESULT, (write_result(compute_result(election, tally, parts, count)),)))
    return write_archive(Archive(1_795_321_064, tuple(entries)))


def _append(entries: list[Entry], *documents: tuple[EventType, tuple[bytes, ...]]) -> None:
    for kind, data in documents:
        entries.append(next_entry(entries[-1].event, kind, data))


def _derive(task: tuple[str, str, str]) -> str:
    name, uuid, private = task
    return derive_public(get_group(name), uuid, private)


def _encrypt(task: tuple[bytes, str, int]) -> bytes:
    raw, private, number = task
    return encrypt_ballot(parse_election(raw), private, [[int(number % 3 == place) for place in range(3)]])


def archive_path(folder: Path, group_name: str, count: int) -> Path:
    """The cached archive, made at the first call, alone in its folder as belenios-tool wants it."""
    path = folder / f"{group_name}-{count}" / "BenchmarkVerify.bel"
    if not path.exists():
        raw = make_archive(group_name, count)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    return path


def measure(command: list[str]) -> Run:
    """Run a command to its end; it must succeed."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} fails:\n{done.stdout[-500:]}{done.stderr[-500:]}")
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def find_belenios() -> list[str]:
    """The command of belenios-tool 3, after one call that lets it install itself."""
    shared = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "tools" / "belenios-tool"
    command = [os.environ.get("BELENIOS_TOOL") or str(shared)]
    try:
        version = subprocess.run([*command, "--version"], capture_output=True, text=True).stdout.strip()
    except OSError as problem:
        raise SystemExit(f"belenios-tool 3 is needed (BELENIOS_TOOL or SHARED): {problem}") from problem
    if not version.startswith("3."):
        raise SystemExit(f"belenios-tool 3 is needed, {command[0]} is {version or 'not running'}")
    return command


def compare(path: Path, belenios: list[str], runs: int) -> tuple[list[Run], list[Run]]:
    """Runs of both tools in turn: (ours, theirs)."""
    ours = [sys.executable, "-m", "app.auditor", "election", str(path), "--workers", str(CORES)]
    theirs = [*belenios, "election", "verify", "--dir", str(path.parent)]
    measured: tuple[list[Run], list[Run]] = ([], [])
    for _ in range(runs):
        for command, results in zip((ours, theirs), measured, strict=True):
            results.append(measure(command))
    return measured


def medians(runs: list[Run]) -> Run:
    """The median of each quantity."""
    return Run(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))


def main() -> None:
    """Measure both groups and print the table and the two ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ballots", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    folder = Path(os.environ.get("DATA_DIR") or Path(tempfile.gettempdir()) / "hwabaek") / "bench"
    belenios = find_belenios()
    table = Table(
        title=f"{options.ballots} ballots, one question of three answers, {options.runs} runs, medians"
    )
    for column in ("group", "verifier", "wall s", "CPU s", "ms of CPU a ballot", "wall, theirs / ours"):
        table.add_column(column, justify="left" if column in ("group", "verifier") else "right")
    ratios = {}
    for group, short in GROUPS.items():
        pair = compare(archive_path(folder, group, options.ballots), belenios, options.runs)
        ours, theirs = map(medians, pair)
        ratios[short] = theirs.wall / ours.wall
        for name, run, ratio in (("ours", ours, f"{ratios[short]:.2f}"), ("belenios-tool 3", theirs, "")):
            each = f"{run.cpu / options.ballots * 1000:.2f}"
            table.add_row(group, name, f"{run.wall:.2f}", f"{run.cpu:.2f}", each, ratio)
    Console().print(table)
    for short, ratio in ratios.items():
        print(f"ratio belenios-tool-{short} {ratio:.2f}")


if __name__ == "__main__":
    main()
