"""Published answers, offered before somebody asks once more: the room's line of `SIMILAR_OFFERS`."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.civil_requests.models import CivilRequest
from app.civil_requests.queries.knowledge import find_similar
from app.platform.presentation import long_date
from app.platform.similar import Found, SimilarOffer

ROOM = "civil_requests"


def _find(text: str) -> Sequence[Found]:
    return [_tell(request) for request in find_similar(text)]


def _tell(request: CivilRequest) -> Found:
    url = url_for("civil_requests.answer_page", reference=request.reference)
    note = gettext("Answered on %(day)s", day=long_date(request.answered_at)) if request.answered_at else ""
    return Found(request.published_title or "", url, note)


SIMILAR_ANSWERS = SimilarOffer(
    ROOM,
    _l("Agencies have answered something like this"),
    _l("If one of these answers is enough, you need not ask again."),
    _find,
)
