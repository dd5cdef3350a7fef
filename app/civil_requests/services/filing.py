"""What filers do: write a request, send it, reply, appeal, rate the answer, take it back."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete

from app.access_records.services.gateway import allow_for_case
from app.accounts.models import Account
from app.civil_requests.models import Assignment, CivilRequest, Filer
from app.civil_requests.models.assignments import GIVEN, HELD
from app.civil_requests.queries.held import ADDRESS, PURPOSE
from app.civil_requests.rules import refusals
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.rules.life import Act, Actor, PartState, RequestState
from app.civil_requests.services.steps import (
    change_part,
    get_agency,
    iso,
    list_filers,
    list_parts,
    lock_own,
    lock_written,
    set_due,
    take_step,
    today,
)
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.platform import clock
from app.platform.deadlines import EventKind
from app.platform.rate_limit import Limit, count_attempt
from app.platform.transaction import transaction

SCORES = range(1, 6)
DRAFT_LIFETIME = timedelta(days=30)
DRAFTS_BY_ACCOUNT = Limit("civil requests by account", 20, 86_400)
_REFERENCE_BYTES = 9


@dataclass(frozen=True)
class RequestText:
    """What is asked: a title of one line, and the text."""

    title: str
    text: str


@dataclass(frozen=True)
class Filing:
    """To whom a request goes, of which kind it is, and what goes with it.

    With `use_held` the agency may read the address that the residents' system holds instead of `address`.
    """

    kind: RequestKind
    agency_id: int
    address: str = ""
    use_held: bool = False
    publishable: bool = False


def draft_request(account: Account, text: RequestText) -> str:
    """Keep a request that is not sent yet, and that its writer alone sees; its number.

    Raises TooManyRequests.
    """
    account_id, now = account.id, clock.now()
    with transaction():
        count_attempt(DRAFTS_BY_ACCOUNT, str(account_id))
        request = CivilRequest(
            reference=secrets.token_urlsafe(_REFERENCE_BYTES),
            state=RequestState.DRAFT,
            kind=RequestKind.GRIEVANCE,
            created_at=now,
            **vars(text),
        )
        db.session.add(request)
        db.session.flush()
        db.session.add(Filer(request_id=request.id, account_id=account_id, at=now))
    return request.reference


def file_request(account: Account, reference: str, text: RequestText, filing: Filing) -> None:
    """Send a draft to an agency, whose clock begins today.

    Of an address that the residents' system holds nothing is kept here: the agency reads it there.
    Raises RequestNotFound, ActNotAllowed, AgencyUnknown, SharingUnknown, NoPersonYet.
    """
    with transaction():
        request, _ = lock_own(account, reference)
        agency = get_agency(filing.agency_id)
        request.title, request.text, request.kind = text.title, text.text, filing.kind
        request.publishable, request.filed_at = filing.publishable, clock.now()
        address, source = _find_address(account, filing)
        part = Assignment(
            request_id=request.id,
            agency_id=agency.id,
            state=PartState.OPEN,
            begun_on=today(),
            clock_events=[],
            address=address,
            address_source=source,
        )
        set_due(request, part)
        db.session.add(part)
        take_step(
            request,
            Act.FILE,
            Actor.FILER,
            EntryType.CIVIL_REQUEST_FILE,
            public={"kind": filing.kind.value, "agency": agency.name, "due_on": iso(part.due_on)},
            facts={"agency_ko": agency.name_ko},
            personal=[Personal({"account": account.id, **vars(text)}, account.id)],
        )


def discard_draft(account: Account, reference: str) -> None:
    """Delete a draft. Raises RequestNotFound also for a request that has been sent."""
    with transaction():
        request, filer = lock_own(account, reference)
        if request.state != RequestState.DRAFT:
            raise refusals.RequestNotFound
        db.session.delete(filer)
        db.session.flush()
        db.session.delete(request)


def delete_old_drafts() -> int:
    """Delete the drafts that nobody has sent for DRAFT_LIFETIME; how many."""
    with transaction():
        old = (
            CivilRequest.state == RequestState.DRAFT,
            CivilRequest.created_at < clock.now() - DRAFT_LIFETIME,
        )
        ids = list(db.session.scalars(db.select(CivilRequest.id).where(*old)))
        db.session.execute(delete(Filer).where(Filer.request_id.in_(ids)))
        db.session.execute(delete(CivilRequest).where(CivilRequest.id.in_(ids)))
    return len(ids)


def reply(account: Account, reference: str, agency_id: int, text: str) -> None:
    """Reply to what an agency has asked; its clock goes on.

    Who was asked replies, not who waits for the same answer. Raises RequestNotFound, ActNotAllowed.
    """
    with transaction():
        request = lock_written(account, reference)
        part = next((p for p in list_parts(request) if p.agency_id == agency_id), None)
        if part is None:
            raise refusals.RequestNotFound
        change_part(request, part, Act.REPLY, EventKind.RESUMED)
        part.reply = text
        take_step(
            request,
            Act.REPLY,
            Actor.FILER,
            EntryType.CIVIL_REQUEST_REPLY,
            public={"agency": part.agency.name, "due_on": iso(part.due_on)},
            facts={"agency_ko": part.agency.name_ko, "text": text},
            personal=[Personal({"account": account.id, "text": text}, account.id)],
        )


def appeal(account: Account, reference: str, text: str) -> None:
    """Take the closing of a request to a second person. Raises RequestNotFound, ActNotAllowed."""
    with transaction():
        request, _ = lock_own(account, reference)
        request.appeal = text
        take_step(
            request,
            Act.APPEAL,
            Actor.FILER,
            EntryType.CIVIL_REQUEST_APPEAL,
            facts={"text": text},
            personal=[Personal({"account": account.id, "text": text}, account.id)],
        )


def rate(account: Account, reference: str, score: int, note: str) -> None:
    """Say how content one is with the answer; once more replaces it.

    Raises ScoreUnknown, RequestNotFound, ActNotAllowed.
    """
    if score not in SCORES:
        raise refusals.ScoreUnknown
    with transaction():
        request, filer = lock_own(account, reference)
        filer.score, filer.note = score, note
        take_step(
            request,
            Act.RATE,
            Actor.FILER,
            EntryType.CIVIL_REQUEST_RATE,
            public={"score": score},
            personal=[Personal({"account": account.id, "note": note}, account.id)],
        )


def withdraw_request(account: Account, reference: str) -> None:
    """Take a request back.

    Raises OthersWait where others were merged into it, RequestNotFound, ActNotAllowed.
    """
    with transaction():
        request, _ = lock_own(account, reference)
        if len(list_filers(request)) > 1:
            raise refusals.OthersWait
        take_step(request, Act.WITHDRAW, Actor.FILER, EntryType.CIVIL_REQUEST_WITHDRAW)


def _find_address(account: Account, filing: Filing) -> tuple[str, str]:
    if not filing.use_held:
        return filing.address, GIVEN if filing.address else ""
    system = current_app.config["RESIDENTS_SYSTEM"]
    allow_for_case(account, system, [ADDRESS], PURPOSE, filing.agency_id)
    return "", HELD
