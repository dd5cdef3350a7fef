"""Long lists, one page at a time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from app.extensions import db
from app.platform.incoming import read_number

PAGE_SIZE = 50
# No list is longer; what is skipped for it still fits an integer column.
LAST_PAGE = 1_000_000
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """The items of one page and where it stands; `number` counts from 1."""

    items: list[Item]
    number: int
    page_count: int
    total_count: int


def requested_page() -> int:
    """The page that the address asks for (`?page=`), from 1."""
    return min(max(read_number("page") or 1, 1), LAST_PAGE)


def paginate(wanted: Select[Any], number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """Fetch one page of `wanted`; a number outside the list is moved to its nearest page."""
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    page_count = max(1, -(-total // size))
    number = min(max(number, 1), page_count)
    items = list(db.session.scalars(wanted.limit(size).offset((number - 1) * size)))
    return Page(items, number, page_count, total)
