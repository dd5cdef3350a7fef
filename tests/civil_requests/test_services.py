"""Transfer, split, merge, closing, appeal, rating, publishing: what each does, and who may not."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.access_records.models import AccessRecord
from app.access_records.rules.consents import NoConsent, SharingUnknown
from app.access_records.services.consents import withdraw_consent
from app.access_records.services.held_data import store_datum
from app.access_records.services.sharings import register_sharing
from app.accounts.models import Account
from app.civil_requests.models import Assignment, CivilRequest, Filer
from app.civil_requests.queries import figures, knowledge
from app.civil_requests.queries.requests import get_seen, list_waiting
from app.civil_requests.rules import refusals
from app.civil_requests.services import closing, filing, handling, publishing
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.transaction import transaction
from tests.access_records.kit import found_country, found_sharings, new_sharing
from tests.civil_requests.conftest import POTHOLE, Town
from tests.conftest import People, csrf_token


def types() -> list[str]:
    """The acts of the room that the ledger has, in order."""
    wanted = select(LedgerEntry.type).where(LedgerEntry.type.startswith("civil-requests:"))
    return [kind.rpartition(":")[2] for kind in database.session.scalars(wanted.order_by(LedgerEntry.id))]


def mails(app: Flask) -> int:
    return len(list((Path(app.config["DATA_DIR"]) / "mail").glob("*.eml")))


def test_a_request_is_answered_told_and_recorded(app: Flask, town: Town) -> None:
    reference = town.ask()
    clock.set_offset(timedelta(days=3))
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    assert town.request(reference).state == "answered"
    assert (town.part(reference).days_taken, town.part(reference).late) == (3, False)
    assert types() == ["file", "answer"]
    assert mails(app) == 1


def test_the_ledger_names_request_agency_and_day_but_neither_text_nor_person(town: Town) -> None:
    reference = town.ask()
    handling.extend_term(town.account("roadman"), reference, 2, "the secret reason")
    entries = database.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type.startswith("civil-requests:"))
    ).all()
    leaves = [bytes(entry.leaf).decode() for entry in entries]
    assert all(reference in leaf and "Roads" in leaf for leaf in leaves)
    assert not any(word in leaf for leaf in leaves for word in ("hole", "secret", "example.org"))


def test_a_transferred_request_is_out_of_sight_of_the_first_agency(town: Town) -> None:
    reference = town.ask(address="12 Riverside Street")
    handling.transfer_request(town.account("roadman"), reference, town.agencies["Parks"], "it is a park")
    with pytest.raises(refusals.RequestNotFound):
        get_seen(town.account("roadman"), reference)
    with pytest.raises(refusals.RequestNotFound):
        handling.answer_request(town.account("roadman"), reference, "too late")
    assert get_seen(town.account("gardener"), reference).own_part.address == "12 Riverside Street"


def test_a_split_request_waits_for_every_part(town: Town) -> None:
    reference = town.ask()
    handling.split_request(town.account("roadman"), reference, town.agencies["Water"], "the pipe below")
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    assert town.request(reference).state == "open"
    handling.answer_request(town.account("plumber"), reference, "The pipe is tight.")
    assert town.request(reference).state == "answered"


@pytest.mark.parametrize("agency", ["Roads", "Water"])
def test_an_agency_has_one_part_only(town: Town, agency: str) -> None:
    reference = town.ask()
    handling.split_request(town.account("roadman"), reference, town.agencies["Water"], "the pipe below")
    for act in (handling.split_request, handling.transfer_request):
        with pytest.raises(refusals.AgencyHasPart):
            act(town.account("roadman"), reference, town.agencies[agency], "again")


def test_merged_requests_keep_every_filer_and_nobody_sees_the_others_text(app: Flask, town: Town) -> None:
    first = town.ask("mina")
    second = town.ask("joon", text=filing.RequestText("The hole again", "My own words about it."))
    third = town.ask("sora")
    closing.merge_request(town.account("roadman"), third, second)
    closing.merge_request(town.account("roadman"), second, first)
    root = town.request(first)
    assert database.session.scalar(select(func.count()).where(Filer.request_id == root.id)) == 3
    before = mails(app)
    handling.answer_request(town.account("roadman"), first, "We filled it.")
    assert mails(app) - before == 3
    for name, own in (("joon", second), ("sora", third)):
        seen = get_seen(town.account(name), own)
        assert [part.answer for part in seen.parts] == ["We filled it."]
        assert seen.request.reference == own
        with pytest.raises(refusals.RequestNotFound):
            get_seen(town.account(name), first)
        filing.rate(town.account(name), own, 4, "")
    assert len(list_waiting(town.agencies["Roads"])) == 0


def test_what_others_wait_for_is_not_taken_back(town: Town) -> None:
    first, second = town.ask("mina"), town.ask("joon")
    closing.merge_request(town.account("roadman"), second, first)
    with pytest.raises(refusals.OthersWait):
        filing.withdraw_request(town.account("mina"), first)
    assert town.request(first).state == "open"


def test_who_waits_for_the_same_answer_neither_reads_nor_answers_the_question(
    town: Town, people: People
) -> None:
    first, second = town.ask("mina"), town.ask("joon")
    closing.merge_request(town.account("roadman"), second, first)
    handling.ask_filer(town.account("roadman"), first, "Which side of your house?")
    roads, entries = town.agencies["Roads"], types()
    joon = people.sign_in("joon")
    for reference, status in ((second, 409), (first, 404)):
        path = f"/civil-requests/{reference}/reply/{roads}"
        for answer in (
            joon.get(path),
            joon.post(path, data={"text": "The left.", "csrf_token": csrf_token(joon)}),
        ):
            assert answer.status_code == status
            assert "Which side" not in answer.text
        with pytest.raises((refusals.ActNotAllowed, refusals.RequestNotFound)):
            filing.reply(town.account("joon"), reference, roads, "The left.")
    assert "Which side" not in joon.get(f"/civil-requests/{second}/rate").text
    assert (town.part(first).state, town.part(first).reply, types()) == ("waiting", "", entries)
    filing.reply(town.account("mina"), first, roads, "The right.")
    assert town.part(first).reply == "The right."


def test_a_request_is_not_merged_with_itself_or_one_elsewhere(town: Town) -> None:
    first, elsewhere = town.ask("mina"), town.ask("joon", agency="Parks")
    with pytest.raises(refusals.NotTheSameAgency):
        closing.merge_request(town.account("roadman"), first, first)
    with pytest.raises(refusals.RequestNotFound):
        closing.merge_request(town.account("roadman"), first, elsewhere)


def test_who_closed_a_request_does_not_decide_the_appeal(town: Town) -> None:
    reference = town.ask()
    closing.close_request(town.account("roadman"), reference, "repeated", "Answered in May.")
    filing.appeal(town.account("mina"), reference, "It is a new hole.")
    with pytest.raises(refusals.OwnRequest):
        closing.decide_appeal(town.account("roadman"), reference, upheld=True, decision="No.")
    with pytest.raises(refusals.RequestNotFound):
        closing.decide_appeal(town.account("gardener"), reference, upheld=True, decision="No.")
    closing.decide_appeal(town.account("colleague"), reference, upheld=False, decision="It is new indeed.")
    assert town.request(reference).state == "open"
    assert types()[-1] == "decide"


def test_the_days_of_a_closing_that_did_not_stand_are_not_counted(town: Town) -> None:
    reference = town.ask()
    due_on = town.part(reference).due_on
    closing.close_request(town.account("roadman"), reference, "repeated", "Answered in May.")
    filing.appeal(town.account("mina"), reference, "It is a new hole.")
    clock.set_offset(timedelta(days=7))
    closing.decide_appeal(town.account("colleague"), reference, upheld=False, decision="It is new indeed.")
    assert town.part(reference).due_on >= due_on + timedelta(days=7)


def test_a_closing_has_a_reason_of_the_list(town: Town) -> None:
    reference = town.ask()
    with pytest.raises(refusals.ReasonUnknown):
        closing.close_request(town.account("roadman"), reference, "boring", "No.")
    assert town.request(reference).state == "open"


def test_a_confirmed_closing_is_final(town: Town) -> None:
    reference = town.ask()
    closing.close_request(town.account("roadman"), reference, "insulting", "Insults only.")
    filing.appeal(town.account("mina"), reference, "It is not.")
    closing.decide_appeal(town.account("colleague"), reference, upheld=True, decision="It is.")
    with pytest.raises(refusals.ActNotAllowed):
        filing.appeal(town.account("mina"), reference, "Once more.")


def test_nobody_handles_their_own_request(town: Town) -> None:
    reference = town.ask("roadman")
    with pytest.raises(refusals.OwnRequest):
        handling.answer_request(town.account("roadman"), reference, "Dear me.")
    handling.answer_request(town.account("colleague"), reference, "Dear you.")


def test_citizens_and_strangers_do_nothing(town: Town) -> None:
    reference = town.ask()
    with pytest.raises(PermissionDenied):
        handling.answer_request(town.account("mina"), reference, "Done.")
    with pytest.raises(refusals.RequestNotFound):
        get_seen(town.account("joon"), reference)
    for act in (
        lambda: filing.withdraw_request(town.account("joon"), reference),
        lambda: filing.appeal(town.account("joon"), reference, "I"),
        lambda: filing.rate(town.account("joon"), reference, 5, ""),
    ):
        with pytest.raises(refusals.RequestNotFound):
            act()


def test_a_rating_is_a_number_from_1_to_5_and_counts_once(town: Town) -> None:
    reference = town.ask()
    with pytest.raises(refusals.ActNotAllowed):
        filing.rate(town.account("mina"), reference, 5, "")
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    for score in (0, 6):
        with pytest.raises(refusals.ScoreUnknown):
            filing.rate(town.account("mina"), reference, score, "")
    filing.rate(town.account("mina"), reference, 2, "slow")
    filing.rate(town.account("mina"), reference, 4, "I was told why")
    (row,) = figures.list_figures()
    assert (row.mean_score, row.score_count) == (4, 1)


def test_the_public_table_counts_open_overdue_and_late_from_the_sending(town: Town) -> None:
    late, moved, open_ = town.ask("mina"), town.ask("joon"), town.ask("sora")
    clock.set_offset(timedelta(days=5))
    handling.transfer_request(town.account("roadman"), moved, town.agencies["Parks"], "it is a park")
    clock.set_offset(timedelta(days=30))
    handling.answer_request(town.account("roadman"), late, "At last.")
    handling.answer_request(town.account("gardener"), moved, "At last too.")
    rows = {row.agency.name: row for row in figures.list_figures()}
    roads, parks = rows["Roads"], rows["Parks"]
    assert (roads.open_count, roads.overdue_count, roads.answered_count, roads.late_count) == (1, 1, 1, 1)
    assert (parks.open_count, parks.answered_count, parks.mean_days) == (0, 1, 30)
    (case,) = figures.list_overdue()
    assert (case.reference, case.days > 10) == (open_, True)


def test_an_answer_is_published_without_names_found_and_taken_out(town: Town) -> None:
    reference = town.ask(publishable=True)
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    with pytest.raises(refusals.NamesLeft):
        publishing.publish_answer(town.account("roadman"), reference, "A hole", "Mina asks", "We filled it.")
    assert knowledge.find_similar("a deep hole in the road") == []
    publishing.publish_answer(
        town.account("roadman"), reference, "A hole in a road", "There is a deep hole.", "We fill them."
    )
    assert [r.reference for r in knowledge.find_similar("deep holes in our road")] == [reference]
    assert knowledge.list_published("hole", 1).total_count == 1
    assert knowledge.list_published("library", 1).total_count == 0
    publishing.unpublish_answer(town.account("roadman"), reference)
    assert knowledge.list_published("", 1).total_count == 0
    assert knowledge.find_similar("deep holes in our road") == []


def test_what_its_filer_wants_kept_private_is_not_published(town: Town) -> None:
    reference = town.ask()
    handling.answer_request(town.account("roadman"), reference, "We filled it.")
    with pytest.raises(refusals.NotPublishable):
        publishing.publish_answer(town.account("roadman"), reference, "A hole", "Where?", "There.")


def test_keywords_come_from_a_file(town: Town) -> None:
    assert publishing.set_keywords('{"Roads": ["pothole", "hole"], "Parks": ["나무"]}') == 3
    assert knowledge.suggest_for("a hole", []).agency_id == town.agencies["Roads"]
    assert knowledge.suggest_for("나무가 쓰러졌어요", []).agency_id == town.agencies["Parks"]
    for wrong in ("[]", "{", '{"Roads": "pothole"}', '{"Roads": [1]}'):
        with pytest.raises(refusals.KeywordsUnreadable):
            publishing.set_keywords(wrong)
    with pytest.raises(refusals.AgencyUnknown):
        publishing.set_keywords('{"Roads": [], "Nobody": ["x"]}')
    assert knowledge.suggest_for("a hole", []) is not None


@pytest.fixture
def held(app: Flask, town: Town) -> str:
    """A request whose agency, the roadman's now, may read the address that the welfare office holds."""
    country = found_country()
    app.config["RESIDENTS_SYSTEM"] = country.system.code
    receiving = found_sharings(country, town.account("mina").id)
    register_sharing(new_sharing("requests", purpose="civil-request"))
    officials = [town.account(name).id for name in ("roadman", "colleague")]
    with transaction():
        store_datum(country.system_id, country.person_ids[0], "address", "12 Riverside Street")
        for official in officials:
            database.session.get_one(Account, official).agency_id = receiving
    reference = filing.draft_request(town.account("mina"), POTHOLE)
    wanted = filing.Filing(filing.RequestKind.GRIEVANCE, receiving, use_held=True)
    filing.file_request(town.account("mina"), reference, POTHOLE, wanted)
    return reference


