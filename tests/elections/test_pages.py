"""What people see of an election: each public page and the trustees' for each role that may see it."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.accounts.policy import Role
from app.elections import queries
from app.elections.routes.public import to_url_form
from app.elections.services import drafts, setup
from app.ledger.services.sequencer import sequence_batch
from app.platform import clock
from tests.elections.pages import SignIn, at, make_empty_draft, make_foreign_official, words
from tests.elections.town import make_account, make_draft, make_open_poll, make_ready_beside

BLANK, POST, PARK = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]
ROOF, NOTHING = [1, 0], [0, 0]


class TestList:
    def test_it_says_what_would_be_here(self, client: FlaskClient) -> None:
        assert "There is no vote yet" in words(client.get("/elections/"))

    def test_open_elections_come_first_and_drafts_never(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        poll.cast(poll.voters[0], [POST, ROOF])
        make_empty_draft(poll)
        said = words(client.get("/elections/"))
        assert "Open now Where should the new library go? Open 1 ballot in the ballot box" in said
        assert "Opening hours of the pool" not in said
        poll.finish()
        assert "Closed Where should the new library go? Counted" in words(client.get("/elections/"))


class TestPublicPage:
    def test_a_stranger_reads_state_fingerprint_and_command(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=2)
        poll.cast(poll.voters[0], [POST, ROOF])
        poll.cast(poll.voters[0], [PARK, ROOF])
        election = queries.get_election(poll.uuid)
        response = client.get(at(poll))
        said = words(response)
        assert "Open You can vote, and vote again: only your last ballot counts." in said
        assert "Election office" in said
        assert str(election.fingerprint) in said
        assert f"python -m app.auditor election {poll.uuid}.bel" in said
        assert f"--credentials-fingerprint {election.credentials_fingerprint}" in said
        assert "1 of 2 people on the roll have voted (50.0%)" in said
        assert "2 ballots in the ballot box" in said
        assert "2 trustees share the key" in said
        assert "by hand. Reason: the test begins" in said
        assert "Choose one. You can also vote blank. Old post office Riverside park School Blank vote" in said
        assert "Choose up to 2, or none." in said
        for page in ("/vote", "/archive.bel", "/ballots"):
            assert f'href="{at(poll, page)}"' in response.text

    def test_each_step_leads_to_its_entry_in_the_ledger(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        other = make_ready_beside(poll)
        poll.finish()
        links = re.findall(r'href="(/ledger/receipts/[0-9a-f]{64})"', client.get(at(poll)).text)
        assert len(links) == 5
        assert len(re.findall("/ledger/receipts/", client.get(at(other)).text)) == 1
        sequence_batch()
        for link, type_ in zip(links, ("setup", "open", "close", "compute", "publish"), strict=True):
            entry = client.get(link).text
            assert f":{type_}" in entry
            assert poll.uuid in entry

    def test_each_reader_gets_their_one_thing_to_do(self, sign_in: SignIn) -> None:
        poll = make_open_poll(voters=1)
        outsider = make_account("late@hanbit.test", Role.CITIZEN)
        assert "You are on the roll." in words(sign_in(poll.voters[0]).get(at(poll)))
        refused = sign_in(outsider).get(at(poll))
        assert "Your account is not on the roll of this election" in words(refused)
        assert at(poll, "/vote") not in refused.text
        assert "Manage this election" in words(sign_in(poll.official).get(at(poll)))
        poll.close()
        poll.decrypt(1)
        waiting = sign_in(poll.trustees[1]).get(at(poll))
        assert "Closed, not counted yet" in words(waiting)
        assert "1 of 2 trustees have decrypted" in words(waiting)
        assert f'href="{at(poll, "/trustees/2/decrypt")}">Decrypt your part' in waiting.text
        assert "Nothing more is needed from you" in words(sign_in(poll.trustees[0]).get(at(poll)))

    def test_drafts_are_for_those_who_work_on_them(self, client: FlaskClient, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        for page in ("", "/results", "/ballots", "/archive.bel", "/vote", "/election.json"):
            assert client.get(at(poll, page)).status_code == 404, page
            assert sign_in(poll.voters[0]).get(at(poll, page)).status_code == 404, page
        assert sign_in(make_foreign_official()).get(at(poll)).status_code == 404
        for account in (poll.official, poll.trustees[0]):
            said = words(sign_in(account).get(at(poll)))
            assert "This is a draft. Only the agency and the trustees see it." in said

    def test_a_time_that_is_over_offers_no_voting(self, client: FlaskClient, db: object) -> None:
        poll = make_draft(voters=1)
        closing = clock.now() + timedelta(hours=1)
        draft = drafts.DraftText("Soon over", "", "Ed25519", None, closing)
        drafts.edit_election(poll.official, poll.uuid, draft)
        setup.set_up_election(poll.official, poll.uuid)
        setup.open_election(poll.official, poll.uuid, "now")
        assert at(poll, "/vote") in client.get(at(poll)).text
        clock.set_offset(timedelta(hours=2))
        try:
            response = client.get(at(poll))
        finally:
            clock.set_offset(timedelta())
        assert "The time to vote is over." in words(response)
        assert at(poll, "/vote") not in response.text

    def test_what_a_server_authority_weakens_is_said(self, client: FlaskClient, db: object) -> None:
        poll = make_draft(voters=1)
        setup.issue_credentials(poll.official, poll.uuid)
        setup.set_up_election(poll.official, poll.uuid)
        said = words(client.get(at(poll)))
        assert "Voting codes made by This server" in said
        assert "can cast ballots in the name of people who do not vote" in said

    def test_a_cancelled_election_says_why(self, client: FlaskClient, db: object) -> None:
        poll = make_draft(voters=1)
        setup.set_up_election(poll.official, poll.uuid)
        setup.cancel_election(poll.official, poll.uuid, "The road is not rebuilt")
        said = words(client.get(at(poll)))
        assert "Cancelled This election was given up before anybody voted." in said
        assert "Reason: The road is not rebuilt" in said


class TestResults:
    def test_bars_table_turnout_and_proof(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=4)
        ann, bob, cho, _ = poll.voters
        for voter, choices in ((ann, [POST, ROOF]), (bob, [PARK, [1, 1]]), (cho, [BLANK, NOTHING])):
            poll.cast(voter, choices)
        poll.cast(ann, [PARK, ROOF])
        poll.finish()
        response = client.get(at(poll, "/results"))
        said = words(response)
        assert response.text.count('class="hw-chart__fill"') == 6
        assert "Riverside park 2 66.7%" in said
        assert "Blank vote: none of these 1 33.3%" in said
        assert "Roof 2 66.7% Heating 1 33.3%" in said
        assert "75.0% 3 of 4 people on the roll have voted" in said
        assert "who voted again replaced the earlier ballot" in said
        assert f"python -m app.auditor election {poll.uuid}.bel" in said

    def test_before_there_is_one(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        assert "There is no result yet." in words(client.get(at(poll, "/results")))

    def test_an_election_without_ballots_has_one(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        poll.finish()
        assert "School 0 0%" in words(client.get(at(poll, "/results")))


class TestTrackers:
    def test_search_finds_a_tracker_and_marks_what_was_replaced(
        self, client: FlaskClient, db: object
    ) -> None:
        poll = make_open_poll(voters=2)
        first = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        last = poll.cast(poll.voters[0], [PARK, ROOF]).tracker
        other = poll.cast(poll.voters[1], [PARK, ROOF]).tracker
        everything = words(client.get(at(poll, "/ballots")))
        assert f"{first} Replaced {last} Counts {other} Counts" in everything
        found = words(client.get(at(poll, "/ballots"), query_string={"q": f"{last[:8]} {last[8:20]}"}))
        assert "1 tracker contains" in found
        assert last in found
        assert first not in found
        missing = words(client.get(at(poll, "/ballots"), query_string={"q": "A" * 43}))
        assert "0 trackers contain" in missing
        assert "Vote again, then look again." in missing

    def test_long_lists_have_pages(
        self, client: FlaskClient, db: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE_SIZE", 2)
        poll = make_open_poll(voters=3)
        trackers = [poll.cast(voter, [POST, ROOF]).tracker for voter in poll.voters]
        said = words(client.get(at(poll, "/ballots?page=2")))
        assert "Page 2 of 2" in said
        assert trackers[2] in said
        assert trackers[0] not in said

    def test_nobody_has_voted(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        assert "Nobody has voted yet." in words(client.get(at(poll, "/ballots")))


class TestReceipt:
    def test_in_the_box_then_counted(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        tracker = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        page = at(poll, f"/receipts/{to_url_form(tracker)}")
        said = words(client.get(page))
        assert "In the ballot box" in said
        assert tracker in said
        poll.finish()
        assert "This ballot is in the result." in words(client.get(page))

    def test_it_leads_to_its_entry_in_the_ledger(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        tracker = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        page = client.get(at(poll, f"/receipts/{to_url_form(tracker)}")).text
        (link,) = re.findall(r'href="(/ledger/receipts/[0-9a-f]{64})"', page)
        assert "Promised" in client.get(link).text

    def test_replaced(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        tracker = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        poll.cast(poll.voters[0], [PARK, ROOF])
        said = words(client.get(at(poll, f"/receipts/{to_url_form(tracker)}")))
        assert "Replaced by a later ballot" in said

    def test_missing(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        said = words(client.get(at(poll, f"/receipts/{'A' * 43}")))
        assert "Not in the ballot box" in said
        assert "Compare the tracker with the one that your device showed" in said
        assert client.get(at(poll, f"/receipts/{'A' * 43}.txt")).status_code == 404

    def test_it_can_be_saved(self, client: FlaskClient, db: object) -> None:
        poll = make_open_poll(voters=1)
        tracker = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        response = client.get(at(poll, f"/receipts/{to_url_form(tracker)}.txt"))
        assert response.mimetype == "text/plain"
        assert response.headers["Content-Disposition"].startswith("attachment;")
        assert f"Tracker: {tracker}" in response.text
        assert str(queries.get_election(poll.uuid).fingerprint) in response.text
        assert f"python -m app.auditor election {poll.uuid}.bel" in response.text


class TestTrustees:
    def test_they_see_what_is_wanted_of_them(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        drafts.add_trustee(poll.official, make_empty_draft(poll), poll.trustees[0].email)
        said = words(sign_in(poll.trustees[0]).get("/elections/trusteeships"))
        assert "Opening hours of the pool Draft You are trustee 1 of 1. Make your key" in said
        assert (
            "Where should the new library go? Draft You are trustee 1 of 2. Your key is registered." in said
        )

    def test_after_closing_they_decrypt(self, sign_in: SignIn) -> None:
        poll = make_open_poll(voters=1)
        poll.close()
        poll.decrypt(2)
        waiting = sign_in(poll.trustees[0]).get("/elections/trusteeships")
        assert at(poll, "/trustees/1/decrypt") in waiting.text
        assert "You have decrypted on" in words(sign_in(poll.trustees[1]).get("/elections/trusteeships"))

    def test_nobody_named_them(self, sign_in: SignIn) -> None:
        idle = make_account("idle@hanbit.test", Role.TRUSTEE)
        assert "You are not a trustee of any election." in words(sign_in(idle).get("/elections/trusteeships"))


def test_my_page_leads_to_what_ones_roles_allow(sign_in: SignIn) -> None:
    poll = make_draft(voters=1)
    for account, link in (
        (poll.voters[0], "/elections/"),
        (poll.trustees[0], "/elections/trusteeships"),
        (poll.official, "/elections/manage"),
    ):
        response = sign_in(account).get("/account/")
        found = re.findall(r'<li><a href="(/elections/[a-z]*)">', response.text.split("<main")[1])
        assert found == [link]
