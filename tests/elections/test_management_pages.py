"""What officials see and send: their list, the steps of a draft, and what a wrong form answers."""

import pytest

from app.accounts.policy import Role
from app.elections import queries
from app.elections.services import drafts, setup
from tests.elections.pages import SignIn, at, make_empty_draft, make_foreign_official, post, upload, words
from tests.elections.town import make_account, make_draft, make_open_poll

STEP_PAGES = ("text", "questions", "roll", "roll-list", "trustees", "credentials", "set-up")


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
            (b"email,name\na\0@hanbit.test,Ann\n", "Save the list as CSV in UTF-8"),
            (b"email,name,weight\na@hanbit.test,Ann,9999999999\n", "Line 2 has no e-mail address or a wrong"),
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
