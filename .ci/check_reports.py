"""Reads the suite's junit reports: fails if a browser story, a cross-check or a trial by faults was left out.

tests/conftest.py writes each test's markers into its report. Without the SHARED folder a cross-check may be
skipped that says in its reason that it needs SHARED; the one with Debian's belenios-tool never may. A trial
by faults may be skipped for want of a PostgreSQL server only where the whole suite found none.
The last line is a summary of all runs together.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree


@dataclass(frozen=True)
class Case:
    """One test of a report."""

    name: str
    outcome: str
    reason: str
    markers: frozenset[str]
    seconds: float


def read_cases(path: Path) -> Iterator[Case]:
    """Every test of one report."""
    for element in ElementTree.parse(path).iter("testcase"):
        found = next((child for child in element if child.tag in ("skipped", "failure", "error")), None)
        markers = [p.get("value", "") for p in element.iter("property") if p.get("name") == "marker"]
        yield Case(
            name=f"{element.get('classname')}::{element.get('name')}",
            outcome="passed" if found is None else found.tag,
            reason="" if found is None else f"{found.get('message', '')}",
            markers=frozenset(markers),
            seconds=float(element.get("time", 0)),
        )


# Marker -> how the summary calls its tests.
WATCHED = {"e2e": "browser stories", "peer": "cross-checks", "faults": "trials by faults"}
NO_SHARED, NO_POSTGRESQL = "shared", "no postgresql server is installed"


def list_complaints(cases: list[Case], absent: set[str]) -> list[str]:
    """What was left out that must not be; `absent` are the words of reasons that excuse."""
    complaints = []
    for marker in WATCHED:
        marked = [case for case in cases if marker in case.markers]
        if not any(case.outcome == "passed" for case in marked):
            complaints.append(f"No test with the marker {marker} ran.")
        for case in marked:
            excused = marker != "e2e" and any(words in case.reason.lower() for words in absent)
            if case.outcome == "skipped" and not excused:
                complaints.append(f"Skipped: {case.name} ({case.reason})")
    return complaints


def main(folder: Path) -> int:
    """Print the complaints and the summary; 1 if something failed or was left out."""
    runs = {path.stem: list(read_cases(path)) for path in sorted(folder.glob("*.xml"))}
    absent = set() if os.environ.get("SHARED") else {NO_SHARED}
    absent |= set() if "postgresql" in runs else {NO_POSTGRESQL}
    complaints = [
        f"{run}: {words}" for run, cases in runs.items() for words in list_complaints(cases, absent)
    ]
    if not runs:
        complaints.append(f"There is no report in {folder}.")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    for name, cases in runs.items():
        ran = Counter(marker for case in cases for marker in case.markers if case.outcome == "passed")
        counts = ", ".join(f"{words} {ran[marker]}" for marker, words in WATCHED.items())
        print(f"{name}: {len(cases)} tests, {counts}")
    outcomes = Counter(case.outcome for cases in runs.values() for case in cases)
    failed = outcomes["failure"] + outcomes["error"]
    words = [f"{failed} failed"] if failed else []
    words += [f"{outcomes['passed']} passed", f"{outcomes['skipped']} skipped"]
    seconds = sum(case.seconds for cases in runs.values() for case in cases)
    print(f"===== {', '.join(words)} in {seconds:.2f}s =====")
    return 1 if complaints or failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
