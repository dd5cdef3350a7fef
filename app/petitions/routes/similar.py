"""Petitions that somebody could sign instead of asking alone: the room's line of `SIMILAR_OFFERS`."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.petitions.models import Petition
from app.petitions.queries.petitions import find_similar_petitions
from app.petitions.rules.life import PetitionState
from app.platform.presentation import number
from app.platform.similar import Found, SimilarOffer

ROOM = "petitions"


def _find(text: str) -> Sequence[Found]:
    return [
        _tell(petition) for petition in find_similar_petitions(text) if petition.state == PetitionState.OPEN
    ]


def _tell(petition: Petition) -> Found:
    count = petition.signature_count
    note = ngettext("%(count)s has signed", "%(count)s have signed", count, count=number(count))
    return Found(petition.title, url_for("petitions.show", reference=petition.reference), note)


SIMILAR_PETITIONS = SimilarOffer(
    ROOM,
    _l("Petitions under way that ask for something like this"),
    _l("If it concerns many, sign one of these: an agency owes an answer once enough have signed."),
    _find,
)
