"""What everybody sees: published answers, and how fast each agency is."""

from datetime import datetime
from typing import Any

from flask import Response, jsonify, render_template, request

from app.civil_requests.queries import figures, knowledge
from app.civil_requests.routes.blueprint import blueprint
from app.platform import clock
from app.platform.access import public
from app.platform.tables import answer_csv, answer_table

FIGURE_COLUMNS = (
    *("agency", "open", "overdue", "answered", "answered_late"),
    *("mean_days", "mean_score", "scores"),
)
OVERDUE_COLUMNS = ("request", "agency", "kind", "due_on")
ANSWER_COLUMNS = ("request", "title", "question", "answer", "published_on")


@blueprint.get("/civil-requests/")
@public
def index() -> str:
    """The knowledge base."""
    query = request.args.get("q", "").strip()
    page = knowledge.list_published(query, request.args.get("page", 1, type=int))
    return render_template("civil_requests/index.html", page=page, query=query)


@blueprint.get("/civil-requests/answers/<reference>")
@public
def answer_page(reference: str) -> str:
    """One published answer."""
    found = knowledge.get_published(reference)
    parts = knowledge.list_answering_agencies(found)
    return render_template("civil_requests/answer.html", published=found, parts=parts)


@blueprint.get("/civil-requests/agencies")
@public
def agencies() -> str:
    """How fast each agency answers, and what is overdue."""
    return render_template(
        "civil_requests/agencies.html", figures=figures.list_figures(), overdue=figures.list_overdue()
    )


@blueprint.get("/civil-requests/agencies.json")
@public
def agencies_json() -> Response:
    """The same for programs."""
    return jsonify(agencies=_list_figures(), overdue=_list_overdue())


@blueprint.get("/civil-requests/agencies.csv")
@public
def agencies_csv() -> Response:
    """How fast each agency answers, for a spreadsheet."""
    return answer_csv(FIGURE_COLUMNS, _list_figures(), "agencies")


@blueprint.get("/civil-requests/overdue.csv")
@public
def overdue_csv() -> Response:
    """What is overdue, for a spreadsheet."""
    return answer_csv(OVERDUE_COLUMNS, _list_overdue(), "overdue")


@blueprint.get("/civil-requests/answers.json", defaults={"form": "json"})
@blueprint.get("/civil-requests/answers.csv", defaults={"form": "csv"})
@public
def answers(form: str) -> Response:
    """Every published answer."""
    rows = [
        {
            "request": row.reference,
            "title": row.published_title,
            "question": row.published_question,
            "answer": row.published_answer,
            "published_on": _day(row.published_at),
        }
        for row in knowledge.list_all_published()
    ]
    return answer_table(form, ANSWER_COLUMNS, rows, "answers")


def _day(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.TOWN_ZONE).date().isoformat() if moment else None


def _list_figures() -> list[dict[str, Any]]:
    return [
        {
            "agency": row.agency.name,
            "open": row.open_count,
            "overdue": row.overdue_count,
            "answered": row.answered_count,
            "answered_late": row.late_count,
            "mean_days": row.mean_days,
            "mean_score": row.mean_score,
            "scores": row.score_count,
        }
        for row in figures.list_figures()
    ]


def _list_overdue() -> list[dict[str, Any]]:
    return [
        {"request": case.reference, "agency": case.agency.name, "kind": case.kind, "due_on": str(case.due_on)}
        for case in figures.list_overdue()
    ]
