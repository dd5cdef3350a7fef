"""Readers of what is published: the knowledge base, and which agency a text is for."""

from sqlalchemy import select

from app.civil_requests.models import AgencyKeyword, Assignment, CivilRequest
from app.civil_requests.rules.refusals import RequestNotFound
from app.civil_requests.rules.routing import Suggestion, suggest_agency
from app.extensions import db
from app.platform import search
from app.platform.pagination import Page, paginate

SIMILAR_COUNT = 5
# As what the search knows the published answers.
KNOWLEDGE = "civil-request"


def list_published(query: str, number: int) -> Page[CivilRequest]:
    """The published answers with every word of a query, newest first."""
    wanted = select(CivilRequest).where(CivilRequest.published_at.is_not(None))
    if query:
        wanted = wanted.where(CivilRequest.reference.in_(search.find(KNOWLEDGE, query)))
    return paginate(wanted.order_by(CivilRequest.published_at.desc(), CivilRequest.id.desc()), number)


def list_all_published() -> list[CivilRequest]:
    """Every published answer, newest first."""
    wanted = select(CivilRequest).where(CivilRequest.published_at.is_not(None))
    newest = wanted.order_by(CivilRequest.published_at.desc(), CivilRequest.id.desc())
    return list(db.session.scalars(newest))


def get_published(reference: str) -> CivilRequest:
    """One published answer. Raises RequestNotFound."""
    wanted = select(CivilRequest).where(
        CivilRequest.reference == reference, CivilRequest.published_at.is_not(None)
    )
    request = db.session.scalar(wanted)
    if request is None:
        raise RequestNotFound
    return request


def list_answering_agencies(request: CivilRequest) -> list[Assignment]:
    """The parts of an answered request, for the agencies' names."""
    return list(db.session.scalars(select(Assignment).where(Assignment.request_id == request.id)))


def suggest_for(text: str, similar: list[CivilRequest]) -> Suggestion | None:
    """The agency that a text is probably for: by keywords, and by what similar requests went to."""
    keywords: dict[int, list[str]] = {}
    for row in db.session.scalars(select(AgencyKeyword)):
        keywords.setdefault(row.agency_id, []).append(row.word)
    ids = [request.id for request in similar]
    wanted = select(Assignment.agency_id).where(Assignment.request_id.in_(ids))
    return suggest_agency(text, keywords, list(db.session.scalars(wanted)))


def find_similar(text: str) -> list[CivilRequest]:
    """The published answers that are most like a text, the most similar first."""
    keys = search.find_similar(KNOWLEDGE, text, SIMILAR_COUNT)
    wanted = select(CivilRequest).where(
        CivilRequest.reference.in_(keys), CivilRequest.published_at.is_not(None)
    )
    return sorted(db.session.scalars(wanted), key=lambda request: keys.index(request.reference))
