"""What everybody sees: published answers, and how fast each agency is."""

from flask import Response, jsonify, render_template, request

from app.civil_requests.queries import figures, knowledge
from app.civil_requests.routes.blueprint import blueprint
from app.platform.access import public
from app.platform.pagination import requested_page


@blueprint.get("/civil-requests/")
@public
def index() -> str:
    """The knowledge base."""
    query = request.args.get("q", "").strip()
    page = knowledge.list_published(query, requested_page())
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
    rows = [
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
    overdue = [
        {"request": case.reference, "agency": case.agency.name, "kind": case.kind, "due_on": str(case.due_on)}
        for case in figures.list_overdue()
    ]
    return jsonify(agencies=rows, overdue=overdue)
