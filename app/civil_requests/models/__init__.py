"""Tables of the room, one file a noun."""

from app.civil_requests.models.assignments import AgencyKeyword, Assignment
from app.civil_requests.models.requests import CivilRequest, Filer, RequestEvent

__all__ = ["AgencyKeyword", "Assignment", "CivilRequest", "Filer", "RequestEvent"]
