"""What people see: each page for each role that may see it, and what a wrong form answers."""

import html
import io
import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.accounts.services.sign_in import begin_session
from app.elections import queries
from app.elections.routes.public import to_url_form
from app.elections.services import drafts, setup
from app.extensions import db as database
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import csrf_token
from tests.elections.town import Poll, make_account, make_draft, make_open_poll

BLANK, POST, PARK = [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]
ROOF, NOTHING = [1, 0], [0, 0]
STEP_PAGES = ("text", "questions", "roll", "roll-list", "trustees", "credentials", "set-up")

SignIn = Callable[[Account], FlaskClient]


@pytest.fixture
def sign_in(app: Flask, db: object) -> SignIn:
    """A browser in which the account is signed in."""

    def act(account: Account) -> FlaskClient:
        client = app.test_client()
        with transaction():
            identifier = begin_session(account)
        with client.session_transaction() as session:
            session["sid"] = identifier
        return client

    return act


def words(response: TestResponse) -> str:
    """What a page says, without its markup; codes in groups are put together again."""
    body = re.sub(r"<head>.*?</head>|<button.*?</button>", " ", response.text, flags=re.DOTALL)
    body = re.sub(r"</span><wbr><span>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def post(client: FlaskClient, url: str, **fields: object) -> TestResponse:
    """Send a form as the page would."""
    return client.post(url, data={"csrf_token": csrf_token(client), **fields})


def upload(name: str, text: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text), name


def make_empty_draft(poll: Poll, name: str = "Opening hours of the pool") -> str:
    draft = drafts.DraftText(name, "", "Ed25519", None, None)
    return drafts.create_election(poll.official, draft).uuid


def make_foreign_official() -> Account:
    with transaction():
        agency = Agency(name="Roads agency", name_ko="도로과")
        database.session.add(agency)
    return make_account("roads@hanbit.test", Role.ELECTION_OFFICIAL, agency=agency)


def at(poll: Poll, page: str = "") -> str:
    return f"/elections/{poll.uuid}{page}"


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
        assert "Credentials made by This server" in said
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


class TestOfficials:
    def test_their_list(self, sign_in: SignIn) -> None:
        poll = make_open_poll(voters=2)
        make_empty_draft(poll)
        said = words(sign_in(poll.official).get("/elections/manage"))
        assert "Opening hours of the pool Draft" in said
        assert (
            "Where should the new library go? Open 0 ballots in the ballot box · 2 people on the roll" in said
        )
        assert "Your agency has no election yet." in words(
            sign_in(make_foreign_official()).get("/elections/manage")
        )

    def test_another_agency_is_refused_everywhere(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        stranger = sign_in(make_foreign_official())
        pages = ["", *(f"/{page}" for page in (*STEP_PAGES, "roll.csv", "open", "close", "cancel"))]
        for page in pages:
            assert stranger.get(at(poll, f"/manage{page}")).status_code == 403, page
        answer = post(stranger, at(poll, "/manage/cancel"), reason="not mine")
        assert answer.status_code == 403
        assert queries.get_election(poll.uuid).state == "draft"

    def test_the_checklist_leads_from_step_to_step(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        client = sign_in(poll.official)
        empty = words(client.get(f"/elections/{make_empty_draft(poll)}/manage"))
        assert "What to do now Write the questions" in empty
        assert "Questions To do 0 questions." in empty
        complete = words(client.get(at(poll, "/manage")))
        assert "What to do now Set the election up" in complete
        assert "Trustees Done 2 of 2 have registered a key." in complete

    def test_each_state_has_its_next_act(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        client = sign_in(poll.official)
        assert "Every letter" not in words(client.get(at(poll, "/manage/set-up")))
        post(client, at(poll, "/manage/set-up"))
        assert "What to do now Open voting now" in words(client.get(at(poll, "/manage")))
        post(client, at(poll, "/manage/open"), reason="All letters have arrived")
        assert "by hand. Reason: All letters have arrived" in words(client.get(at(poll)))
        assert "What to do now Close voting now" in words(client.get(at(poll, "/manage")))
        post(client, at(poll, "/manage/close"), reason="Everybody has voted")
        assert "Wait for 2 trustees" in words(client.get(at(poll, "/manage")))
        assert "Reason: Everybody has voted" in words(client.get(at(poll)))

    def test_what_is_set_up_cannot_be_edited(self, sign_in: SignIn) -> None:
        poll = make_open_poll(voters=1)
        client = sign_in(poll.official)
        for page in STEP_PAGES:
            response = client.get(at(poll, f"/manage/{page}"))
            assert response.status_code == 409, page
            assert "This cannot be done at this stage of the election" in words(response)

    def test_the_credentials_page_has_the_command(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        client = sign_in(poll.official)
        said = words(client.get(at(poll, "/manage/credentials")))
        assert f"python -m app.auditor credentials --uuid {poll.uuid} --group Ed25519 --voters" in said
        assert str(queries.get_election(poll.uuid).credentials_fingerprint) in said
        assert "Let the server make and mail them" in client.get(at(poll, "/manage/credentials")).text
        roll = client.get(at(poll, "/manage/roll.csv"))
        assert roll.text.splitlines()[0] == "id,email,name,weight"
        assert "voter1@hanbit.test" in roll.text

    def test_the_server_is_not_offered_to_people_without_an_account(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        drafts.fix_roll_by_list(poll.official, poll.uuid, [drafts.RollLine("new@hanbit.test", "New", 1)])
        response = sign_in(poll.official).get(at(poll, "/manage/credentials"))
        assert "1 person on the roll has no account here" in words(response)
        assert "Let the server make and mail them" not in response.text


class TestForms:
    """A wrong form keeps what was typed and names the field."""

    def test_a_draft_is_written_step_by_step(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        make_account("mina@example.org", Role.TRUSTEE)
        client = sign_in(poll.official)
        answer = post(
            client,
            "/elections/new",
            name="Night bus",
            description="One year.\r\nOn trial.",
            group_name="Ed25519",
        )
        page = answer.headers["Location"]
        uuid = page.split("/")[2]
        post(
            client,
            f"{page}/questions",
            text="Run it?",
            answers="Yes\nNo",
            minimum="1",
            maximum="1",
            blank="y",
        )
        post(client, f"{page}/roll", district="")
        post(client, f"{page}/trustees", email="mina@example.org")
        said = words(client.get(page))
        assert "Questions Done 1 question." in said
        assert "Voter roll Done 1 person." in said
        assert "Trustees To do 0 of 1 have registered a key." in said
        assert queries.get_election(uuid).description == "One year.\nOn trial."
        assert "Run it?" in words(client.get(f"{page}/questions"))
        post(client, f"{page}/questions/1/remove")
        assert "No question yet." in words(client.get(f"{page}/questions"))

    def test_a_draft_needs_a_name_and_dates_in_order(self, sign_in: SignIn) -> None:
        client = sign_in(make_draft(voters=1).official)
        dates = {
            f"{name}-{part}": value
            for name, day in (("opens_at", "27"), ("closes_at", "26"))
            for part, value in (("day", day), ("month", "11"), ("year", "2030"), ("time", "18:00"))
        }
        response = post(
            client, "/elections/new", name="", description="Keep me", group_name="Ed25519", **dates
        )
        said = words(response)
        assert response.status_code == 422
        assert "There is a problem Enter a name" in said
        assert "Voting must close after it opens" in said
        assert "Keep me" in response.text
        assert 'value="2030"' in response.text
        assert 'href="#name"' in response.text

    @pytest.mark.parametrize(
        ("fields", "complaint"),
        [
            ({"answers": "Yes\nYes"}, "Each answer may stand only once"),
            ({"answers": ""}, "Enter the answers, one a line"),
            ({"minimum": "3"}, "The largest number of choices must not be below the smallest"),
            ({"maximum": "9"}, "Nobody can choose more answers than there are"),
            ({"maximum": "many"}, "Enter a whole number"),
        ],
    )
    def test_a_question_that_nobody_could_answer(
        self, sign_in: SignIn, fields: dict[str, str], complaint: str
    ) -> None:
        poll = make_draft(voters=1)
        typed = {"text": "Which trees?", "answers": "Oak\nElm", "minimum": "1", "maximum": "1", **fields}
        response = post(sign_in(poll.official), at(poll, "/manage/questions"), **typed)
        assert response.status_code == 422
        assert words(response).count(complaint) == 2
        assert "Which trees?" in response.text

    def test_a_trustee_who_is_none(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        make_account("jun@example.org", Role.CITIZEN)
        response = post(sign_in(poll.official), at(poll, "/manage/trustees"), email="jun@example.org")
        assert response.status_code == 422
        assert "This person cannot be named as a trustee." in words(response)
        assert 'value="jun@example.org"' in response.text
        assert 'href="#email"' in response.text

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            (b"mail;name\n", "The first line must name the columns email and name."),
            (b"email,name\nnobody,Nobody\n", "Line 2 has no e-mail address or a wrong weight."),
            ("email,name\na@b.kr,김민아\n".encode("cp949"), "Save the list as CSV in UTF-8"),
        ],
    )
    def test_a_roll_that_cannot_be_read(self, sign_in: SignIn, text: bytes, complaint: str) -> None:
        poll = make_draft(voters=1)
        url = at(poll, "/manage/roll-list")
        response = post(sign_in(poll.official), url, document=upload("roll.csv", text))
        assert response.status_code == 422
        assert complaint in words(response)
        assert 'href="#document"' in response.text
        assert queries.get_election(poll.uuid).roll_size == 1

    def test_a_roll_from_a_list(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        text = b"\xef\xbb\xbfemail,name,weight\nvoter1@hanbit.test,One,2\nb@hanbit.test,Two,1\n"
        client = sign_in(poll.official)
        answer = post(client, at(poll, "/manage/roll-list"), document=upload("roll.csv", text))
        assert "The roll has 2 voters." in words(client.get(answer.headers["Location"]))

    def test_credentials_that_are_none(self, sign_in: SignIn) -> None:
        poll = make_draft(voters=1)
        url = at(poll, "/manage/credentials")
        response = post(sign_in(poll.official), url, document=upload("x.json", b'["?"]'))
        assert response.status_code == 422
        assert "The public credentials cannot be used" in words(response)
        assert "Choose the file public_credentials.json" in words(post(sign_in(poll.official), url))

    @pytest.mark.parametrize("act", ["open", "cancel"])
    def test_an_act_by_hand_needs_a_reason(self, sign_in: SignIn, act: str) -> None:
        poll = make_draft(voters=1)
        setup.set_up_election(poll.official, poll.uuid)
        response = post(sign_in(poll.official), at(poll, f"/manage/{act}"), reason=" ")
        assert response.status_code == 422
        assert "Say why; the reason is published" in words(response)
        assert queries.get_election(poll.uuid).state == "ready"


class TestMails:
    def read(self, app: Flask) -> list[str]:
        folder = Path(app.config["DATA_DIR"]) / "mail"
        mails = (
            message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml")
        )
        return [mail.get_content() for mail in mails]

    def test_an_accepted_ballot_is_told_without_its_tracker(self, app: Flask, db: object) -> None:
        poll = make_open_poll(voters=1)
        tracker = poll.cast(poll.voters[0], [POST, ROOF]).tracker
        (mail,) = self.read(app)
        assert "a ballot was accepted from your account" in mail
        assert poll.credentials[poll.voters[0].id] not in mail
        assert tracker not in mail
        assert tracker[:8] not in mail

    def test_a_credential_of_the_server_comes_with_its_link(self, app: Flask, db: object) -> None:
        poll = make_draft(voters=1)
        setup.issue_credentials(poll.official, poll.uuid)
        (mail,) = self.read(app)
        assert re.search(rf"/elections/{poll.uuid}/vote#credential=\w{{5}}-\w{{6}}-\w{{5}}-\w{{6}}\s", mail)

    def test_trustees_are_asked_to_decrypt(self, app: Flask, db: object) -> None:
        poll = make_open_poll(voters=1)
        poll.close()
        links = {number for mail in self.read(app) for number in re.findall(r"/trustees/(\d)/decrypt", mail)}
        assert links == {"1", "2"}


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
