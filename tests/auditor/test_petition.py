"""`petition`: every alteration of a count in the database is found, and named."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db as database
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry
from app.ledger.services import Entry
from app.ledger.services import append as append_entry
from app.petitions.models import Petition, Signature
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform import clock
from app.platform.transaction import transaction
from tests.auditor.petition_kit import (
    PETITIONS,
    Row,
    Site,
    behind_the_back,
    change_entry,
    change_row,
    named,
    rebuild_tree,
    settle_everything,
    where,
)


def test_every_petition_is_recounted_and_nothing_differs(site: Site) -> None:
    answer = site.audit("--json")
    assert answer.code == 0, answer.out
    report = json.loads(answer.out)
    assert {item["petition"] for item in report["petitions"]} == set(PETITIONS)
    for item in report["petitions"]:
        assert item["in_ledger"] == item["signed"] == len(site.rows(item["petition"])) > 0
    bridge = next(item for item in report["petitions"] if item["petition"] == "bridge")
    assert set(bridge["levels"]) == {"verified", "email", "desk", "paper"}
    assert len(site.rows("library", "withdrawn")) == 1


def test_one_petition_is_recounted_by_its_address(site: Site) -> None:
    answer = site.command("petition", f"{site.address}/petitions/library")
    assert answer.code == 0
    assert "1 petition recounted" in answer.out
    assert "market" not in answer.out


def test_a_saved_folder_is_recounted_offline(site: Site, tmp_path: Path) -> None:
    assert site.audit("--save", tmp_path / "saved").code == 0
    assert site.command("petition", tmp_path / "saved").code == 0
    page = tmp_path / "saved" / "petitions" / "bridge" / "data.json"
    data = json.loads(page.read_text())
    data["cells"][0]["count"] += 1
    page.write_text(json.dumps(data))
    answer = site.command("petition", tmp_path / "saved", "--json")
    assert answer.code == 1
    cell = data["cells"][0]
    assert ("bridge", cell["level"], cell["place"], cell["day"]) in named(
        json.loads(answer.out)["differences"]
    )


# Alterations of a signature's row: what is done, and where it must be found.


def drop(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
    with behind_the_back() as connection:
        table = database.metadata.tables["petition_signature"]
        connection.execute(table.delete().where(table.c.id == row["id"]))
    return [where(row, "bridge")]


def duplicate(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
    enrolments = [
        entry for entry in site.stored.rows["ledger_entry"] if entry["type"] == EntryType.LABEL_ENROL
    ]
    copy = {**row, "pseudonym": bytes(64), "ledger_entry_id": enrolments[0]["id"], "email_signer_id": None}
    copy["id"] = max(item["id"] for item in site.stored.rows["petition_signature"]) + 1
    with behind_the_back() as connection:
        connection.execute(database.metadata.tables["petition_signature"].insert(), copy)
    return [where(row, "bridge")]


def changing(**values: Any) -> Callable[[Site, Row], list[tuple[str, str, str, str]]]:
    def change(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
        change_row(row, **values)
        changed = {**row, **{name: value for name, value in values.items() if name in row}}
        return [where(row, "bridge"), where(changed, "bridge")]

    return change


def redate(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
    return changing(signed_on=row["signed_on"] + timedelta(days=1))(site, row)


def move_to_another_petition(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
    change_row(row, petition_id=site.petition_id("market"))
    return [where(row, "bridge"), where(row, "market")]


def withdraw_without_an_entry(site: Site, row: Row) -> list[tuple[str, str, str, str]]:
    change_row(row, state="withdrawn")
    return [where(row, "bridge")]


ROW_ALTERATIONS = {
    "drop": drop,
    "duplicate": duplicate,
    "re-date": redate,
    "move to another district": changing(place="district:elsewhere"),
    "move to another region": changing(place="region:nowhere"),
    "move to another petition": move_to_another_petition,
    "raise its level": changing(level="verified"),
    "take it back": withdraw_without_an_entry,
}


def test_an_altered_row_is_named_by_petition_level_place_and_day(site: Site) -> None:
    for level in ("email", "desk", "paper"):
        row = next(row for row in site.rows() if row["level"] == level)
        for name, alteration in ROW_ALTERATIONS.items():
            expected = alteration(site, row)
            assert set(expected) <= named(site.differences()), (level, name)
            site.stored.put_back()
    assert site.audit().code == 0


def test_a_signature_that_was_taken_back_and_is_made_to_count_is_named(site: Site) -> None:
    (row,) = site.rows("library", "withdrawn")
    change_row(row, state="counted")
    assert where(row, "library") in named(site.differences())


def test_a_page_that_says_more_than_was_signed_is_found(site: Site) -> None:
    with transaction():
        database.session.query(Petition).filter_by(reference="market").update({"signature_count": 1000})
    (found,) = site.differences("--petition", "market")
    assert (found["petition"], "1000" in found["text"]) == ("market", True)


# Alterations of the ledger.


def set_field(name: str, value: str) -> Callable[[dict[str, Any]], None]:
    def change(public: dict[str, Any]) -> None:
        public[name] = value

    return change


ENTRY_CHANGES = {
    "re-date": ("day", "2031-01-01"),
    "move to another district": ("place", "district:hill2"),
    "move to another petition": ("petition", "market"),
    "raise its level": ("level", "verified"),
}


@pytest.mark.parametrize("signed_anew", [False, True])
def test_an_altered_entry_is_named_with_or_without_a_tree_that_is_signed_anew(
    site: Site, signed_anew: bool
) -> None:
    row = next(row for row in site.rows() if row["level"] == "paper")
    for name, (column, value) in ENTRY_CHANGES.items():
        change_entry(row["ledger_entry_id"], set_field(column, value))
        if signed_anew:
            rebuild_tree()
        assert where(row, "bridge") in named(site.differences()), name
        site.stored.put_back()


def test_an_entry_that_is_dropped_from_a_tree_that_is_signed_anew_is_named(site: Site) -> None:
    row = site.rows()[0]
    other = site.rows("library", "withdrawn")[0]
    with behind_the_back() as connection:
        table = database.metadata.tables["ledger_entry"]
        connection.execute(table.delete().where(table.c.id == row["ledger_entry_id"]))
        # The row is kept alive by somebody else's entry, which makes it a second use of that entry.
        signatures = database.metadata.tables["petition_signature"]
        connection.execute(signatures.delete().where(signatures.c.id == other["id"]))
        connection.execute(
            signatures.update()
            .where(signatures.c.id == row["id"])
            .values(ledger_entry_id=other["ledger_entry_id"])
        )
    rebuild_tree()
    assert where(row, "bridge") in named(site.differences())


def append_copy(row: Row, **changes: str) -> None:
    """A further entry of a signature, as the operator can write one at any time."""
    with transaction():
        entry = database.session.get_one(LedgerEntry, row["ledger_entry_id"])
        public = {**entry.public, **changes}
        append_entry(Entry(EntryType.SIGNATURE_COUNT, public=public), None, row["pseudonym"])
    settle_everything()


def test_a_pseudonym_that_is_counted_twice_is_named(site: Site) -> None:
    row = site.rows()[0]
    append_copy(row)
    found = [item for item in site.differences() if item["check"] == "petition:distinct"]
    assert named(found) == {where(row, "bridge")}


def test_more_verified_signers_than_enrolled_persons_are_found(site: Site) -> None:
    row = next(row for row in site.rows() if row["level"] == "verified")
    for number in range(20):
        append_copy(row, pseudonym=f"{number:0128x}", day=clock.now().date().isoformat())
    checks = [item["check"] for item in site.differences()]
    assert "petition:enrolments" in checks


def test_a_change_of_a_pseudonym_that_never_signed_is_found(site: Site) -> None:
    with transaction():
        public = {"petition": "bridge", "pseudonym": "ab" * 64}
        append_entry(Entry(EntryType.SIGNATURE_WITHDRAW, public=public))
    settle_everything()
    (found,) = site.differences()
    assert (found["petition"], found["check"]) == ("bridge", "petition:changes")


def test_a_signature_and_its_entry_altered_together_are_named_against_an_earlier_copy(
    site: Site, tmp_path: Path
) -> None:
    assert site.audit("--save", tmp_path / "before").code == 0
    row = next(row for row in site.rows() if row["level"] == "paper")
    change_row(row, place="region:south")
    change_entry(row["ledger_entry_id"], set_field("place", "region:south"))
    rebuild_tree()
    # Nobody who sees this history alone can know; whoever kept another one can.
    assert site.audit().code == 0
    answer = site.audit("--since", tmp_path / "before", "--json")
    assert answer.code == 1
    changed = json.loads(answer.out)["changed"]
    cell = f"level paper, place {row['place']}, day {row['signed_on']}"
    assert f"gone since then: petition bridge, {cell}" in changed
    assert "INVALID" in site.audit("--since", tmp_path / "before").out


def test_a_growing_ledger_agrees_with_an_earlier_copy(site: Site, tmp_path: Path) -> None:
    assert site.audit("--save", tmp_path / "before").code == 0
    site.town.settle("late")
    sign_petition(site.town.account("late"), "market")
    clock.set_offset(timedelta(days=6))
    settle_everything()
    assert site.audit("--since", tmp_path / "before").code == 0


def test_what_waits_for_its_batch_is_no_difference(site: Site) -> None:
    site.town.settle("late")
    sign_petition(site.town.account("late"), "market")
    withdraw_signature(site.town.account("signer2"), "library")
    settle_everything()
    answer = site.audit("--json")
    assert answer.code == 0, answer.out
    market = next(item for item in json.loads(answer.out)["petitions"] if item["petition"] == "market")
    assert market["signed"] == market["in_ledger"] + 1
    # Taken back and given again, of which the ledger will know one after the other.
    clock.set_offset(timedelta(days=6))
    settle_everything()
    sign_petition(site.town.account("signer2"), "library")
    withdraw_signature(site.town.account("signer2"), "library")
    settle_everything()
    assert site.audit().code == 0
    clock.set_offset(timedelta(days=8))
    settle_everything()
    assert site.audit().code == 0


def test_a_change_never_enters_the_ledger_before_what_it_changes(site: Site) -> None:
    site.town.settle("late")
    sign_petition(site.town.account("late"), "market")
    with transaction():
        # The petition has become large, and its batches hourly.
        database.session.query(Petition).filter_by(reference="market").update({"signature_count": 5000})
    site.app.extensions.pop("petition_standings", None)
    withdraw_signature(site.town.account("late"), "market")
    row = database.session.query(Signature).order_by(Signature.id.desc()).first()
    assert row.change_entry.release_at >= row.ledger_entry.release_at


FIELDS = {
    "level": st.sampled_from(["verified", "desk", "email", "paper"]),
    "place": st.sampled_from(["elsewhere", "region:north", "region:south", "district:hill"]),
    "signed_on": st.dates(date(2020, 1, 1), date(2031, 1, 1)),
    "petition": st.sampled_from(PETITIONS),
    "state": st.sampled_from(["counted", "withdrawn", "invalidated"]),
}


def test_any_field_of_any_signature_set_to_anything_is_found(site: Site) -> None:
    rows = site.stored.rows["petition_signature"]
    names = {row["id"]: row["reference"] for row in site.stored.rows["petition"]}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.data())
    def alter(data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(rows))
        reference = names[row["petition_id"]]
        name = data.draw(st.sampled_from(sorted(FIELDS)))
        value = data.draw(FIELDS[name])
        before = {**row, "petition": reference}
        harmless = before[name] == value or (row["state"] != "counted" and name != "state")
        # Withdrawn and invalidated count the same; the ledger's entry says which it is.
        harmless = harmless or (name == "state" and "counted" not in (row["state"], value))
        change_row(row, **({"petition_id": site.petition_id(value)} if name == "petition" else {name: value}))
        try:
            if harmless:
                assert site.audit().code == 0
            else:
                assert where(row, reference) in named(site.differences())
        finally:
            site.stored.put_back()

    alter()
