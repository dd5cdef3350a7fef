"""Finds the Chromium of the browser stories; `make test` calls `python -m tests.e2e.chromium --install`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO = """The browser stories need Chromium, and none was found. Get one of:
  Debian, Ubuntu:  sudo apt-get install -y chromium
  elsewhere:       .venv/bin/python -m playwright install chromium
  your own:        CHROMIUM=/path/to/chromium make test
or leave the stories out: SKIP_BROWSER=1 make test"""


def skips_browser() -> bool:
    """Whether SKIP_BROWSER asks to leave the browser stories out."""
    return os.environ.get("SKIP_BROWSER", "") not in ("", "0")


def find_chromium() -> str | None:
    """The executable that CHROMIUM names, one on PATH, or playwright's own download."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or find_download()


def find_download() -> str | None:
    """The Chromium that `playwright install` put into its cache."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def launch_arguments() -> list[str]:
    """Switches that keep a headless Chromium quiet: no request but the stories' own."""
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--no-first-run",
    ]
    # Chromium refuses to run its sandbox as root.
    return [*arguments, "--no-sandbox"] if os.geteuid() == 0 else arguments


def install_chromium() -> None:
    """Install Debian's package; only root may."""
    print("Installing Chromium for the browser stories ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-qy", "--no-install-recommends", "chromium"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print("\n".join((done.stdout + done.stderr).strip().splitlines()[-5:]), file=sys.stderr)
            return


def main(arguments: list[str]) -> int:
    """Print where Chromium is; with --install get it where that is possible. 1 if there is none."""
    if skips_browser():
        print("SKIP_BROWSER is set: the browser stories are left out.")
        return 0
    if find_chromium() is None and "--install" in arguments and os.geteuid() == 0 and shutil.which("apt-get"):
        install_chromium()
    found = find_chromium()
    if found is None:
        print(HOW_TO, file=sys.stderr)
        return 1
    print(f"Chromium: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
