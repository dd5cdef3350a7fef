"""`petition`: nothing waits for the ledger longer than a batch, and what waits is what the page adds."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.petition_count import Counted, may_wait
from app.extensions import db as database
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, append
from app.petitions.models import Petition, Signature
from app.petitions.rules.signing import LOCAL, choose_release, find_batch
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform import clock
from app.platform.transaction import transaction
from tests.auditor.petition_kit import Site, add_row, change_row, named, settle_everything, where

DAY = timedelta(days=1)


def today() -> date:
    return clock.now().astimezone(LOCAL).date()


def say_one_more(reference: str) -> None:
    """What whoever adds a row also does: the page's number follows."""
    with transaction():
        database.session.query(Petition).filter_by(reference=reference).update(
            {"signature_count": Petition.signature_count + 1}
        )


def postpone(number: int) -> int:
    """An entry that tonight's batch would bring; whoever dates rows anew puts another in its place before."""
    at = choose_release(clock.now(), 0)
    with transaction():
        return append(Entry(EntryType.PETITION_SPONSOR, public={"number": number}), at).id


@pytest.mark.parametrize("days", [-1, 1, 40, 3650])
def test_a_row_that_no_batch_will_bring_is_named_whatever_day_it_bears(site: Site, days: int) -> None:
    row = next(row for row in site.rows() if row["level"] == "email")
    then = {"signed_on": today() + days * DAY, "signed_at": clock.now() + days * DAY}
    add_row(row, **then)
    say_one_more("bridge")
    assert where({**row, **then}, "bridge") in named(site.differences())
    # Time does not heal it.
    clock.set_offset(timedelta(days=44))
    assert where({**row, **then}, "bridge") in named(site.differences())


def test_a_row_of_today_whose_entry_is_never_released_is_named_at_once(site: Site) -> None:
    row = next(row for row in site.rows() if row["level"] == "paper")
    then = {"signed_on": today(), "signed_at": clock.now()}
    add_row(row, **then)
    say_one_more("bridge")
    assert where({**row, **then}, "bridge") in named(site.differences())


def test_a_row_without_any_entry_is_named(site: Site) -> None:
    row = next(row for row in site.rows() if row["level"] == "desk")
    add_row(row, ledger_entry_id=10**9)
    assert where(row, "bridge") in named(site.differences())


def test_a_change_that_no_batch_will_bring_is_named(site: Site) -> None:
    with transaction():
        never = append(Entry(EntryType.SIGNATURE_WITHDRAW), clock.now() + timedelta(days=3650)).id
    row = next(row for row in site.rows() if row["level"] == "paper")
    change_row(row, state="withdrawn", change_entry_id=never)
    assert where(row, "bridge") in named(site.differences())


def test_totals_that_count_what_was_withdrawn_are_found(site: Site) -> None:
    """In the row and on the page alike, so that the two agree with each other."""
    (row,) = site.rows("library", "withdrawn")
    change_row(row, in_totals=True)
    say_one_more("library")
    (found,) = site.differences()
    assert (found["petition"], found["check"]) == ("library", "petition:page")


def test_what_waits_is_published_by_day_and_added_up(site: Site) -> None:
    site.town.settle("late")
    sign_petition(site.town.account("late"), "market")
    withdraw_signature(site.town.account("signer2"), "market")
    settle_everything()
    assert site.audit().code == 0
    data = site.read("market")
    assert data["waiting"] == [{"day": today().isoformat(), "count": 1}]
    assert data["changing"] == -1
    assert data["signed"] == data["in_ledger"]
    assert data["overdue"] == []
    # With level or place, the moment could be told of a pseudonym that midnight brings.
    assert all(cell["day"] != today().isoformat() for cell in data["cells"])


LIES = {
    "old": ("waiting", [{"day": "2026-01-01", "count": 1}]),
    "to come": ("waiting", [{"day": "2100-01-01", "count": 1}]),
    "given again": ("changing", 1),
    "taken back": ("changing", -100),
    "not said": ("waiting", []),
}


@pytest.mark.parametrize("name", LIES)
def test_a_site_cannot_say_that_more_waits_than_a_batch_holds(site: Site, tmp_path: Path, name: str) -> None:
    assert site.audit("--save", tmp_path).code == 0
    page = tmp_path / "petitions" / "bridge" / "data.json"
    data = json.loads(page.read_text())
    field, value = LIES[name]
    data[field] = value
    added = value if field == "changing" else sum(item["count"] for item in value) or 1
    data["signed"] = data["recounted"] = max(0, data["in_ledger"] + added)
    page.write_text(json.dumps(data))
    answer = site.command("petition", tmp_path, "--json")
    found: list[dict[str, Any]] = json.loads(answer.out)["differences"]
    assert {(item["petition"], item["check"]) for item in found} == {("bridge", "petition:page")}


def test_a_row_that_is_dated_anew_each_day_never_comes(site: Site, tmp_path: Path) -> None:
    row = next(row for row in site.rows() if row["level"] == "email")
    add_row(row, signed_on=today(), signed_at=clock.now(), ledger_entry_id=postpone(1))
    say_one_more("bridge")
    assert site.audit("--save", tmp_path).code == 0
    clock.set_offset(timedelta(days=6))
    last = database.session.scalar(select(func.max(Signature.id)))
    change_row({"id": last}, signed_on=today(), signed_at=clock.now(), ledger_entry_id=postpone(2))
    settle_everything()
    # Nobody sees it today; whoever looked before does.
    assert site.audit().code == 0
    (found,) = site.differences("--since", tmp_path)
    assert (found["petition"], found["check"]) == ("bridge", "petition:page")


def test_what_waited_and_came_is_no_difference(site: Site, tmp_path: Path) -> None:
    for name in ("late", "later"):
        site.town.settle(name)
        sign_petition(site.town.account(name), "market")
    settle_everything()
    assert site.audit("--save", tmp_path).code == 0
    withdraw_signature(site.town.account("late"), "market")
    assert site.audit("--since", tmp_path).code == 0
    clock.set_offset(timedelta(days=6))
    site.town.settle("another")
    settle_everything()
    assert site.audit("--since", tmp_path).code == 0


def test_nothing_waits_once_a_petition_is_over() -> None:
    noon = int(datetime(2026, 5, 10, 12, tzinfo=LOCAL).timestamp())
    petition = Counted("bridge", "", 0)
    assert may_wait(petition, date(2026, 5, 10), noon, noon)
    assert not may_wait(petition, date(2026, 5, 7), noon, noon)
    assert not may_wait(petition, date(2026, 5, 10), noon, noon + 3 * 86_400)
    petition.ended_at = noon - 2 * 86_400
    assert not may_wait(petition, date(2026, 5, 10), noon, noon)


@pytest.mark.parametrize("hour", [0, 1, 12, 23])
@pytest.mark.parametrize("minute", [0, 9, 30, 51])
@pytest.mark.parametrize("count", [0, 5_000])
def test_whatever_is_signed_now_belongs_to_the_batch_under_way(hour: int, minute: int, count: int) -> None:
    now = datetime(2026, 5, 10, hour, minute, tzinfo=LOCAL)
    batch = find_batch(now)
    assert batch.released_after < choose_release(now, count) <= batch.released_until
    assert batch.first_day <= now.date() <= batch.last_day
    assert batch.signed_from <= now <= batch.signed_until
    assert batch.released_until <= now + DAY + timedelta(minutes=10)
