"""Full text search, the same on SQLite (FTS5) and PostgreSQL (an array of words under a GIN index).

Text becomes words in one place, `list_words`: Korean and Chinese characters by pairs, so that a word is found
whatever particle follows it, other scripts by words without their commonest endings. The databases only keep
and find them. A document is public text: whoever writes one here has made sure of that.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    column,
    delete,
    event,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.schema import DDL

from app.extensions import db
from app.platform.models import SearchDocument

INDEX = "search_index"
# As many words of a query as are looked for: a petition's text has more, and its first ones say most.
MOST_WORDS = 64
# So many times the words of a title weigh more than those of the text.
TITLE_WEIGHT = 3
# Similar texts share so many words; so many times more of them are looked at.
FEWEST_SHARED, CANDIDATES = 2, 4
_RUN = re.compile(r"[^\W_]+")
_PAIRED = re.compile(r"([\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]+)")
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("es", "e"), ("s", ""))
_SHORTEST_STEM = 3
# Too frequent to tell two texts apart.
_COMMON = frozenset(
    "a an and are as at be by for from has have in is it its not of on or our should that the their this to "
    "was we will with".split()
)

_index = table(INDEX, column("rowid"))


def list_words(written: str) -> list[str]:
    """What a text is found by: pairs of Korean characters, words of other scripts; in order, with repeats."""
    runs = _RUN.findall(unicodedata.normalize("NFKC", written).lower())
    parts = chain.from_iterable(_PAIRED.split(run) for run in runs)
    return [word for part in parts if part for word in _words_of(part)]


def put(kind: str, key: str, text: str, title: str = "") -> None:
    """Keep a public text to be found by, in the caller's transaction, in place of the one that was there."""
    document = db.session.scalar(_by_key(kind, key))
    if document is None:
        document = SearchDocument(kind=kind, key=key)
        db.session.add(document)
    document.title_words = " ".join(list_words(title))
    document.text_words = " ".join(list_words(text))
    db.session.flush()


def remove(kind: str, key: str) -> None:
    """Let a text be found no more, in the caller's transaction; none is no fault."""
    db.session.execute(delete(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key == key))


def find(kind: str, query: str, limit: int = 200) -> list[str]:
    """The keys of the texts that have every word of the query, best first; none for a query without words."""
    return _run(kind, list_words(query), limit, every=True)


def find_similar(kind: str, text: str, limit: int = 5) -> list[str]:
    """The keys of the texts that share words with this one, best first.

    One word in common is chance where a text has several: Korean sentences end alike.
    """
    words = set(list_words(text))
    fewest = min(len(words), FEWEST_SHARED)
    candidates = _run(kind, list_words(text), limit * CANDIDATES, every=False)
    wanted = select(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key.in_(candidates))
    known = {
        document.key: {*document.title_words.split(), *document.text_words.split()}
        for document in db.session.scalars(wanted)
    }
    return [key for key in candidates if len(known[key] & words) >= fewest][:limit]


def _words_of(part: str) -> Iterable[str]:
    if _PAIRED.fullmatch(part):
        return [part[start : start + 2] for start in range(max(1, len(part) - 1))]
    return [] if part in _COMMON else [_without_ending(part)]


def _without_ending(word: str) -> str:
    """Libraries are found by "library": enough of a stem for finding, the same for text and query."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss") and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending) + instead
    return word


def _run(kind: str, words: list[str], limit: int, *, every: bool) -> list[str]:
    wanted = list(dict.fromkeys(words))[:MOST_WORDS]
    if not wanted:
        return []
    build = _on_sqlite if db.engine.dialect.name == "sqlite" else _on_postgresql
    return list(db.session.scalars(build(kind, wanted, every).limit(limit)))


def _on_sqlite(kind: str, words: list[str], every: bool) -> Select[Any]:
    # Words are letters and digits only: in quotes, nothing in them means anything to FTS5.
    query = (" AND " if every else " OR ").join(f'"{word}"' for word in words)
    matched = literal_column(INDEX).op("MATCH")(query)
    rank = func.bm25(literal_column(INDEX), TITLE_WEIGHT, 1)
    return (
        select(SearchDocument.key)
        .select_from(SearchDocument)
        .join(_index, _index.c.rowid == SearchDocument.id)
        .where(SearchDocument.kind == kind, matched)
        .order_by(rank, SearchDocument.id.desc())
    )


def _on_postgresql(kind: str, words: list[str], every: bool) -> Select[Any]:
    joint = " & " if every else " | "
    query = func.to_tsquery("simple", joint.join(f"'{word}'" for word in words))
    title, both = _vector(SearchDocument.title_words), _vector(_all_words())
    rank = TITLE_WEIGHT * func.ts_rank(title, query) + func.ts_rank(both, query)
    return (
        select(SearchDocument.key)
        .where(SearchDocument.kind == kind, both.op("@@")(query))
        .order_by(rank.desc(), SearchDocument.id.desc())
    )


def _by_key(kind: str, key: str) -> Select[Any]:
    return select(SearchDocument).where(SearchDocument.kind == kind, SearchDocument.key == key)


def _all_words() -> ColumnElement[str]:
    return SearchDocument.title_words + literal(" ") + SearchDocument.text_words


def _vector(words: Any) -> ColumnElement[Any]:
    return func.to_tsvector("simple", words)


_SQLITE = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title_words, text_words, content='search_document', content_rowid='id')""",
    """CREATE TRIGGER search_index_insert AFTER INSERT ON search_document BEGIN
        INSERT INTO search_index(rowid, title_words, text_words)
        VALUES (new.id, new.title_words, new.text_words); END""",
    """CREATE TRIGGER search_index_delete AFTER DELETE ON search_document BEGIN
        INSERT INTO search_index(search_index, rowid, title_words, text_words)
        VALUES ('delete', old.id, old.title_words, old.text_words); END""",
    """CREATE TRIGGER search_index_update AFTER UPDATE ON search_document BEGIN
        INSERT INTO search_index(search_index, rowid, title_words, text_words)
        VALUES ('delete', old.id, old.title_words, old.text_words);
        INSERT INTO search_index(rowid, title_words, text_words)
        VALUES (new.id, new.title_words, new.text_words); END""",
)
_POSTGRESQL = (
    """CREATE INDEX ix_search_document_words ON search_document
        USING gin (to_tsvector('simple', title_words || ' ' || text_words))""",
)
# For databases that are made from the models, as tests do; the migration says the same.
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        _ddl = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)
        event.listen(SearchDocument.__table__, "after_create", _ddl)
event.listen(
    SearchDocument.__table__,
    "before_drop",
    DDL(f"DROP TABLE IF EXISTS {INDEX}").execute_if(dialect="sqlite"),
)