def looks() -> list[tuple[str, str, int | None]]:
    """The access records: their case, what was done, and by which account."""
    wanted = select(AccessRecord).order_by(AccessRecord.id)
    database.session.rollback()
    return [(r.case_number, r.action, r.official_account_id) for r in database.session.scalars(wanted)]


def test_each_look_at_a_held_address_is_on_record_and_nothing_of_it_is_kept(
    app: Flask, town: Town, people: People, held: str
) -> None:
    part = database.session.scalars(select(Assignment)).one()
    assert (part.address, part.address_source, looks()) == ("", "held", [])
    for count, name in enumerate(("roadman", "colleague", "colleague"), 1):
        browser = people.sign_in(name)
        assert "12 Riverside Street" not in browser.get(f"/civil-requests/{held}").text
        token = {"csrf_token": csrf_token(browser)}
        answer = browser.post(f"/civil-requests/{held}/address", data=token)
        assert "12 Riverside Street" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        # The welfare office and the agency that asks have a record each.
        assert len(looks()) == 2 * count
        assert looks()[-1] == (held, "share", town.account(name).id)
    assert database.session.scalars(select(Assignment.address)).all() == [""]


def test_nobody_else_and_nobody_later_reads_a_held_address(town: Town, held: str) -> None:
    with pytest.raises(refusals.RequestNotFound):
        handling.show_address(town.account("gardener"), held)
    with pytest.raises(PermissionDenied):
        handling.show_address(town.account("mina"), held)
    handling.transfer_request(town.account("roadman"), held, town.agencies["Parks"], "not ours")
    for name in ("roadman", "gardener"):
        with pytest.raises(refusals.RequestNotFound):
            handling.show_address(town.account(name), held)
    assert town.part(held, "Parks").address == ""
    roads = town.account("roadman").agency_id
    handling.transfer_request(town.account("gardener"), held, roads, "yours again")
    assert handling.show_address(town.account("roadman"), held).data[0].value == "12 Riverside Street"
    withdraw_consent(town.account("mina"), "requests")
    with pytest.raises(NoConsent):
        handling.show_address(town.account("roadman"), held)
    handling.answer_request(town.account("roadman"), held, "We filled it.")
    with pytest.raises(refusals.ActNotAllowed):
        handling.show_address(town.account("roadman"), held)
    assert len(looks()) == 2


def test_without_the_sharing_nothing_is_sent(app: Flask, town: Town) -> None:
    reference = filing.draft_request(town.account("mina"), POTHOLE)
    wanted = filing.Filing(filing.RequestKind.GRIEVANCE, town.agencies["Roads"], use_held=True)
    with pytest.raises(SharingUnknown):
        filing.file_request(town.account("mina"), reference, POTHOLE, wanted)
    assert town.request(reference).state == "draft"
    assert types() == []


def test_drafts_are_deleted_by_hand_and_by_time(town: Town) -> None:
    first = filing.draft_request(town.account("mina"), POTHOLE)
    filing.draft_request(town.account("mina"), POTHOLE)
    sent = town.ask("joon")
    filing.discard_draft(town.account("mina"), first)
    with pytest.raises(refusals.RequestNotFound):
        filing.discard_draft(town.account("joon"), sent)
    assert filing.delete_old_drafts() == 0
    clock.set_offset(timedelta(days=31))
    assert filing.delete_old_drafts() == 1
    assert database.session.scalars(select(CivilRequest.reference)).all() == [sent]
