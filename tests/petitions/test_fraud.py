"""Blocks, alerts, and invalidations that two people make and unmake."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.accounts.policy import Role
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.petitions.models import EmailSigner, Invalidation, Petition, Signature, TrendAlert
from app.petitions.queries.blocks import hash_network, list_blocks
from app.petitions.queries.fraud import count_changed, list_alerts, list_objections, try_criteria
from app.petitions.rules import refusals
from app.petitions.rules.fraud import (
    BlockKind,
    Criteria,
    InvalidationAct,
    InvalidationState,
    is_unusual,
    mask,
    next_invalidation_state,
    normalise_subject,
    read_criteria,
)
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import Level, SignatureState
from app.petitions.services import fraud, invalidation, objections
from app.petitions.services.counting import fold_totals
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token
from tests.petitions.conftest import Town
from tests.petitions.kit import found_town, open_petition

NET = "203.0.113.0/24"


@pytest.fixture(autouse=True)
def clock_goes_back() -> Iterator[None]:
    """Tests here move the clock."""
    yield
    clock.set_offset(timedelta())


@pytest.fixture
def moderators(town: Town, db: object) -> Town:
    """Two moderators, and four signers: two unverified ones of one domain, two verified ones."""
    for name in ("seo", "han"):
        town.settle(name)
    for name, verified, district in (
        ("mina", True, "hill"),
        ("jun", True, "river"),
        ("bot1", False, "hill"),
        ("bot2", False, "hill"),
    ):
        town.settle(name, verified=verified, district=district)
        sign_petition(town.account(name), town.reference)
    return town


def public_of(kind: str) -> list[dict[str, object]]:
    wanted = select(LedgerEntry.public).where(LedgerEntry.type == kind).order_by(LedgerEntry.id)
    return list(database.session.scalars(wanted))


def count() -> int | None:
    fold_totals()
    return database.session.scalar(select(Petition.signature_count))


def states() -> list[str]:
    return list(database.session.scalars(select(Signature.state).order_by(Signature.id)))


def propose(town: Town, criteria: Criteria, reason: str = "throw-away") -> int:
    return invalidation.propose_invalidation(
        town.account("seo"), town.reference, criteria, reason, "Made by one program"
    )


def confirm(town: Town, number: int, who: str = "han") -> None:
    invalidation.confirm_invalidation(town.account(who), number)
    invalidation.carry_out_invalidations()


# Blocks


@pytest.mark.parametrize(
    ("kind", "text", "subject"),
    [
        (BlockKind.DOMAIN, " @Throwaway.Example ", "throwaway.example"),
        (BlockKind.DOMAIN, "한빛.kr", "xn--xx3br43b.kr"),
        (BlockKind.ADDRESS, "Some.Body+x@Gmail.com", "somebody@gmail.com"),
        (BlockKind.NETWORK, "203.0.113.77", NET),
        (BlockKind.NETWORK, "2001:db8:1:2::1", "2001:db8:1::/48"),
    ],
)
def test_what_is_blocked_is_written_in_one_way(kind: BlockKind, text: str, subject: str) -> None:
    assert normalise_subject(kind, text) == subject


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BlockKind.DOMAIN, "com"),
        (BlockKind.DOMAIN, "no domain.org"),
        (BlockKind.ADDRESS, "throwaway.example"),
        (BlockKind.NETWORK, "203.0.0.0/8"),
        (BlockKind.NETWORK, "somewhere"),
    ],
)
def test_what_is_no_domain_address_or_small_network_is_refused(kind: BlockKind, text: str) -> None:
    with pytest.raises(refusals.BlockInvalid):
        normalise_subject(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (BlockKind.DOMAIN, "example.org"),
        (BlockKind.ADDRESS, "late@example.org"),
        (BlockKind.NETWORK, "203.0.113.5"),
    ],
)
def test_an_unverified_signer_is_refused_from_there_and_a_verified_one_is_not(
    moderators: Town, kind: BlockKind, text: str
) -> None:
    fraud.add_block(moderators.account("seo"), kind, text, "Floods")
    moderators.settle("late", verified=False)
    moderators.settle("known")
    network = hash_network(NET)
    with pytest.raises(refusals.Blocked):
        sign_petition(moderators.account("late"), moderators.reference, network)
    sign_petition(moderators.account("known"), moderators.reference, network)
    fraud.remove_block(moderators.account("seo"), list_blocks()[0].id, "Over")
    sign_petition(moderators.account("late"), moderators.reference, network)


def test_a_domain_is_blocked_with_what_is_below_it(moderators: Town) -> None:
    fraud.add_block(moderators.account("seo"), BlockKind.DOMAIN, "throwaway.example", "Floods")
    with pytest.raises(refusals.Blocked):
        fraud.ensure_not_blocked("a@mail.throwaway.example")
    fraud.ensure_not_blocked("a@notthrowaway.example")


def test_each_change_is_an_entry_and_only_domains_stand_in_it_in_clear(moderators: Town) -> None:
    for kind, text in (
        (BlockKind.DOMAIN, "throwaway.example"),
        (BlockKind.ADDRESS, "kim@example.org"),
        (BlockKind.NETWORK, NET),
    ):
        fraud.add_block(moderators.account("seo"), kind, text, "Floods")
    entries = public_of("petitions:block:change")
    assert [entry.get("domain") for entry in entries] == ["throwaway.example", None, None]
    leaves = b"".join(database.session.scalars(select(LedgerEntry.leaf)))
    assert b"kim@" not in leaves
    assert b"203.0" not in leaves
    assert [block.label for block in list_blocks()] == [NET, "k…@example.org", "throwaway.example"]
    with pytest.raises(refusals.BlockUnchanged):
        fraud.add_block(moderators.account("seo"), BlockKind.NETWORK, "203.0.113.9", "Again")
    assert len(public_of("petitions:block:change")) == 3
    assert mask(BlockKind.ADDRESS, "kim@example.org") == "k…@example.org"


# Alerts


@pytest.mark.parametrize(
    ("numbers", "unusual"),
    [
        ((19, 19, 0, 0), False),
        ((20, 60, 0, 0), True),
        ((20, 70, 0, 0), False),
        ((80, 100, 500, 1000), False),
        ((80, 100, 200, 1000), True),
    ],
)
def test_what_is_unusual(numbers: tuple[int, int, int, int], unusual: bool) -> None:
    assert is_unusual(*numbers) is unusual


def flood(town: Town, number: int, network: bytes | None) -> None:
    for index in range(number):
        town.settle(f"flood{index}", verified=False)
        sign_petition(town.account(f"flood{index}"), town.reference, network)


def test_an_hour_from_one_network_and_one_domain_raises_one_alert_each_once(town: Town, db: object) -> None:
    flood(town, 20, hash_network(NET))
    later = clock.now() + timedelta(hours=1)
    assert fraud.notice_trends(later) == 2
    assert fraud.notice_trends(later) == 0
    assert {(alert.kind, alert.count, alert.total) for alert in list_alerts()} == {
        ("network", 20, 20),
        ("domain", 20, 20),
    }
    assert len(public_of("petitions:trend:notice")) == 2
    town.settle("seo")
    for alert in list_alerts():
        fraud.close_alert(town.account("seo"), alert.id)
    assert list_alerts() == []
    assert len(public_of("petitions:trend:close")) == 2


def test_a_domain_that_most_have_anyway_raises_none(town: Town, db: object) -> None:
    flood(town, 22, None)
    with transaction():
        database.session.execute(
            update(Signature)
            .where(Signature.id <= select(func.min(Signature.id) + 1).scalar_subquery())
            .values(signed_at=clock.now() - timedelta(days=2))
        )
    assert fraud.notice_trends(clock.now() + timedelta(hours=1)) == 0


def test_what_an_alert_noticed_can_be_blocked_without_knowing_the_network(town: Town, db: object) -> None:
    flood(town, 20, hash_network(NET))
    fraud.notice_trends(clock.now() + timedelta(hours=1))
    town.settle("seo")
    alert = database.session.scalar(select(TrendAlert).where(TrendAlert.kind == "network"))
    fraud.block_noticed(town.account("seo"), alert.id, "Floods")
    town.settle("late", verified=False)
    with pytest.raises(refusals.Blocked):
        sign_petition(town.account("late"), town.reference, hash_network(NET))
    sign_petition(town.account("late"), town.reference, hash_network("198.51.100.0/24"))


# Invalidations


def test_the_dry_run_counts_each_criterion_by_itself_and_all_together(moderators: Town) -> None:
    petition_id = database.session.scalar(select(Petition.id))
    today = database.session.scalar(select(Signature.signed_on).limit(1))
    run = try_criteria(petition_id, Criteria(domain="example.org", district="hill", from_day=today))
    assert run.by_criterion == {"domain": 2, "district": 3, "from_day": 4}
    assert (run.matched, run.by_level) == (2, {"email": 2})
    assert try_criteria(petition_id, Criteria(to_day=today - timedelta(days=1))).matched == 0
    assert try_criteria(petition_id, Criteria(network=hash_network(NET).hex())).matched == 0
    assert try_criteria(petition_id, Criteria(level=Level.VERIFIED)).matched == 2
    assert states() == [SignatureState.COUNTED] * 4


def test_a_postcode_is_that_of_signers_by_email(moderators: Town) -> None:
    petition_id = database.session.scalar(select(Petition.id))
    with transaction():
        signer = EmailSigner(
            petition_id=petition_id,
            name="Bot",
            postcode="101",
            email="x@y.example",
            canonical_email="x@y.example",
            token_hash=b"1" * 32,
            requested_at=clock.now(),
        )
        database.session.add(signer)
        database.session.flush()
        first = select(func.min(Signature.id)).scalar_subquery()
        database.session.execute(
            update(Signature)
            .where(Signature.id == first)
            .values(email_signer_id=signer.id, account_id=None, level=Level.EMAIL)
        )
    run = try_criteria(petition_id, Criteria(postcode="101"))
    number = propose(moderators, Criteria(postcode="101"))
    assert (run.matched, run.by_level) == (1, {"email": 1})
    assert try_criteria(petition_id, Criteria(domain="y.example")).matched == 1
    confirm(moderators, number)
    folder = Path(moderators.app.config["DATA_DIR"]) / "mail"
    assert any("x@y.example" in path.read_text("utf-8") for path in folder.glob("*.eml"))


def test_two_moderators_declare_invalid_and_two_undo_it_each_step_an_entry(moderators: Town) -> None:
    number = propose(moderators, Criteria(domain="example.org"))
    assert states() == [SignatureState.COUNTED] * 4
    confirm(moderators, number)
    assert states() == ["counted", "counted", "invalidated", "invalidated"]
    assert count() == 2
    assert database.session.get_one(Invalidation, number).state == InvalidationState.DONE
    assert {entry["reason"] for entry in public_of("petitions:signature:invalidate")} == {"throw-away"}
    with pytest.raises(refusals.SignatureInvalid):
        sign_petition(moderators.account("bot1"), moderators.reference)

    invalidation.propose_undoing(moderators.account("han"), number, "They are people")
    with pytest.raises(refusals.SecondPersonNeeded):
        confirm(moderators, number, "han")
    confirm(moderators, number, "seo")
    assert states() == [SignatureState.COUNTED] * 4
    assert count() == 4
    assert count_changed(number) == (2, 2)
    assert database.session.get_one(Invalidation, number).state == InvalidationState.UNDONE
    assert [entry["undo"] for entry in public_of("petitions:invalidation:propose")] == [0, 1]
    assert [entry["count"] for entry in public_of("petitions:invalidation:confirm")] == [2, 2]
    assert len(public_of("petitions:signature:restore")) == 2
    withdraw_signature(moderators.account("bot1"), moderators.reference)


def test_nobody_confirms_their_own_proposal(moderators: Town) -> None:
    number = propose(moderators, Criteria(level="email"))
    with pytest.raises(refusals.SecondPersonNeeded):
        invalidation.confirm_invalidation(moderators.account("seo"), number)
    invalidation.carry_out_invalidations()
    assert states() == [SignatureState.COUNTED] * 4


def test_the_ledger_says_by_what_kind_of_criteria_but_not_which(moderators: Town) -> None:
    propose(moderators, Criteria(district="hill", level="email"))
    (entry,) = public_of("petitions:invalidation:propose")
    assert entry["criteria"] == ["district", "level"]
    assert "hill" not in str(entry)


def test_who_signs_after_the_proposal_is_not_meant_and_who_took_back_stays_so(moderators: Town) -> None:
    number = propose(moderators, Criteria(level="email"))
    moderators.settle("late", verified=False)
    sign_petition(moderators.account("late"), moderators.reference)
    withdraw_signature(moderators.account("bot1"), moderators.reference)
    confirm(moderators, number)
    assert states() == ["counted", "counted", "withdrawn", "invalidated", "counted"]


def test_batches_go_on_where_a_stop_left_them(moderators: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invalidation, "BATCH_SIZE", 1)
    number = propose(moderators, Criteria(district="hill"))
    confirm(moderators, number)
    assert count_changed(number) == (3, 0)
    assert invalidation.carry_out_invalidations() == 0
    assert len(public_of("petitions:signature:invalidate")) == 3


def test_what_cannot_be_proposed(moderators: Town) -> None:
    with pytest.raises(refusals.NoCriteria):
        propose(moderators, Criteria())
    with pytest.raises(refusals.NothingMatches):
        propose(moderators, Criteria(district="nowhere"))
    with pytest.raises(refusals.ReasonUnknown):
        propose(moderators, Criteria(level="email"), "dislike")
    with transaction():
        database.session.execute(update(Petition).values(state=PetitionState.ARCHIVED))
    with pytest.raises(refusals.ActNotAllowed):
        propose(moderators, Criteria(level="email"))


def test_every_step_that_the_table_does_not_list_is_refused() -> None:
    allowed = 0
    for state in InvalidationState:
        for act in InvalidationAct:
            try:
                next_invalidation_state(state, act)
            except refusals.InvalidationStateRefused:
                continue
            allowed += 1
    assert allowed == 7


def test_a_proposal_that_is_turned_down_changes_nothing(moderators: Town) -> None:
    number = propose(moderators, Criteria(level="email"))
    invalidation.refuse_invalidation(moderators.account("han"), number)
    with pytest.raises(refusals.InvalidationStateRefused):
        confirm(moderators, number)
    assert states() == [SignatureState.COUNTED] * 4


def test_signers_are_told_and_can_object(moderators: Town) -> None:
    number = propose(moderators, Criteria(domain="example.org"))
    confirm(moderators, number)
    mails = [
        path.read_text("utf-8") for path in (Path(moderators.app.config["DATA_DIR"]) / "mail").glob("*.eml")
    ]
    assert sum("Your signature was declared invalid" in mail for mail in mails) == 2
    assert all("/petitions/library/objection" in mail for mail in mails)
    bot = moderators.account("bot1")
    objections.object_to_invalidation(bot, moderators.reference, "I am no program")
    with pytest.raises(refusals.ObjectedAlready):
        objections.object_to_invalidation(bot, moderators.reference, "Once more")
    assert [item.objection for item in list_objections(number)] == ["I am no program"]
    with pytest.raises(refusals.NotSigned):
        objections.object_to_invalidation(moderators.account("mina"), moderators.reference, "Me too")


def test_criteria_are_stored_and_read_back() -> None:
    criteria = Criteria(domain="a.example", from_day=date(2026, 9, 1))
    assert read_criteria(criteria.as_json()) == criteria


def test_the_moderators_pages_lead_through_it(app: Flask, people: People) -> None:
    from_app = Town(app)
    with app.app_context():
        found_town()
        open_petition()
        from_app.settle("bot1", verified=False)
        sign_petition(from_app.account("bot1"), from_app.reference)
    people.create("seo", Role.MODERATOR)
    people.create("han", Role.MODERATOR)
    seo, han = people.sign_in("seo"), people.sign_in("han")
    token = csrf_token(seo)
    address = "/petitions/library/invalidate"
    fields = {"level": "email", "reason": "automated", "note": "A program", "csrf_token": token}
    assert seo.post(address, data={**fields, "level": "", "act": "count"}).status_code == 422
    assert "Propose to declare them invalid" in seo.post(address, data={**fields, "act": "count"}).text
    page = seo.post(address, data={**fields, "act": "propose"}).location
    assert "Another moderator has to confirm it" in seo.get(page).text
    assert "Confirm" in han.get(page).text
    answer = han.post(f"{page}/confirm", data={"csrf_token": csrf_token(han)}, follow_redirects=True)
    assert "Done" in answer.text
    assert "Undo" in answer.text
    blocked = {"kind": "domain", "subject": "com", "reason": "Floods", "csrf_token": token}
    assert seo.post("/petitions/fraud/blocks", data=blocked).status_code == 422
    blocked["subject"] = "throwaway.example"
    assert (
        "throwaway.example" in seo.post("/petitions/fraud/blocks", data=blocked, follow_redirects=True).text
    )
    assert "throwaway.example" not in seo.get("/petitions/fraud/").text
