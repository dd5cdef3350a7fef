"""Long lists, one page at a time."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from app.extensions import db

PAGE_SIZE = 50
Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """The items of one page and where it stands; `number` counts from 1."""

    items: list[Item]
    number: int
    page_count: int
    total_count: int


def paginate(wanted: Select[Any], number: int, size: int = PAGE_SIZE) -> Page[Any]:
    """Fetch one page of `wanted`; a number outside the list is moved to its nearest page."""
    total = db.session.scalar(select(func.count()).select_from(wanted.order_by(None).subquery())) or 0
    page_count = max(1, -(-total // size))
    number = min(max(number, 1), page_count)
    items = list(db.session.scalars(wanted.limit(size).offset((number - 1) * size)))
    return Page(items, number, page_count, total)
