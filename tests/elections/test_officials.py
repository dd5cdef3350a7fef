"""What officials and trustees may do, and what is refused to them."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Agency
from app.accounts.policy import Role
from app.core.encoding import to_compact_json
from app.core.groups import ED25519
from app.core.trustees import generate_trustee
from app.elections import jobs, queries, rules
from app.elections.models import RollVoter
from app.elections.services import drafts, setup, tallies
from app.extensions import db as database
from app.notifications.models import OutboxMessage
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.elections.town import make_account, make_draft, make_open_poll

VOTE = [[0, 1, 0, 0], [1, 0]]


def test_an_official_of_another_agency_can_do_nothing(db: object) -> None:
    poll = make_open_poll()
    with transaction():
        other = Agency(name="Roads", name_ko="도로과")
        database.session.add(other)
    stranger = make_account("roads@hanbit.test", Role.ELECTION_OFFICIAL, agency=other)
    for act in (tallies.close_election, setup.open_election, setup.cancel_election):
        with pytest.raises(PermissionDenied):
            act(stranger, poll.uuid, "because")
    assert queries.get_election(poll.uuid).state == "open"


def test_an_incomplete_draft_cannot_be_set_up(db: object) -> None:
    poll = make_draft()
    drafts.remove_question(poll.official, poll.uuid, 1)
    drafts.remove_question(poll.official, poll.uuid, 2)
    with pytest.raises(rules.DraftIncomplete) as refused:
        setup.set_up_election(poll.official, poll.uuid)
    assert refused.value.extras["missing"] == ["questions"]


def test_a_new_roll_makes_the_old_credentials_useless(db: object) -> None:
    poll = make_draft()
    lines = drafts.parse_roll("email,name,weight\nann@hanbit.test,Ann,1\nbob@hanbit.test,Bob,2\n")
    assert drafts.fix_roll_by_list(poll.official, poll.uuid, lines) == 2
    with pytest.raises(rules.DraftIncomplete) as refused:
        setup.set_up_election(poll.official, poll.uuid)
    assert refused.value.extras["missing"] == ["credentials"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name\nAnn\n",
        "email,name\nnobody,Ann\n",
        "email,name\na@b.c,Ann\nA@B.C,Ann again\n",
        "email,name,weight\na@b.c,Ann,heavy\n",
    ],
)
def test_a_bad_roll_is_refused(text: str) -> None:
    with pytest.raises(rules.RollInvalid):
        drafts.parse_roll(text)


def test_credentials_must_be_as_many_as_voters(db: object) -> None:
    poll = make_draft()
    with pytest.raises(rules.CredentialsInvalid):
        drafts.publish_credentials(poll.official, poll.uuid, b"[]")
    with pytest.raises(rules.CredentialsInvalid):
        drafts.publish_credentials(poll.official, poll.uuid, b'["zz"]')


def test_a_key_without_its_proof_is_refused(db: object) -> None:
    poll = make_draft()
    _, key = generate_trustee(ED25519, "Mallory")
    document = key.to_json(ED25519)
    document["pok"]["response"] = str(int(document["pok"]["response"]) - 1)
    with pytest.raises(rules.TrusteeKeyInvalid):
        drafts.register_trustee_key(poll.trustees[0], poll.uuid, 1, to_compact_json(document))
    with pytest.raises(rules.NotThisTrustee):
        drafts.register_trustee_key(poll.trustees[1], poll.uuid, 1, b"{}")


def test_a_copied_key_is_refused(db: object) -> None:
    poll = make_draft()
    first = queries.get_trustee(queries.get_election(poll.uuid), 1).public_key or ""
    with pytest.raises(rules.TrusteeKeyInvalid):
        drafts.register_trustee_key(poll.trustees[1], poll.uuid, 2, first.encode())


def test_only_people_with_the_role_become_trustees_and_only_once(db: object) -> None:
    poll = make_draft()
    for email in ("voter1@hanbit.test", "nobody@hanbit.test", "trustee1@hanbit.test"):
        with pytest.raises(rules.TrusteeUnknown):
            drafts.add_trustee(poll.official, poll.uuid, email)


def test_the_server_as_authority_mails_each_voter_once(db: object) -> None:
    poll = make_draft()
    before = database.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    setup.issue_credentials(poll.official, poll.uuid)
    election = queries.get_election(poll.uuid)
    assert election.authority_mode == "server"
    names = json.loads(queries.get_public_credentials(election) or b"")
    assert len(names) == len(poll.voters)
    after = database.session.scalar(select(func.count()).select_from(OutboxMessage)) or 0
    assert after - before in (len(poll.voters), 0)  # sent already where jobs run at once


def test_the_server_is_no_authority_for_strangers(db: object) -> None:
    poll = make_draft()
    drafts.fix_roll_by_list(poll.official, poll.uuid, [drafts.RollLine("far@away.test", "Far", 1)])
    with pytest.raises(rules.AuthorityTooLarge):
        setup.issue_credentials(poll.official, poll.uuid)


def test_a_partial_decryption_is_taken_once_and_only_if_it_verifies(db: object) -> None:
    poll = make_open_poll()
    poll.cast(poll.voters[0], VOTE)
    poll.close()
    with pytest.raises(rules.DecryptionInvalid):
        tallies.accept_partial_decryption(poll.trustees[0], poll.uuid, 1, b'{"decryption_factors":[]}')
    poll.secrets.reverse()
    with pytest.raises(Exception, match="does not belong"):
        poll.decrypt(1)
    poll.secrets.reverse()
    poll.decrypt(1)
    with pytest.raises(rules.DecryptionAlreadyMade):
        poll.decrypt(1)
    tallies.publish_result(poll.uuid)
    assert queries.get_election(poll.uuid).state == "decrypting"
    poll.decrypt(2)
    tallies.publish_result(poll.uuid)
    assert queries.get_election(poll.uuid).result == [[0, 1, 0, 0], [1, 0]]


def test_the_roll_is_gone_once_the_result_is_out_but_its_size_stays(db: object) -> None:
    poll = make_open_poll()
    poll.finish()
    assert database.session.scalar(select(func.count()).select_from(RollVoter)) == 0
    assert queries.get_election(poll.uuid).roll_size == len(poll.voters)


def test_an_election_runs_by_its_schedule(db: object) -> None:
    poll = make_draft()
    now = clock.now()
    draft = drafts.DraftText("Scheduled", "", "Ed25519", now + timedelta(hours=1), now + timedelta(hours=2))
    drafts.edit_election(poll.official, poll.uuid, draft)
    setup.set_up_election(poll.official, poll.uuid)
    try:
        for hours, state in ((0, "ready"), (1.1, "open"), (2.1, "decrypting")):
            clock.set_offset(timedelta(hours=hours))
            jobs.advance_elections.run()
            database.session.rollback()
            assert queries.get_election(poll.uuid).state == state
    finally:
        clock.set_offset(timedelta())
