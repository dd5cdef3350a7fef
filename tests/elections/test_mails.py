"""What this room's mails say, and what they must not."""

import re
from email import message_from_bytes, policy
from pathlib import Path

from flask import Flask

from app.elections.services import setup
from tests.elections.town import make_draft, make_open_poll


def read_mails(app: Flask) -> list[str]:
    folder = Path(app.config["DATA_DIR"]) / "mail"
    mails = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml"))
    return [mail.get_content() for mail in mails]


def test_an_accepted_ballot_is_told_without_its_tracker(app: Flask, db: object) -> None:
    poll = make_open_poll(voters=1)
    tracker = poll.cast(poll.voters[0], [[0, 1, 0, 0], [1, 0]]).tracker
    (mail,) = read_mails(app)
    assert "a ballot was accepted from your account" in mail
    assert poll.credentials[poll.voters[0].id] not in mail
    assert tracker not in mail
    assert tracker[:8] not in mail


def test_a_credential_of_the_server_comes_with_its_link(app: Flask, db: object) -> None:
    poll = make_draft(voters=1)
    setup.issue_credentials(poll.official, poll.uuid)
    (mail,) = read_mails(app)
    assert re.search(rf"/elections/{poll.uuid}/vote#credential=\w{{5}}-\w{{6}}-\w{{5}}-\w{{6}}\s", mail)


def test_trustees_are_asked_to_decrypt(app: Flask, db: object) -> None:
    poll = make_open_poll(voters=1)
    poll.close()
    links = {number for mail in read_mails(app) for number in re.findall(r"/trustees/(\d)/decrypt", mail)}
    assert links == {"1", "2"}
