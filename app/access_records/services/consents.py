"""What a person allows agencies to pass on: given, narrowed, withdrawn; in force with its commit."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.access_records.models import Consent, ConsentChange, SharingAgreement
from app.access_records.queries.consents import get_agreement
from app.access_records.rules import NoPersonYet
from app.access_records.rules.consents import (
    Basis,
    CategoryNotShared,
    ConsentAct,
    ConsentNotAsked,
    name_change,
)
from app.access_records.services.refusals import INSERTS
from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock
from app.platform.transaction import transaction

ENTRY_TYPES = {
    ConsentAct.GIVE: EntryType.CONSENT_GIVE,
    ConsentAct.NARROW: EntryType.CONSENT_NARROW,
    ConsentAct.WITHDRAW: EntryType.CONSENT_WITHDRAW,
}


def choose_consent(account: Account, code: str, categories: Sequence[str]) -> ConsentAct | None:
    """Agree that these kinds of data, and no others, are passed on under a sharing.

    An empty choice withdraws. Answers what the change is called, None where nothing changed. Raises
    NoPersonYet, SharingUnknown, ConsentNotAsked, CategoryNotShared.
    """
    with transaction():
        agreement = _get_optional(account.person_id, code, categories)
        consent = lock_consent(account.person_id or 0, agreement)
        return _change(account.id, consent, agreement, categories)


def choose_for_person(
    person_id: int, account_id: int | None, code: str, categories: Collection[str]
) -> tuple[ConsentAct | None, list[str]]:
    """The same for a person who may have no account: what the change is called, and the extent before.

    In the caller's transaction. Raises SharingUnknown, ConsentNotAsked, CategoryNotShared.
    """
    agreement = _get_optional(person_id, code, categories)
    consent = lock_consent(person_id, agreement)
    before = list(consent.categories)
    return _change(account_id, consent, agreement, categories), before


def add_consent(account: Account, code: str, categories: Sequence[str]) -> ConsentAct | None:
    """Agree to these kinds of data besides those agreed to before. Raises as `choose_consent` does."""
    with transaction():
        agreement = _get_optional(account.person_id, code, categories)
        consent = lock_consent(account.person_id or 0, agreement)
        return _change(account.id, consent, agreement, {*consent.categories, *categories})


def withdraw_consent(account: Account, code: str) -> ConsentAct | None:
    """Allow nothing more under a sharing. Once this returns, nothing is released under it."""
    return choose_consent(account, code, ())


def lock_consent(person_id: int, agreement: SharingAgreement) -> Consent:
    """The person's consent as it is now, locked until the caller's transaction ends.

    Whoever releases data under it and whoever withdraws it wait for each other here.
    """
    key = {"person_id": person_id, "agreement_id": agreement.id}
    empty = INSERTS[db.engine.dialect.name](Consent).values(**key, categories=[])
    db.session.execute(empty.on_conflict_do_nothing(index_elements=list(key)))
    wanted = select(Consent).filter_by(**key).with_for_update(of=Consent)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def _get_optional(person_id: int | None, code: str, categories: Collection[str]) -> SharingAgreement:
    """The sharing, if this person may choose so about it."""
    if person_id is None:
        raise NoPersonYet
    agreement = get_agreement(code)
    if agreement.basis != Basis.CONSENT:
        raise ConsentNotAsked
    if not set(categories) <= set(agreement.categories):
        raise CategoryNotShared
    return agreement


def _change(
    account_id: int | None, consent: Consent, agreement: SharingAgreement, categories: Collection[str]
) -> ConsentAct | None:
    act = name_change(consent.categories, categories)
    if act is None:
        return None
    now, chosen = clock.now(), sorted(set(categories))
    consent.categories = chosen
    if act is ConsentAct.WITHDRAW:
        consent.withdrawn_at = now
    else:
        consent.given_at, consent.withdrawn_at = now, None
    # Which sharing is public, so that anybody can count consents; whose and to what is not.
    personal = [Personal({"person": consent.person_id, "categories": ",".join(chosen)}, account_id)]
    entry = ledger.append(Entry(ENTRY_TYPES[act], public={"sharing": agreement.code}, personal=personal))
    change = ConsentChange(
        consent_id=consent.id, act=act, categories=chosen, changed_at=now, ledger_entry_id=entry.id
    )
    db.session.add(change)
    return act
