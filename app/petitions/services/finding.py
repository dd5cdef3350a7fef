"""What a petition is found by."""

from app.petitions.models import Petition
from app.petitions.queries.petitions import SEARCH_KIND
from app.platform import search


def index_petition(petition: Petition) -> None:
    """Let a published petition be found by its words, in the caller's transaction."""
    search.put(
        SEARCH_KIND, petition.reference, f"{petition.demand}\n{petition.reasons}", title=petition.title
    )
