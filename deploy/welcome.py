"""What a start prints once the service answers: where to go, the demo sign-ins, three things to try."""

import json
from pathlib import Path

ACCOUNTS_FILE = "demo-accounts.json"
RULE = "-" * 78


def text(url: str, data_dir: Path, seconds: float) -> str:
    """The whole message, for a start that took `seconds`."""
    parts = [f"{RULE}\nHwabaek is ready: {url}    (after {seconds:.1f} s; Ctrl-C stops it)"]
    accounts = read_accounts(data_dir / ACCOUNTS_FILE)
    if accounts:
        parts += [sign_ins(accounts, data_dir), things_to_try(url, data_dir)]
    return "\n\n".join(parts) + f"\n{RULE}"


def read_accounts(path: Path) -> list[dict[str, str]]:
    """The demo sign-ins, or none where there is no demo town."""
    try:
        return list(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []


def sign_ins(accounts: list[dict[str, str]], data_dir: Path) -> str:
    """One line for the first account of each role (both trustees), and where the others are."""
    shown: list[dict[str, str]] = []
    for account in accounts:
        alike = sum(1 for other in shown if other["role"] == account["role"])
        if alike < (2 if account["role"] == "trustee" else 1):
            shown.append(account)
    width = max(len(account["email"]) for account in shown)
    lines = [f"  {a['role']:<18} {a['email']:<{width}}  {a['password']}{passphrase(a)}" for a in shown]
    left = len(accounts) - len(shown)
    more = f"\n  ({left} more in {data_dir / ACCOUNTS_FILE})" if left else ""
    code = "\n  Officials are then asked for a code: in the demo its page shows the present one."
    return "Demo sign-ins (role, e-mail, password):\n" + "\n".join(lines) + more + code


def passphrase(account: dict[str, str]) -> str:
    """What a trustee needs beside the password."""
    return f"  key file's passphrase: {account['passphrase']}" if "passphrase" in account else ""


def things_to_try(url: str, data_dir: Path) -> str:
    """Three things that show what the system does."""
    return f"""Three things to try:
  1. Vote. Sign in as the citizen, open {url}/elections/ and choose the open election.
     Your voting code came by mail: the letters are the .eml files in {data_dir / "mail"}
  2. Close and count. Sign in as the election official (the page for the second factor shows the demo's code)
     and close that election; then let each trustee decrypt with the key file in {data_dir / "demo-trustees"}
  3. Check it yourself. Download archive.bel from the election's page, then:
     .venv/bin/python -m app.auditor election archive.bel"""
