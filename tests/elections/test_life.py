"""One election from its draft to a result that an independent verifier accepts."""

from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.verify import verify_election
from app.elections import queries
from app.ledger.models import LedgerEntry
from tests.elections.town import make_open_poll
from tests.peers import accept_by_peer

BLANK, POST, PARK = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]


def test_an_election_is_cast_tallied_and_valid(db: object) -> None:
    poll = make_open_poll()
    ann, bob, cho, _ = poll.voters
    poll.cast(ann, [POST, [1, 1]])
    poll.cast(bob, [PARK, [0, 0]])
    poll.cast(cho, [BLANK, [1, 0]])
    poll.cast(ann, [PARK, [0, 1]])
    poll.finish()

    election = queries.get_election(poll.uuid)
    assert election.state == "finished"
    assert election.result == [[1, 0, 2, 0], [1, 1]]
    assert queries.count_voters(election) == 3
    report = verify_election(poll.archive())
    assert report.valid, report.failure
    assert report.result == ((1, 0, 2, 0), (1, 1))
    assert (report.ballots, report.num_tallied) == (4, 3)


@pytest.mark.peer
@pytest.mark.parametrize("group", ["Ed25519", "BELENIOS-2048"])
def test_the_independent_verifier_accepts_it(db: object, tmp_path: Path, group: str) -> None:
    poll = make_open_poll(voters=3, group=group)
    for voter in poll.voters:
        poll.cast(voter, [PARK, [1, 0]])
    poll.finish()
    file = tmp_path / f"{poll.uuid}.bel"
    file.write_bytes(poll.archive())
    accept_by_peer(file)


def test_every_act_is_in_the_ledger(db: object) -> None:
    poll = make_open_poll(voters=1)
    tracker = poll.cast(poll.voters[0], [BLANK, [0, 0]]).tracker
    poll.finish()

    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)).all()  # type: ignore[attr-defined]
    mine = [entry for entry in entries if entry.public.get("election") == poll.uuid]
    assert [entry.type.removeprefix("elections:") for entry in mine] == [
        "election:create",
        "trustee:register",
        "trustee:register",
        "credentials:publish",
        "election:setup",
        "election:open",
        "ballot:accept",
        "election:close",
        "tally:compute",
        "decryption:accept",
        "decryption:accept",
        "result:publish",
    ]
    assert mine[6].public["tracker"] == tracker
