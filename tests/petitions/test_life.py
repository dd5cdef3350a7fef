"""The table of what a petition may become, and the services along it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.accounts.models import Account
from app.accounts.services.roles import create_agency
from app.extensions import db as database
from app.petitions.models import Obligation, Petition, Signature, Sponsor, TimelineEvent
from app.petitions.queries import life
from app.petitions.rules import refusals
from app.petitions.rules.life import TRANSITIONS, Act, Actor, PetitionState, next_state
from app.petitions.services import closing, drafts, moderation, obligations, sponsors
from app.petitions.services.counting import fold_totals
from app.petitions.services.drafts import PetitionText
from app.petitions.services.keys import get_key
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.deadlines import Event, EventKind
from tests.conftest import People
from tests.petitions.conftest import Town
from tests.petitions.test_life_pages import mails

TEXT = PetitionText("A crossing at the school", "Paint a **crossing**.", "Children walk there.")


@pytest.mark.parametrize("state", PetitionState)
@pytest.mark.parametrize("actor", Actor)
def test_only_what_the_table_lists_is_allowed(state: PetitionState, actor: Actor) -> None:
    for act in Act:
        listed = TRANSITIONS.get((state, act))
        if listed is not None and actor in listed.actors:
            assert next_state(state, act, actor) is listed.to, act
        else:
            with pytest.raises(refusals.ActNotAllowed):
                next_state(state, act, actor)


def test_the_ends_are_ends() -> None:
    final = {PetitionState.ARCHIVED, PetitionState.LAPSED, PetitionState.WITHDRAWN, PetitionState.REJECTED}
    assert not [state for state, _ in TRANSITIONS if state in {*final, PetitionState.HIDDEN}]


def sponsored(town: Town) -> str:
    """A petition with its three sponsors, before the moderators."""
    town.settle("creator")
    reference = drafts.start_petition(town.account("creator"), "local-council", TEXT)
    drafts.submit_petition(town.account("creator"), reference)
    for number in range(3):
        town.settle(f"sponsor{number}")
        sponsors.sponsor_petition(town.account(f"sponsor{number}"), reference)
    return reference


def get(reference: str) -> Petition:
    return database.session.scalars(
        select(Petition).where(Petition.reference == reference).execution_options(populate_existing=True)
    ).one()


def test_the_last_sponsor_brings_it_to_the_moderators_and_all_sign_when_it_opens(
    town: Town, db: object
) -> None:
    reference = sponsored(town)
    assert get(reference).state == "moderation"
    town.settle("moderator")
    moderation.publish_petition(town.account("moderator"), reference, None)
    petition = get(reference)
    assert (petition.state, petition.public_key) == ("open", get_key(reference).public_key)
    assert petition.closes_on == (clock.now() + timedelta(hours=9)).date() + timedelta(days=90)
    sponsors.sign_for_sponsors(reference)
    assert len(database.session.scalars(select(Signature)).all()) == 3


def test_creator_and_sponsor_cannot_sponsor_again(town: Town, db: object) -> None:
    reference = sponsored(town)
    with pytest.raises(refusals.OwnPetition):
        sponsors.sponsor_petition(town.account("creator"), reference)
    with pytest.raises(refusals.AlreadySponsor):
        sponsors.sponsor_petition(town.account("sponsor1"), reference)


@pytest.mark.parametrize(("code", "state"), [("unclear", "rejected"), ("defamatory", "hidden")])
def test_a_refusal_has_a_code_and_some_codes_hide_the_text(
    town: Town, db: object, code: str, state: str
) -> None:
    reference = sponsored(town)
    town.settle("moderator")
    with pytest.raises(refusals.ReasonUnknown):
        moderation.refuse_petition(town.account("moderator"), reference, "dislike", "")
    moderation.refuse_petition(town.account("moderator"), reference, code, "See rule 3.")
    assert (get(reference).state, get(reference).reason_code) == (state, code)


def test_a_draft_without_its_sponsors_lapses_after_the_last_day(
    town: Town, db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.settle("creator")
    reference = drafts.start_petition(town.account("creator"), "local-council", TEXT)
    drafts.submit_petition(town.account("creator"), reference)
    assert sponsors.lapse_petitions() == 0
    later = clock.now() + timedelta(days=32)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sponsors.lapse_petitions() == 1
    assert get(reference).state == "lapsed"


def test_an_edit_keeps_both_versions_and_shows_them_in_the_ledger(town: Town, db: object) -> None:
    reference = sponsored(town)
    town.settle("moderator")
    better = PetitionText("A crossing at the school gate", TEXT.demand, TEXT.reasons)
    moderation.edit_text(town.account("moderator"), reference, better, "The place was missing.")
    assert get(reference).title == better.title
    event = database.session.scalars(select(TimelineEvent).where(TimelineEvent.act == "edit")).one()
    assert (event.facts["before"], event.facts["after"]) == (TEXT.digest(), better.digest())


class TestObligations:
    """A response that becomes due on 2026-09-07, with Chuseok (24 to 26 September 2026) in its way."""

    @pytest.fixture
    def owed(self, town: Town, db: object, monkeypatch: pytest.MonkeyPatch) -> Town:
        moment = datetime(2026, 9, 7, 3, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: moment)
        town.settle("official", district=None)
        town.settle("other", district=None)
        with closing.transaction():
            town.account("official").agency_id = 1
            petition = get(town.reference)
            petition.agency_id, petition.signature_count = 1, 30
            petition.closes_on = date(2026, 12, 1)
        assert obligations.reach_thresholds() == 1
        assert obligations.reach_thresholds() == 0
        return town

    def due(self) -> date | None:
        return database.session.scalars(select(Obligation.due_on)).one()

    def test_twenty_working_days_pass_over_chuseok_and_the_october_holidays(self, owed: Town) -> None:
        # 8 Sept. is the first day; 24 and 25 Sept. are Chuseok, 5 Oct. stands for Foundation Day.
        assert self.due() == date(2026, 10, 8)

    def test_an_extension_adds_its_days_once(self, owed: Town) -> None:
        event = Event(EventKind.EXTENDED, date(2026, 9, 7), "An expert is asked.", 10)
        obligations.change_clock(owed.account("official"), owed.reference, "response", event)
        # Hangul Day, Friday 9 October, is not counted either.
        assert self.due() == date(2026, 10, 23)
        with pytest.raises(refusals.ClockRefused):
            obligations.change_clock(owed.account("official"), owed.reference, "response", event)

    def test_a_pause_stops_the_clock_and_its_days_do_not_count(self, owed: Town) -> None:
        for kind, day in ((EventKind.PAUSED, date(2026, 9, 9)), (EventKind.RESUMED, date(2026, 9, 16))):
            event = Event(kind, day, "Waiting for the creator.")
            obligations.change_clock(owed.account("official"), owed.reference, "response", event)
            assert (self.due() is None) == (kind is EventKind.PAUSED)
        assert self.due() == date(2026, 10, 16)

    @pytest.mark.parametrize("kind", [EventKind.EXTENDED, EventKind.PAUSED])
    def test_after_the_last_day_there_is_no_more_time_to_be_had(
        self, owed: Town, monkeypatch: pytest.MonkeyPatch, kind: EventKind
    ) -> None:
        later = datetime(2026, 10, 20, 3, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: later)
        # Also not with a day of the past.
        for day in (date(2026, 10, 20), date(2026, 10, 1)):
            event = Event(kind, day, "We need longer.", 10 if kind is EventKind.EXTENDED else 0)
            with pytest.raises(refusals.TermOver):
                obligations.change_clock(owed.account("official"), owed.reference, "response", event)
        (one,) = life.list_owed(get(owed.reference))
        assert (self.due(), one.due_on, one.is_late) == (date(2026, 10, 8), date(2026, 10, 8), True)

    def test_what_was_kept_late_stays_late(self, owed: Town, monkeypatch: pytest.MonkeyPatch) -> None:
        later = datetime(2026, 10, 20, 3, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda: later)
        obligations.respond(owed.account("official"), owed.reference, "Yes.")
        (one,) = life.list_owed(get(owed.reference))
        assert (one.is_late, one.was_late) == (False, True)

    def test_a_transfer_moves_the_duty_and_not_the_day(self, owed: Town) -> None:
        with closing.transaction():
            agency_id = create_agency("Culture", "문화과").id
        obligations.route_petition(
            owed.account("official"), owed.reference, agency_id, "It is about a library."
        )
        assert self.due() == date(2026, 10, 8)
        with pytest.raises(refusals.OtherAgency):
            obligations.respond(owed.account("official"), owed.reference, "Yes.")

    def test_only_the_responsible_agency_answers_and_only_once(self, owed: Town) -> None:
        with pytest.raises(refusals.OtherAgency):
            obligations.respond(owed.account("other"), owed.reference, "Yes.")
        obligations.respond(owed.account("official"), owed.reference, "Yes.")
        with pytest.raises(refusals.NothingOwed):
            obligations.respond(owed.account("official"), owed.reference, "No.")


def test_closing_and_archiving_forget_who_signed_and_destroy_the_key(
    town: Town, db: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.settle("mina")
    sign_petition(town.account("mina"), town.reference)
    fold_totals()
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert closing.close_petitions() == 1
    assert closing.archive_petitions() == 0
    much_later = later + timedelta(days=181)
    monkeypatch.setattr(clock, "now", lambda: much_later)
    assert closing.archive_petitions() == 1
    row = database.session.scalars(select(Signature)).one()
    assert (row.account_id, row.district) == (None, None)
    assert get(town.reference).signature_count == 1
    with pytest.raises(refusals.NotOpen):
        get_key(town.reference)


def test_a_sponsor_whose_signature_is_refused_is_told_why_and_what_to_do(
    town: Town, db: object, people: People
) -> None:
    number = people.create("late", district="hill", identity="900101-2345678")
    town.settle("creator")
    reference = drafts.start_petition(town.account("creator"), "local-council", TEXT)
    drafts.submit_petition(town.account("creator"), reference)
    sponsors.sponsor_petition(database.session.get_one(Account, number), reference)
    with closing.transaction():
        rules = dict(get(reference).rules)
        rules["sign"] = rules["sign"] | {"districts": ["river"]}
        get(reference).rules = rules
        get(reference).state = PetitionState.MODERATION
    town.settle("moderator")
    moderation.publish_petition(town.account("moderator"), reference, None)
    assert sponsors.sign_for_sponsors(reference) == 0, "the job has been there"
    assert database.session.scalars(select(Signature)).all() == []
    browser = people.sign_in("late")
    page = browser.get("/petitions/mine/signed").text
    assert "your signature was not counted" in page
    assert "This petition is for the residents of other districts" in page
    assert f"/petitions/{reference}/sign" in page
    told = [mail for mail in mails(town.app) if mail["To"] == "late@example.org"]
    (letter,) = [mail for mail in told if "was not counted" in mail["Subject"]]
    assert "have your district corrected at a desk" in letter.get_content()
    with closing.transaction():
        get(reference).rules = rules | {"sign": rules["sign"] | {"districts": []}}
    town.app.extensions.pop("petition_facts", None)
    sign_petition(database.session.get_one(Account, number), reference)
    assert "was not counted" not in browser.get("/petitions/mine/signed").text


def test_a_sponsor_who_has_signed_already_is_not_bothered(town: Town, db: object) -> None:
    reference = sponsored(town)
    town.settle("moderator")
    with closing.transaction():
        database.session.execute(update(Sponsor).values(signed=True))
    moderation.publish_petition(town.account("moderator"), reference, None)
    sign_petition(town.account("sponsor0"), reference)
    with closing.transaction():
        database.session.execute(update(Sponsor).values(signed=False))
    assert sponsors.sign_for_sponsors(reference) == 3
    assert database.session.scalars(select(Sponsor.refusal)).all() == [None] * 3


def test_nobody_sponsors_after_the_last_day_even_while_the_job_is_late(
    town: Town, db: object, people: People
) -> None:
    people.create("late", district="hill", identity="900101-2345678")
    town.settle("creator")
    town.settle("sponsor")
    reference = drafts.start_petition(town.account("creator"), "local-council", TEXT)
    drafts.submit_petition(town.account("creator"), reference)
    browser = people.sign_in("late")
    assert "Stand by this petition" in browser.get(f"/petitions/{reference}/sponsor").text
    with closing.transaction():
        get(reference).submitted_at = clock.now() - timedelta(days=40)
    with pytest.raises(refusals.SponsorsTooLate):
        sponsors.sponsor_petition(town.account("sponsor"), reference)
    page = browser.get(f"/petitions/{reference}/sponsor").text
    assert "The time for sponsors is over" in page
    assert "Stand by this petition" not in page
