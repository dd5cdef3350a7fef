"""Public tables for programs and for spreadsheets: the same rows as JSON and as CSV."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, jsonify

# What a spreadsheet takes for the beginning of a formula, the wide forms of Korean keyboards included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutralise(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def answer_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], name: str) -> Response:
    """The rows as a file to download; what a row does not have is left empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([neutralise(row.get(column)) for column in columns] for row in rows)
    # With a byte order mark, without which spreadsheets misread Korean.
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def answer_table(form: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], name: str) -> Response:
    """The rows in the wanted form, "json" (under `name`) or "csv"."""
    if form == "csv":
        return answer_csv(columns, rows, name)
    return jsonify({name: [{column: row.get(column) for column in columns} for row in rows]})
