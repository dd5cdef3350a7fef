"""The knowledge base: answers published without names, and the words that point to agencies."""

import json

from sqlalchemy import delete, select

from app.accounts.models import Account, Agency
from app.civil_requests.models import AgencyKeyword, CivilRequest
from app.civil_requests.queries.knowledge import KNOWLEDGE
from app.civil_requests.rules import refusals
from app.civil_requests.rules.life import Act, Actor
from app.civil_requests.rules.names import ensure_nameless
from app.civil_requests.services.steps import list_filers, lock_for_agency, take_step
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock, search
from app.platform.transaction import transaction


def publish_answer(official: Account, reference: str, title: str, question: str, answer: str) -> None:
    """Publish question and answer in words that name nobody; once more replaces them.

    Raises NotPublishable, NamesLeft, PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        if not request.publishable:
            raise refusals.NotPublishable
        ensure_nameless("\n".join((title, question, answer)), _list_names(request))
        request.published_title, request.published_question = title, question
        request.published_answer, request.published_at = answer, clock.now()
        search.put(KNOWLEDGE, reference, f"{question}\n{answer}", title)
        take_step(
            request,
            Act.PUBLISH,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_PUBLISH,
            public={"agency": part.agency.name, "title": title},
            personal=[Personal({"official": official.id}, official.id)],
        )


def unpublish_answer(official: Account, reference: str) -> None:
    """Take an answer out of the knowledge base.

    Raises PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        search.remove(KNOWLEDGE, reference)
        request.published_at = None
        request.published_title = request.published_question = request.published_answer = ""
        take_step(
            request,
            Act.UNPUBLISH,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_UNPUBLISH,
            public={"agency": part.agency.name},
            personal=[Personal({"official": official.id}, official.id)],
        )


def set_keywords(text: str) -> int:
    """Replace the words that point to agencies by those of a JSON object of agencies' names; how many words.

    For the command line and the demo; no permission is asked. Raises KeywordsUnreadable, AgencyUnknown.
    """
    wanted = _read(text)
    with transaction():
        for name, words in wanted.items():
            agency = db.session.scalar(select(Agency).where(Agency.name == name))
            if agency is None:
                raise refusals.AgencyUnknown
            db.session.execute(delete(AgencyKeyword).where(AgencyKeyword.agency_id == agency.id))
            db.session.add_all(AgencyKeyword(agency_id=agency.id, word=word) for word in sorted(set(words)))
            public = {"agency": name, "words": sorted(set(words))}
            ledger.append(Entry(EntryType.CIVIL_REQUEST_KEYWORDS_CHANGE, public=public))
    return sum(len(set(words)) for words in wanted.values())


def _read(text: str) -> dict[str, list[str]]:
    try:
        wanted = json.loads(text)
    except ValueError as problem:
        raise refusals.KeywordsUnreadable from problem
    lists = list(wanted.values()) if isinstance(wanted, dict) else [None]
    if not all(isinstance(words, list) and all(isinstance(word, str) for word in words) for words in lists):
        raise refusals.KeywordsUnreadable
    return wanted


def _list_names(request: CivilRequest) -> list[str]:
    """What the filers are called; compared with the text, and shown to nobody."""
    ids = [filer.account_id for filer in list_filers(request)]
    return list(db.session.scalars(select(Account.display_name).where(Account.id.in_(ids))))
