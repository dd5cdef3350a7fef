"""Reads the suite's junit reports: fails if a browser story or a cross-check was skipped or is absent.

tests/conftest.py writes each test's markers into its report. Without the SHARED folder a cross-check may be
skipped that says in its reason that it needs SHARED; the one with Debian's belenios-tool never may.
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


def list_complaints(cases: list[Case], has_shared: bool) -> list[str]:
    """What was left out that must not be."""
    complaints = []
    for marker in ("e2e", "peer"):
        marked = [case for case in cases if marker in case.markers]
        if not any(case.outcome == "passed" for case in marked):
            complaints.append(f"No test with the marker {marker} ran.")
        for case in marked:
            excused = marker == "peer" and not has_shared and "shared" in case.reason.lower()
            if case.outcome == "skipped" and not excused:
                complaints.append(f"Skipped: {case.name} ({case.reason})")
    return complaints


def main(folder: Path) -> int:
    """Print the complaints and the summary; 1 if something failed or was left out."""
    runs = {path.stem: list(read_cases(path)) for path in sorted(folder.glob("*.xml"))}
    has_shared = bool(os.environ.get("SHARED"))
    complaints = [
        f"{run}: {words}" for run, cases in runs.items() for words in list_complaints(cases, has_shared)
    ]
    if not runs:
        complaints.append(f"There is no report in {folder}.")
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    for name, cases in runs.items():
        ran = Counter(marker for case in cases for marker in case.markers if case.outcome == "passed")
        print(f"{name}: {len(cases)} tests, browser stories {ran['e2e']}, cross-checks {ran['peer']}")
    outcomes = Counter(case.outcome for cases in runs.values() for case in cases)
    failed = outcomes["failure"] + outcomes["error"]
    words = [f"{failed} failed"] if failed else []
    words += [f"{outcomes['passed']} passed", f"{outcomes['skipped']} skipped"]
    seconds = sum(case.seconds for cases in runs.values() for case in cases)
    print(f"===== {', '.join(words)} in {seconds:.2f}s =====")
    return 1 if complaints or failed else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
