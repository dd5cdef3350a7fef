"""Roles: given and taken by administrators only, each act in the ledger."""

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.policy import ROLE_PERMISSIONS, Role, has_permission
from app.accounts.rules import RolesNotCombinable
from app.ledger.models import LedgerEntry, LedgerOpening
from app.platform.permissions import Permission
from tests.conftest import People, csrf_token


def test_every_permission_belongs_to_a_role() -> None:
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)
    assert set(ROLE_PERMISSIONS) == set(Role)


def test_no_role_no_permission() -> None:
    assert not any(has_permission([], permission) for permission in Permission)


def test_grant_and_revoke_through_the_page(people: People, db: Any) -> None:
    people.create("mina")
    people.create("root", Role.ADMINISTRATOR)
    mina = db.session.scalar(select(Account).where(Account.display_name == "Mina")).id
    client = people.sign_in("root")
    assert "mina@example.org" in client.get("/admin/accounts?q=MINA").text
    for act, roles in (("grant", {Role.CITIZEN, Role.TRUSTEE}), ("revoke", {Role.CITIZEN})):
        form = {"role": "trustee", "act": act, "csrf_token": csrf_token(client)}
        assert client.post(f"/admin/accounts/{mina}/roles", data=form).status_code == 303
        db.session.rollback()
        assert db.session.get(Account, mina).roles == roles
    entries = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(2)).all()
    assert [entry.type for entry in entries] == ["accounts:role:revoke", "accounts:role:grant"]
    assert all(entry.public == {"role": "trustee"} for entry in entries)
    opened = db.session.scalars(select(LedgerOpening).where(LedgerOpening.entry_id == entries[0].id)).all()
    assert {opening.person_id for opening in opened} == {mina, mina + 1}


def test_the_last_administrator_stays(people: People, db: Any) -> None:
    root = people.create("root", Role.ADMINISTRATOR)
    client = people.sign_in("root")
    form = {"role": "administrator", "act": "revoke", "csrf_token": csrf_token(client)}
    assert client.post(f"/admin/accounts/{root}/roles", data=form).status_code == 409
    assert db.session.get(Account, root).has_role(Role.ADMINISTRATOR)


def test_the_oversight_body_has_no_other_role(people: People, db: Any) -> None:
    people.create("root", Role.ADMINISTRATOR)
    overseer, mina = people.create("overseer", Role.OVERSIGHT), people.create("mina")
    client = people.sign_in("root")
    for account_id, role in ((overseer, "administrator"), (mina, "oversight")):
        form = {"role": role, "act": "grant", "csrf_token": csrf_token(client)}
        answer = client.post(f"/admin/accounts/{account_id}/roles", data=form)
        assert answer.status_code == 409
        assert "The oversight body has no other role" in answer.text
    assert db.session.get(Account, overseer).roles == {Role.OVERSIGHT}
    assert db.session.get(Account, mina).roles == {Role.CITIZEN}
    with pytest.raises(RolesNotCombinable):
        people.create("both", Role.OVERSIGHT, Role.PRIVACY_OFFICER)


def test_language_is_kept_with_the_account(people: People, db: Any) -> None:
    mina = people.create("mina")
    client = people.sign_in("mina")
    form = {"language": "ko", "csrf_token": csrf_token(client)}
    assert client.post("/account/language", data=form).status_code == 303
    assert db.session.get(Account, mina).language == "ko"
    assert '<html lang="ko"' in client.get("/account/").text
