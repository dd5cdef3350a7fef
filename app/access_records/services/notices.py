"""Tells people by mail who looked at their data, when they chose to be told; keeps their choices."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.access_records.models import AccessPreference, AccessRecord, PurposeCode
from app.access_records.rules import Disclosure, NoticeChoice
from app.accounts.models import Account, DeskActRecord
from app.accounts.queries import Served
from app.accounts.rules import NotUndoable
from app.accounts.services.desk import Outcome
from app.extensions import db
from app.notifications import services as notifications
from app.platform import clock
from app.platform.transaction import transaction

KEPT_SIZES = 5
CHUNK = 500
DAY = timedelta(days=1)


def announce(records: Sequence[AccessRecord]) -> None:
    """Queue a mail to each person who wants to know at once, in the caller's transaction.

    The mail names the agency, never the data; a purpose whose rule delays it is not announced, and an
    emergency look-up has a mail of its own.
    """
    delayed = select(PurposeCode.code).where(PurposeCode.disclosure == Disclosure.DELAYED.value)
    hidden = set(db.session.scalars(delayed))
    shown = [record for record in records if record.purpose_code not in hidden and not record.break_glass]
    # Both sides of one sharing are one event; the mail names the one that got the data, which comes last.
    shown = list({(r.person_id, r.query_id or r.commitment): r for r in shown}.values())
    counts = Counter(record.person_id for record in shown)
    newest = {record.person_id: record for record in shown}
    for person_id, account_id in _list_accounts(list(counts), NoticeChoice.AT_ONCE):
        agency = newest[person_id].agency
        context = {"agency": agency.name, "agency_ko": agency.name_ko, "count": counts[person_id]}
        notifications.queue(account_id, "access_records/accessed", context)


def send_daily_notices() -> int:
    """Queue yesterday's summary for those who chose one a day; how many. The daily job."""
    with transaction():
        now = clock.now()
        chosen = select(AccessPreference).where(AccessPreference.notify == NoticeChoice.DAILY.value)
        return sum(_send_summary(preference) for preference in db.session.scalars(chosen.with_for_update())
                   if preference.told_at is None or now - preference.told_at >= DAY)  # fmt: skip


def choose_notices(person_id: int, choice: NoticeChoice) -> None:
    """Keep when a person wants mail about accesses."""
    with transaction():
        preference = _preference(person_id)
        preference.notify, preference.told_at = choice.value, _this_second()


def choose_at_desk(served: Served, values: Mapping[str, Any]) -> Outcome:
    """The same for a person at a desk, in the transaction and with the entry of the desk's act."""
    preference = _preference(served.person.id)
    before = preference.notify
    choose_notices(served.person.id, NoticeChoice(values["notify"]))
    return Outcome({"notify": preference.notify}, {"notify": before})


def restore_choice(served: Served, record: DeskActRecord) -> None:
    """Give back the choice that a desk has changed. Raises NotUndoable where it was changed since."""
    if record.restore is None or _preference(served.person.id).notify != record.details["notify"]:
        raise NotUndoable
    choose_notices(served.person.id, NoticeChoice(record.restore["notify"]))


def remember_proof(person_id: int, size: int) -> None:
    """Keep the size of the log of maps in a file that was handed out: the next one shows growth since."""
    with transaction():
        preference = _preference(person_id)
        if size not in preference.proof_sizes:
            preference.proof_sizes = [*preference.proof_sizes, size][-KEPT_SIZES:]


def _this_second() -> datetime:
    """Records bear whole seconds; so do the bounds between summaries, and none is told twice."""
    return clock.now().replace(microsecond=0)


def _preference(person_id: int) -> AccessPreference:
    found = db.session.get(AccessPreference, person_id)
    if found is None:
        found = AccessPreference(person_id=person_id, notify=NoticeChoice.AT_ONCE.value, proof_sizes=[])
        db.session.add(found)
    return found


def _list_accounts(person_ids: Sequence[int], choice: NoticeChoice) -> list[tuple[int, int]]:
    """(person, account) of those who have an account and chose this; at once is what nobody need choose."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(person_ids), CHUNK):
        wanted = (
            select(Account.person_id, Account.id)
            .outerjoin(AccessPreference, AccessPreference.person_id == Account.person_id)
            .where(Account.person_id.in_(person_ids[start : start + CHUNK]))
            .where(func.coalesce(AccessPreference.notify, NoticeChoice.AT_ONCE.value) == choice.value)
        )
        found += [(person, account) for person, account in db.session.execute(wanted) if person is not None]
    return found


def _send_summary(preference: AccessPreference) -> int:
    until = _this_second()
    since = preference.told_at or until - DAY
    preference.told_at = until
    hidden = select(PurposeCode.code).where(PurposeCode.disclosure == Disclosure.DELAYED.value)
    wanted = select(func.count()).where(
        AccessRecord.person_id == preference.person_id,
        AccessRecord.recorded_at >= since,
        AccessRecord.recorded_at < until,
        AccessRecord.purpose_code.not_in(hidden),
    )
    count = db.session.scalar(wanted) or 0
    accounts = _list_accounts([preference.person_id], NoticeChoice.DAILY) if count else []
    for _person_id, account_id in accounts:
        notifications.queue(account_id, "access_records/daily", {"count": count})
    return len(accounts)
